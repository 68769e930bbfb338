#include "flow/live/event_query.h"

#include <algorithm>

#include "flow/envelope/event_area.h"

namespace meterway::flow::live {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Where `words` is in lower case.
bool stands_in(std::string_view words, std::string_view text) {
  return std::search(text.begin(), text.end(), words.begin(), words.end(),
                     [](char in_text, char sought) { return lower(in_text) == sought; }) != text.end();
}

/// Whether it is an alert that came from a device, or that the DCC raised, with this code.
bool is_alert(const store::EventView& event, std::string_view code) {
  auto detail = event.detail;
  if (event.step == "correlate" && event.outcome == "alert") {
    constexpr std::string_view kBegin = "alert ";
    if (!detail.starts_with(kBegin)) return false;
    detail.remove_prefix(kBegin.size());
  } else if (event.step != "alert" || event.outcome != "raised" || !event.key.starts_with("dcc:")) {
    return false;
  }
  if (code == "*") return true;
  const auto own = detail.substr(0, detail.find(' '));
  return std::equal(own.begin(), own.end(), code.begin(), code.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// Every word between commas is one that `known` knows.
bool all_known(std::string_view words, bool (*known)(std::string_view)) {
  while (!words.empty()) {
    const auto one = words.substr(0, words.find(','));
    words.remove_prefix(std::min(one.size() + 1, words.size()));
    if (!known(one)) return false;
  }
  return true;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool is_one_of(std::string_view words, std::string_view word) {
  if (words.empty()) return true;
  while (!words.empty()) {
    const auto one = words.substr(0, words.find(','));
    if (one == word) return true;
    words.remove_prefix(std::min(one.size() + 1, words.size()));
  }
  return false;
}

bool EventFilter::fits(const store::EventView& event) const {
  if ((from && event.time < *from) || (to && event.time >= *to)) return false;
  if (!is_one_of(outcome, event.outcome)) return false;
  if (!alert_code.empty() && !is_alert(event, alert_code)) return false;
  if (!area.empty() || !tone.empty()) {
    const auto& row = area_of(event.step, event.outcome, event.detail);
    if (!is_one_of(area, row.area) || !is_one_of(tone, row.tone)) return false;
  }
  return words.empty() || stands_in(words, event.key) || stands_in(words, event.detail) ||
         stands_in(words, event.step) || stands_in(words, event.outcome);
}

Result<EventQuery, std::string> read_event_query(std::string_view query) {
  using Wrong = Unexpected<std::string>;
  gateway::Parameters in(query);
  EventQuery out;
  auto& filter = out.filter;
  const auto format = in.text("format");
  if (!format.empty() && format != "csv" && format != "json") return Wrong{"format: expected csv or json"};
  out.csv = format == "csv";
  METERWAY_TRY(filter.user, in.eui("user"));
  METERWAY_TRY(filter.device, in.eui("device"));
  METERWAY_TRY(filter.hub, in.eui("hub"));
  filter.region = in.text("region");
  filter.service = in.text("service");
  filter.outcome = in.text("outcome");
  filter.area = in.text("area");
  if (!all_known(filter.area, is_event_area)) return Wrong{"area: expected areas of spec/event_areas.tsv"};
  filter.tone = in.text("tone");
  if (!all_known(filter.tone, is_event_tone)) return Wrong{"tone: expected tones of spec/event_areas.tsv"};
  filter.words = lower_case(in.text("q"));
  METERWAY_TRY(filter.from, in.time("from"));
  METERWAY_TRY(filter.to, in.time("to"));
  const auto after = in.text("after");
  if (!after.empty()) {
    gateway::Parameters again("after=" + after);
    METERWAY_TRY(const auto sequence, again.number("after", 0, 0, INT64_MAX));
    out.after = sequence;
  }
  METERWAY_TRY(out.limit, in.number("limit", 100, 1, out.csv ? kMostCsvLines : kMostLines));
  const auto order = in.text("order");
  if (!order.empty() && order != "oldest" && order != "newest") return Wrong{"order: expected oldest or newest"};
  out.newest_first = order == "newest";
  METERWAY_TRY(out.sample, in.flag("sample"));
  if (out.sample && out.newest_first) return Wrong{"sample: not with order=newest, whose pages leave nothing out"};
  const auto grouped = in.text("grouped");
  if (!grouped.empty() && grouped != "request") return Wrong{"grouped: expected request"};
  out.grouped = !grouped.empty();
  METERWAY_CHECK(in.finish());
  return out;
}

}  // namespace meterway::flow::live
