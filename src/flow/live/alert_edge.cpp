#include "flow/live/alert_edge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/csv_line.h"
#include "base/util/hex.h"
#include "flow/alert/storm.h"
#include "flow/gateway/json_answer.h"
#include "flow/live/alert_list.h"

namespace meterway::flow::live {
namespace {

using gateway::Caller;
using nlohmann::json;

std::string eui_text(const std::optional<Eui64>& eui) { return eui ? eui->plain() : std::string(); }
json or_null(std::string text) { return text.empty() ? json(nullptr) : json(std::move(text)); }
std::string moment(const std::optional<UtcTime>& time) { return time ? to_iso8601(*time, 6) : std::string(); }

json alert_json(const AlertLine& line) {
  json told = json::array();
  for (const auto& one : line.told)
    told.push_back({{"user", one.user.plain()}, {"queued", to_iso8601(one.queued, 6)}, {"class", one.delivery_class}});
  return {{"sequence", line.sequence},
          {"time", to_iso8601(line.time, 6)},
          {"key", line.key},
          {"code", line.code},
          {"meaning", or_null(line.meaning)},
          {"by", line.of_dcc ? "dcc" : "device"},
          {"device", or_null(eui_text(line.facts.device))},
          {"hub", or_null(eui_text(line.place.hub))},
          {"region", or_null(line.place.region)},
          {"state", line.state()},
          {"told", std::move(told)},
          {"delivered", line.delivered},
          {"given_up", line.given_up},
          {"failures", line.failures},
          {"delivered_at", or_null(moment(line.delivered_at))},
          {"held", or_null(line.held)}};
}

net::HttpResponse alerts_csv(const AlertList& list) {
  std::string out = csv_line({"sequence", "time", "key", "code", "meaning", "by", "device", "hub", "region", "state",
                              "told", "delivered", "given_up", "failures", "delivered_at", "held"});
  for (const auto& line : list.lines) {
    std::string told;
    for (const auto& one : line.told) told += (told.empty() ? "" : " ") + one.user.plain();
    out +=
        csv_line({std::to_string(line.sequence), to_iso8601(line.time, 6), line.key, line.code, line.meaning,
                  line.of_dcc ? "dcc" : "device", eui_text(line.facts.device), eui_text(line.place.hub),
                  line.place.region, std::string(line.state()), told, std::to_string(line.delivered),
                  std::to_string(line.given_up), std::to_string(line.failures), moment(line.delivered_at), line.held});
  }
  net::HttpResponse answer{200, {{"content-type", "text/csv; charset=utf-8"}}, std::move(out)};
  if (list.more) answer.headers["x-next"] = std::to_string(list.next);
  return answer;
}

/// Where a storm stands among all: device and code, as its id has them.
Result<std::optional<alert::StormKey>, std::string> storm_after(const std::string& text) {
  if (text.empty()) return std::optional<alert::StormKey>();
  const auto colon = text.find(':');
  const auto device = Eui64::parse(text.substr(0, colon));
  const auto code = colon == std::string::npos ? Result<Bytes>(Bytes()) : from_hex(text.substr(colon + 1));
  if (!device || !code || code->size() != 2) return Unexpected<std::string>{"after: expected the id of a storm"};
  return std::optional(alert::StormKey{*device, static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1])});
}

bool may_see(const alert::Storm& storm, const Caller& caller) {
  if (caller.is_operator()) return true;
  return std::any_of(storm.users.begin(), storm.users.end(),
                     [&](const alert::HeldFor& one) { return caller.reads_of(one.user); });
}

struct StormLine {
  alert::StormRow row;
  UtcTime summary{};
  std::string why;
};

StormLine storm_line(alert::StormRow row, const Context& context) {
  const auto& settings = context.settings.throttle;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.window).count();
  StormLine out;
  out.summary = row.storm.start + settings.window;
  out.why = "more than " + std::to_string(settings.alerts) + " of this code from this device in " +
            std::to_string(seconds) +
            " s (settings throttle.alerts, throttle.window: ours); each is in the event log, " +
            "and the last goes to its Users with the count";
  out.row = std::move(row);
  return out;
}

