#include "flow/live/feed_edge.h"

#include <nlohmann/json.hpp>

#include "base/util/csv_line.h"
#include "flow/envelope/event_area.h"
#include "flow/gateway/json_answer.h"
#include "flow/live/feed.h"

namespace meterway::flow::live {
namespace {

using nlohmann::json;

std::string plain_or_empty(const std::optional<Eui64>& eui) { return eui ? eui->plain() : std::string(); }
json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json to_json(const Line& line, bool grouped) {
  const auto& event = line.event;
  const auto& area = area_of(event.step, event.outcome, event.detail);
  json out = {{"sequence", event.sequence},
              {"time", to_iso8601(event.time, 6)},
              {"key", event.request_id},
              {"step", event.step},
              {"outcome", event.outcome},
              {"detail", event.detail},
              {"area", area.area},
              {"tone", area.tone},
              {"bytes", line.size_bytes},
              {"user", text_or_null(plain_or_empty(line.facts.user))},
              {"device", text_or_null(plain_or_empty(line.facts.device))},
              {"hub", text_or_null(plain_or_empty(line.place.hub))},
              {"region", text_or_null(line.place.region)},
              {"service", text_or_null(line.service)}};
  if (!grouped) return out;
  out["events"] = line.events;
  out["first"] = to_iso8601(line.first, 6);
  return out;
}

net::HttpResponse csv_of(const Feed& feed) {
  std::string out = csv_line({"sequence", "time", "key", "step", "outcome", "detail", "area", "tone", "bytes", "user",
                              "device", "hub", "region", "service", "events", "first"});
  for (const auto& line : feed.lines) {
    const auto& event = line.event;
    const auto& area = area_of(event.step, event.outcome, event.detail);
    out += csv_line({std::to_string(event.sequence), to_iso8601(event.time, 6), event.request_id, event.step,
                     event.outcome, event.detail, std::string(area.area), std::string(area.tone),
                     std::to_string(line.size_bytes), plain_or_empty(line.facts.user),
                     plain_or_empty(line.facts.device), plain_or_empty(line.place.hub), line.place.region, line.service,
                     std::to_string(line.events), to_iso8601(line.first, 6)});
  }
  net::HttpResponse answer{200, {{"content-type", "text/csv; charset=utf-8"}}, std::move(out)};
  if (feed.more) answer.headers["x-next"] = std::to_string(feed.next);
  return answer;
}

}  // namespace

net::HttpResponse show_events(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context) {
  if (caller.kind == gateway::Caller::Kind::Nobody) return gateway::problem(404, "nothing is known of this", http.path);
  const auto query = read_event_query(http.query);
  if (!query) return gateway::problem(400, "the query cannot be read", query.error());
  Feed feed;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(feed, read_feed(view, *query, caller));
    return {};
  });
  if (!read) return gateway::broken(read.error());
  if (query->csv) return csv_of(feed);
  json events = json::array();
  for (const auto& line : feed.lines) events.push_back(to_json(line, query->grouped));
  json body = {
      {"events", std::move(events)}, {"next", feed.next},           {"more", feed.more},
      {"newest", feed.newest},       {"looked_at", feed.looked_at}, {"fitted", feed.fitted},
      {"shown", feed.lines.size()},  {"one_in", feed.one_in},       {"as_of", to_iso8601(context.clock.now(), 6)}};
  if (query->grouped) body["requests"] = feed.requests;
  if (feed.removed.last_sequence != 0) {
    const json removed = {{"sequence", feed.removed.last_sequence}, {"latest", to_iso8601(feed.removed.latest)}};
    body["removed"] = removed;
  }
  return gateway::json_answer(200, body);
}

}  // namespace meterway::flow::live
