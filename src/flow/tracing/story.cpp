#include "flow/tracing/story.h"

#include <algorithm>

#include "records/registry/broker.h"

namespace meterway::flow::tracing {
namespace {

using registry::Leg;

bool ends_word(char c) { return c == ' ' || c == ',' || c == ';' || c == '(' || c == ')' || c == '\n'; }

/// The three parts of a RequestID, its identifiers with dashes or without.
std::optional<RequestId> request_id_in(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto originator = Eui64::parse(text.substr(0, first));
  const auto target = Eui64::parse(text.substr(first + 1, second - first - 1));
  if (!originator || !target) return std::nullopt;
  const auto id =
      RequestId::parse(originator->dashed_upper() + ":" + target->dashed_upper() + std::string(text.substr(second)));
  return id ? std::optional(*id) : std::nullopt;
}

bool is_known(const Story& story, std::string_view key) {
  return key == story.key ||
         std::any_of(story.links.begin(), story.links.end(), [&](const Link& link) { return link.key == key; });
}

void add_links(Story& story) {
  for (const auto& leg : story.legs) {
    if (leg.preceding && !is_known(story, leg.preceding->text()))
      story.links.push_back({"preceding", leg.preceding->text()});
    const auto schedule = "schedule:" + std::to_string(leg.schedule);
    if (leg.schedule != 0 && !is_known(story, schedule)) story.links.push_back({"schedule", schedule});
  }
  for (const auto& event : story.events) {
    for (auto& key : keys_in(event.detail)) {
      if (!is_known(story, key)) story.links.push_back({"mentioned", std::move(key)});
    }
  }
}

}  // namespace

std::string key_as_kept(std::string_view pasted) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!pasted.empty() && blank(pasted.front())) pasted.remove_prefix(1);
  while (!pasted.empty() && blank(pasted.back())) pasted.remove_suffix(1);
  const auto id = request_id_in(pasted);
  return id ? id->text() : std::string(pasted);
}

std::vector<std::string> keys_in(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends_word) - text.begin());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    const auto id = RequestId::parse(word);
    if (!id && !(word.starts_with("alert:") && word.size() > 6)) continue;
    auto key = id ? id->text() : std::string(word);
    if (std::find(out.begin(), out.end(), key) == out.end()) out.push_back(std::move(key));
  }
  return out;
}

Result<Story> read_story(const store::ReadView& view, std::string key) {
  Story story;
  story.key = std::move(key);
  METERWAY_TRY(story.events, store::events_of(view, story.key));
  METERWAY_TRY(const auto broker, registry::find_broker(view));
  if (broker) story.broker = *broker;
  if (const auto id = RequestId::parse(story.key)) {
    story.id = *id;
    for (const auto leg : {Leg::Request, Leg::SignedPreCommand}) {
      METERWAY_TRY(auto record, registry::find_request(view, *id, leg));
      if (record) story.legs.push_back(std::move(*record));
    }
  }
  // Attempts of pushes are written when they have ended, with the time at which they began.
  std::stable_sort(story.events.begin(), story.events.end(),
                   [](const store::Event& a, const store::Event& b) { return a.time < b.time; });
  add_links(story);
  return story;
}

}  // namespace meterway::flow::tracing