json storm_json(const StormLine& line, const Caller& caller) {
  const auto& [key, storm] = line.row;
  json users = json::array();
  for (const auto& one : storm.users) {
    if (caller.reads_of(one.user)) users.push_back(one.user.plain());
  }
  const auto code = MessageCode{key.code}.hex();
  return {{"id", key.text()},
          {"device", key.device.plain()},
          {"code", code},
          {"meaning", or_null(meaning_of_alert(code))},
          {"number", storm.number},
          {"since", to_iso8601(storm.start)},
          {"held", storm.held},
          {"next_summary", to_iso8601(line.summary)},
          {"last", storm.trace_key},
          {"users", std::move(users)},
          {"why", line.why}};
}

}  // namespace

net::HttpResponse show_alerts(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  if (caller.kind == Caller::Kind::Nobody) return gateway::problem(404, "nothing is known of this", http.path);
  const auto query = read_alert_query(http.query);
  if (!query) return gateway::problem(400, "the query cannot be read", query.error());
  AlertList list;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(list, read_alerts(view, *query, caller));
    return {};
  });
  if (!read) return gateway::broken(read.error());
  if (query->csv) return alerts_csv(list);
  json alerts = json::array();
  for (const auto& line : list.lines) alerts.push_back(alert_json(line));
  json body = {{"alerts", std::move(alerts)},
               {"next", list.more ? json(list.next) : json(nullptr)},
               {"more", list.more},
               {"looked_at", list.looked_at},
               {"as_of", to_iso8601(context.clock.now(), 6)}};
  if (list.removed.last_sequence != 0) body["removed"] = {{"latest", to_iso8601(list.removed.latest)}};
  return gateway::json_answer(200, body);
}

net::HttpResponse show_storms(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  if (caller.kind == Caller::Kind::Nobody) return gateway::problem(404, "nothing is known of this", http.path);
  gateway::Parameters in(http.query);
  const auto bad = [](const std::string& why) { return gateway::problem(400, "the query cannot be read", why); };
  const auto device = in.eui("device");
  if (!device) return bad(device.error());
  auto after = storm_after(in.text("after"));
  if (!after) return bad(after.error());
  const auto limit = in.number("limit", 100, 1, kMostLines);
  if (!limit) return bad(limit.error());
  const auto format = in.text("format");
  if (!format.empty() && format != "csv" && format != "json") return bad("format: expected csv or json");
  if (const auto done = in.finish(); !done) return bad(done.error());
  constexpr std::size_t kPage = 500;
  std::vector<StormLine> lines;
  bool more = true;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    while (more && lines.size() <= *limit) {
      METERWAY_TRY(auto page, alert::storms_after(view, *after, kPage));
      more = page.size() == kPage;
      for (auto& row : page) {
        *after = row.key;
        if (row.storm.number == 0 || !may_see(row.storm, caller)) continue;
        if (*device && row.key.device != **device) continue;
        lines.push_back(storm_line(std::move(row), context));
      }
    }
    return {};
  });
  if (!read) return gateway::broken(read.error());
  more = lines.size() > *limit;
  if (more) lines.resize(*limit);
  if (format == "csv") {
    std::string out = csv_line({"id", "device", "code", "meaning", "number", "since", "held", "next_summary", "last"});
    for (const auto& [row, summary, why] : lines) {
      const auto code = MessageCode{row.key.code}.hex();
      out += csv_line({row.key.text(), row.key.device.plain(), code, meaning_of_alert(code),
                       std::to_string(row.storm.number), to_iso8601(row.storm.start), std::to_string(row.storm.held),
                       to_iso8601(summary), row.storm.trace_key});
    }
    return {200, {{"content-type", "text/csv; charset=utf-8"}}, std::move(out)};
  }
  json storms = json::array();
  for (const auto& line : lines) storms.push_back(storm_json(line, caller));
  const json next = more ? json(lines.back().row.key.text()) : json(nullptr);
  return gateway::json_answer(
      200, {{"storms", std::move(storms)}, {"next", next}, {"as_of", to_iso8601(context.clock.now(), 6)}});
}

}  // namespace meterway::flow::live
