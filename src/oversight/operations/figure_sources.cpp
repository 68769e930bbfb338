#include "oversight/operations/figure_sources.h"

#include <algorithm>
#include <iterator>

namespace meterway::operations {
namespace {

enum class Span : std::uint8_t { Month, Quarter, Until, None };

/// A list that a query reads: kind, what filters it, and the field that has to lie in the period.
struct ListRead {
  std::string_view query, kind, filter, range;
  Span span;
};
constexpr ListRead kLists[] = {
    {"service_requests", "tally", "series=sr.sent", "from", Span::Month},
    {"service_requests", "tally", "series=sr.forecast", "from", Span::Month},
    {"certificate_requests", "tally", "series=csr.sent", "from", Span::Month},
    {"certificate_requests", "tally", "series=csr.forecast", "from", Span::Month},
    {"certificate_requests", "certificate_request", "", "asked", Span::Month},
    {"on_demand_responses", "tally", "series=cpm1.total", "from", Span::Month},
    {"on_demand_responses", "tally", "series=cpm1.late", "from", Span::Month},
    {"on_demand_responses", "tally", "series=cpm1.excluded", "from", Span::Month},
    {"future_dated_responses", "tally", "series=cpm2.total", "from", Span::Month},
    {"future_dated_responses", "tally", "series=cpm2.late", "from", Span::Month},
    {"future_dated_responses", "tally", "series=cpm2.excluded", "from", Span::Month},
    {"alerts_in_time", "tally", "series=cpm3.total", "from", Span::Month},
    {"alerts_in_time", "tally", "series=cpm3.late", "from", Span::Month},
    {"alerts_in_time", "tally", "series=cpm3.excluded", "from", Span::Month},
    {"certificates_in_time", "tally", "series=cpm7.total", "from", Span::Month},
    {"certificates_in_time", "tally", "series=cpm7.late", "from", Span::Month},
    {"certificates_in_time", "tally", "series=cpm7.excluded", "from", Span::Month},
    {"documents_in_time", "tally", "series=cpm8.total", "from", Span::Month},
    {"documents_in_time", "tally", "series=cpm8.late", "from", Span::Month},
    {"documents_in_time", "tally", "series=cpm8.excluded", "from", Span::Month},
    {"severe_incidents_in_time", "incident", "", "resolved_at", Span::Month},
    {"other_incidents_in_time", "incident", "", "resolved_at", Span::Month},
    {"availability", "incident", "", "outage_from", Span::Until},
    {"availability", "maintenance", "", "start", Span::Until},
    {"availability", "interval", "", "from", Span::Until},
    {"provider_measures", "tally", "series=provider.met", "from", Span::Month},
    {"provider_measures", "tally", "series=provider.total", "from", Span::Month},
    {"hub_deliveries", "tally", "series=hub.on_time", "from", Span::Month},
    {"hub_deliveries", "tally", "series=hub.deliveries", "from", Span::Month},
    {"rdp_opened_and_resolved", "incident", "", "raised", Span::Until},
    {"rdp_open", "incident", "", "raised", Span::Until},
    {"rdp_open_over_a_month", "incident", "", "raised", Span::Until},
    {"problems_open", "problem", "", "", Span::None},
    {"hub_returns", "hub_return", "", "returned", Span::Quarter},
    {"installs", "tally", "series=install.successes", "from", Span::Month},
    {"installs", "tally", "series=install.attempts", "from", Span::Month},
    {"installs", "install_attempt", "", "at", Span::Month},
    {"wan_minutes", "tally", "series=wan.available", "from", Span::Month},
    {"wan_minutes", "tally", "series=wan.minutes", "from", Span::Month},
};

/// What event_months.cpp reads of the log for each.
struct EventsRead {
  std::string_view query;
  EventRead event;
};
constexpr EventsRead kEvents[] = {
    {"service_requests", {"authorise", "passed", "sent: a request that comes twice is one"}},
    {"on_demand_responses", {"gateway", "accepted", "accepted: the clock begins"}},
    {"on_demand_responses", {"deliver", "delivered", "delivered: the clock ends"}},
    {"future_dated_responses", {"gateway", "accepted", "accepted, with its date where it has one"}},
    {"future_dated_responses", {"deliver", "queued", "queued, with its date where it has one"}},
    {"future_dated_responses", {"deliver", "delivered", "delivered: the clock ends"}},
    {"alerts_in_time", {"correlate", "alert", "of a device: the clock begins"}},
    {"alerts_in_time", {"alert", "raised", "of the DCC: the clock begins"}},
    {"alerts_in_time", {"deliver", "queued", "queued: owed to one User"}},
    {"alerts_in_time", {"deliver", "delivered", "delivered: the clock ends"}},
};

std::string path_of(const ListRead& list, Period month) {
  auto out = "/api/v1/ledger/" + std::string(list.kind);
  char mark = '?';
  const auto add = [&](const std::string& text) {
    out += mark + text;
    mark = '&';
  };
  if (!list.filter.empty()) add(std::string(list.filter));
  if (list.span == Span::None) return out;
  const auto period = list.span == Span::Quarter ? period_of("quarterly", month.first) : month;
  add("range=" + std::string(list.range));
  const auto* field = ledger::find_kind(list.kind)->field(list.range);
  const auto day = [&](Date date) {
    return field->type == ledger::Type::Instant ? to_iso8601(UtcTime(date), 0) : calendar::to_text(date);
  };
  if (list.span != Span::Until) add("from=" + day(period.first));
  add("to=" + day(period.last + std::chrono::days(1)));
  return out;
}

}  // namespace

FigureSources sources_of(std::string_view query, Period month) {
  FigureSources out;
  for (const auto& list : kLists) {
    if (list.query == query) out.lists.push_back(path_of(list, month));
  }
  for (const auto& one : kEvents) {
    if (one.query == query) out.events.push_back(one.event);
  }
  return out;
}

const EventRead* read_as(const std::vector<EventRead>& events, const store::Event& event) {
  // A RequestID is <originator>:<target>:<counter>; other keys name alerts, hubs, devices.
  const bool of_alert = event.request_id.starts_with("alert:") || event.request_id.starts_with("dcc:");
  const bool of_request = !of_alert && event.request_id.size() >= 48 && event.request_id[23] == ':';
  const bool wants_alerts = !events.empty() && events.front().step == "correlate";
  if (wants_alerts ? !of_alert : !of_request) return nullptr;
  const auto found = std::find_if(events.begin(), events.end(), [&](const EventRead& one) {
    return one.step == event.step && one.outcome == event.outcome;
  });
  return found == events.end() ? nullptr : &*found;
}

}  // namespace meterway::operations
