#include "flow/live/alert_list.h"

#include <algorithm>

#include "base/util/hex.h"
#include "flow/envelope/dcc_event.h"
#include "standard/gbcs/alerts.h"

namespace meterway::flow::live {
namespace {

constexpr std::string_view kOfDevice = "alert ";  // what the detail of a device's alert begins with
constexpr std::string_view kFor = " for ";

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

/// "alert 8f3e of 00-DB-..., ...", "AD1 for 90-B3-..."
std::string code_in(const store::Event& event) {
  std::string_view detail = event.detail;
  if (event.step == "correlate" && detail.starts_with(kOfDevice)) detail.remove_prefix(kOfDevice.size());
  return upper_case(detail.substr(0, detail.find(' ')));
}

/// "I0 for 90-B3-D5-1F-30-01-00-00, outage"
std::optional<ToldOne> told_in(const store::Event& event) {
  const std::string_view detail = event.detail;
  const auto at = detail.find(kFor);
  if (at == std::string_view::npos) return std::nullopt;
  const auto who = detail.substr(at + kFor.size());
  const auto comma = who.find(',');
  const auto eui = Eui64::parse(who.substr(0, comma));
  if (!eui) return std::nullopt;
  ToldOne out{*eui, event.time, {}};
  if (comma != std::string_view::npos && comma + 2 <= who.size()) out.delivery_class = who.substr(comma + 2);
  return out;
}

void follow(AlertLine& line, const store::Event& event) {
  if (event.step == "deliver") {
    if (event.outcome == "queued") {
      if (auto one = told_in(event)) line.told.push_back(std::move(*one));
    } else if (event.outcome == "delivered") {
      ++line.delivered;
      line.delivered_at = event.time;
    } else if (event.outcome == "given up" || event.outcome == "too large") {
      ++line.given_up;
    } else if (event.outcome == "failed") {
      ++line.failures;
    }
  }
  if (event.step == "alert" && (event.outcome == "throttled" || event.outcome == "summed up"))
    line.held += (line.held.empty() ? "" : "; ") + event.detail;
}

Result<AlertLine> line_of(const store::ReadView& view, const Line& found) {
  AlertLine out;
  out.sequence = found.event.sequence;
  out.time = found.event.time;
  out.key = found.event.request_id;
  out.code = code_in(found.event);
  out.of_dcc = found.event.step == "alert";
  out.facts = found.facts;
  out.place = found.place;
  out.meaning = meaning_of_alert(out.code);
  if (out.of_dcc && out.key.starts_with("dcc:")) {
    const auto rest = std::string_view(out.key).substr(4);
    out.meaning = rest.substr(0, rest.find(':'));
  }
  METERWAY_TRY(const auto events, store::events_of(view, out.key));
  for (const auto& event : events) follow(out, event);
  return out;
}

}  // namespace

std::string_view AlertLine::state() const {
  if (given_up > 0) return "given up";
  if (told.empty()) return held.empty() ? "nobody" : "held";
  return delivered >= told.size() ? "delivered" : "queued";
}

std::string meaning_of_alert(std::string_view code) {
  const auto bytes = from_hex(code);
  if (!bytes || bytes->size() != 2) return {};
  return std::string(gbcs::alert_name(static_cast<std::uint16_t>((*bytes)[0] << 8 | (*bytes)[1])));
}

Result<AlertQuery, std::string> read_alert_query(std::string_view query) {
  using Wrong = Unexpected<std::string>;
  gateway::Parameters in(query);
  AlertQuery out;
  const auto format = in.text("format");
  if (!format.empty() && format != "csv" && format != "json") return Wrong{"format: expected csv or json"};
  out.csv = format == "csv";
  METERWAY_TRY(out.filter.user, in.eui("user"));
  METERWAY_TRY(out.filter.device, in.eui("device"));
  METERWAY_TRY(out.filter.from, in.time("from"));
  METERWAY_TRY(out.filter.to, in.time("to"));
  out.filter.words = lower_case(in.text("q"));
  out.code = upper_case(in.text("code"));
  const auto after = in.text("after");
  if (!after.empty()) {
    gateway::Parameters again("after=" + after);
    METERWAY_TRY(const auto sequence, again.number("after", 0, 0, INT64_MAX));
    out.after = sequence;
  }
  METERWAY_TRY(out.limit, in.number("limit", 100, 1, out.csv ? kMostCsvLines : kMostLines));
  METERWAY_CHECK(in.finish());
  return out;
}

Result<AlertList> read_alerts(const store::ReadView& view, const AlertQuery& query, const gateway::Caller& caller) {
  EventQuery events;
  events.filter = query.filter;
  events.filter.alert_code = query.code.empty() ? "*" : query.code;
  events.after = query.after;
  events.limit = query.limit;
  events.newest_first = true;
  METERWAY_TRY(const auto feed, read_feed(view, events, caller));
  AlertList out;
  out.next = feed.next;
  out.more = feed.more;
  out.looked_at = feed.looked_at;
  out.removed = feed.removed;
  for (const auto& line : feed.lines) {
    METERWAY_TRY(auto one, line_of(view, line));
    out.lines.push_back(std::move(one));
  }
  return out;
}

}  // namespace meterway::flow::live
