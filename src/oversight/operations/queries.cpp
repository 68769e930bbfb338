#include <algorithm>
#include <map>
#include <set>

#include "base/util/party_name.h"
#include "oversight/operations/figures.h"
#include "oversight/operations/intervals.h"
#include "standard/ids/ids.h"

/// What figures count. Each is named in spec/figures.tsv; tallies, where there are some, stand for what happened before
/// Meterway, and the events for what has come by it: they are added where the tallies say what they cover.
namespace meterway::operations {
namespace {

using Groups = std::vector<Counted>;
using Number = std::optional<std::int64_t>;

/// Tallies of a field that names the group, each with its own sum; one group for all when the field is empty.
std::map<std::string, std::vector<Record>> by_field(std::vector<Record> tallies, std::string_view field) {
  std::map<std::string, std::vector<Record>> out;
  for (auto& one : tallies) {
    const auto group = field.empty() ? std::string() : one.text(field);
    out[group].push_back(std::move(one));
  }
  return out;
}

/// Counted of all, by tallies alone.
Result<Groups> ratio(Books& books, Period month, std::string_view counted, std::string_view of,
                     std::string_view field) {
  METERWAY_TRY(auto top, tallies_in(books, counted, month));
  METERWAY_TRY(auto bottom, tallies_in(books, of, month));
  const auto tops = by_field(std::move(top), field), bottoms = by_field(std::move(bottom), field);
  std::map<std::string, Counted> groups;
  for (const auto& [group, tallies] : tops) groups[group].counted = sum_of(tallies);
  for (const auto& [group, tallies] : bottoms) groups[group].of = sum_of(tallies);
  if (groups.empty()) groups[""] = {};
  Groups out;
  for (auto& [group, one] : groups) {
    one.group = group;
    out.push_back(std::move(one));
  }
  return out;
}

bool covers(const Record& derogation, std::string_view limit) {
  const auto& limits = derogation.list("covers");
  return std::find(limits.begin(), limits.end(), limit) != limits.end();
}

/// What the Panel has approved is left out; what has only been asked for is named.
Status take_relief(Books& books, const std::vector<Record>& excluded, Counted& out) {
  std::int64_t waiting = 0;
  for (const auto& one : excluded) {
    METERWAY_TRY(const auto decision, books.find("derogation", one.text("decision")));
    const auto value = one.integer("value").value_or(0);
    const auto from = one.date("from");
    const bool approved = decision && decision->state == "approved" && covers(*decision, "exclusion") &&
                          *decision->date("from") <= *from && *from < *decision->date("until");
    (approved ? out.excluded : waiting) += value;
  }
  if (waiting > 0) out.note = grouped(waiting) + " would be excluded by relief that the Panel has not approved";
  return {};
}

/// In time of all, from tallies of totals and late ones, and from events. Excluded ones are late ones.
/// The whole comes first, then the regions of the events, each by itself.
Result<Groups> in_time(Books& books, Period month, const std::string& measure, const ResponseCount* events = nullptr,
                       const EventCounts* pass = nullptr, ResponseCount RegionCount::*of_region = nullptr) {
  METERWAY_TRY(const auto total, tallies_in(books, measure + ".total", month));
  METERWAY_TRY(const auto late, tallies_in(books, measure + ".late", month));
  METERWAY_TRY(const auto excluded, tallies_in(books, measure + ".excluded", month));
  Counted out;
  METERWAY_CHECK(take_relief(books, excluded, out));
  const auto all = sum_of(total), slow = sum_of(late);
  Sources from;
  if (events != nullptr) {
    auto tallies = total;
    tallies.insert(tallies.end(), late.begin(), late.end());
    from = sources_of(tallies, *pass, events->owed > 0);
    if (!from.note.empty()) out.note += (out.note.empty() ? "" : "; ") + from.note;
    out.unresolved = from.unresolved;
  }
  if (from.tallies && all && slow) {
    out.of = *all - out.excluded;
    out.counted = *all - *slow;
  }
  if (from.events && (total.empty() || (all && slow))) {
    out.of = out.of.value_or(0) + static_cast<std::int64_t>(events->owed);
    out.counted = out.counted.value_or(0) + static_cast<std::int64_t>(events->in_time);
    out.first_event = pass->first_sequence;
    out.last_event = pass->last_sequence;
  }
  Groups groups{out};
  for (std::size_t i = 0; from.events && i < pass->regions.size(); ++i) {
    const auto& region = pass->regions[i];
    if ((region.*of_region).owed == 0) continue;
    Counted one;
    one.group = region.region;
    one.of = static_cast<std::int64_t>((region.*of_region).owed);
    one.counted = static_cast<std::int64_t>((region.*of_region).in_time);
    one.first_event = pass->first_sequence;
    one.last_event = pass->last_sequence;
    if (from.tallies) one.note = "of the events alone";
    groups.push_back(std::move(one));
  }
  return groups;
}

Result<Groups> on_demand_responses(Books& books, Period month) {
  METERWAY_TRY(const auto events, books.events(month));
  return in_time(books, month, "cpm1", &events->on_demand, events.get(), &RegionCount::on_demand);
}
Result<Groups> future_dated_responses(Books& books, Period month) {
  METERWAY_TRY(const auto events, books.events(month));
  return in_time(books, month, "cpm2", &events->future_dated, events.get(), &RegionCount::future_dated);
}
Result<Groups> alerts_in_time(Books& books, Period month) {
  METERWAY_TRY(const auto events, books.events(month));
  return in_time(books, month, "cpm3", &events->alerts, events.get(), &RegionCount::alerts);
}
Result<Groups> certificates_in_time(Books& books, Period month) { return in_time(books, month, "cpm7"); }
Result<Groups> documents_in_time(Books& books, Period month) { return in_time(books, month, "cpm8"); }

Result<Groups> incidents_in_time(Books& books, Period month, std::string_view categories) {
  ledger::Query query{"incident"};
  query.range_field = "resolved_at";
  query.from = to_iso8601(month.begin(), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto incidents, books.all(query));
  Counted out;
  std::int64_t resolved = 0, in_time = 0;
  for (const auto& incident : incidents) {
    const auto& category = incident.text("category");
    if (!ledger::has_part(categories, category) || incident.has("rdp")) continue;
    METERWAY_TRY(const auto rule, books.rules().on("incident." + category + ".resolution", month.first));
    METERWAY_TRY(const auto n, rule.integer());
    const auto allowed = std::chrono::hours(rule.row->unit == "days" ? n * 24 : n);
    ++resolved;
    if (*incident.instant("resolved_at") - *incident.instant("raised") <= allowed) ++in_time;
  }
  out.counted = in_time;
  out.of = resolved;
  return Groups{out};
}
Result<Groups> severe_incidents_in_time(Books& books, Period month) { return incidents_in_time(books, month, "1,2"); }
Result<Groups> other_incidents_in_time(Books& books, Period month) { return incidents_in_time(books, month, "3,4,5"); }

/// Of the Self-Service Interface, and of whatever has an interval.
Result<Groups> availability(Books& books, Period month) {
  METERWAY_TRY(const auto intervals, unavailable_in(books, month));
  std::map<std::string, std::pair<Spans, Spans>> services;  // counted, excluded
  std::map<std::string, Spans> unmatched;
  services["SSI"] = {};
  for (const auto& one : intervals) {
    auto& [counted, excluded] = services[one.service];
    if (one.treatment == Treatment::Counted) counted.emplace_back(one.from, one.until);
    if (one.treatment == Treatment::Excluded) excluded.emplace_back(one.from, one.until);
    if (one.treatment == Treatment::Unmatched) unmatched[one.service].emplace_back(one.from, one.until);
  }
  const auto all = std::chrono::duration_cast<std::chrono::minutes>(month.end() - month.begin()).count();
  Groups out;
  for (auto& [service, spans] : services) {
    const auto excluded = united(std::move(spans.second));
    const auto counted = without(united(std::move(spans.first)), excluded);
    Counted one;
    one.group = service;
    one.excluded = minutes_of(excluded);
    one.of = all - one.excluded;
    one.counted = *one.of - minutes_of(counted);
    one.note = "by the logs of incidents, maintenance, probes and claims";
    const auto open = minutes_of(united(unmatched[service]));
    if (open > 0) one.note += "; " + grouped(open) + " unmatched minutes are not in it";
    out.push_back(std::move(one));
  }
  return out;
}

Result<Groups> provider_measures(Books& books, Period month) {
  return ratio(books, month, "provider.met", "provider.total", "provider");
}
Result<Groups> hub_deliveries(Books& books, Period month) {
  return ratio(books, month, "hub.on_time", "hub.deliveries", "region");
}
Result<Groups> wan_minutes(Books& books, Period month) {
  return ratio(books, month, "wan.available", "wan.minutes", "region");
}

/// Attempts that were recorded one by one, and those that were counted.
Result<Groups> installs(Books& books, Period month) {
  METERWAY_TRY(auto groups, ratio(books, month, "install.successes", "install.attempts", "region"));
  ledger::Query query{"install_attempt"};
  query.range_field = "at";
  query.from = to_iso8601(month.begin(), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto attempts, books.all(query));
  if (attempts.empty()) return groups;
  for (const auto& attempt : attempts) {
    const auto& region = attempt.text("region");
    auto found = std::find_if(groups.begin(), groups.end(), [&](const Counted& one) { return one.group == region; });
    if (found == groups.end()) {
      groups.push_back({});
      groups.back().group = region;
      found = std::prev(groups.end());
    }
    found->of = found->of.value_or(0) + 1;
    found->counted = found->counted.value_or(0) + (attempt.boolean("success").value_or(false) ? 1 : 0);
  }
  std::erase_if(groups, [](const Counted& one) { return one.group.empty() && !one.of; });
  std::sort(groups.begin(), groups.end(), [](const Counted& a, const Counted& b) { return a.group < b.group; });
  return groups;
}

std::string missing_note(const std::vector<Record>& tallies) {
  const auto missing =
      std::count_if(tallies.begin(), tallies.end(), [](const Record& one) { return !one.has("value"); });
  return missing == 0 ? "" : std::to_string(missing) + " of " + std::to_string(tallies.size()) + " are not recorded";
}

Result<Groups> service_requests(Books& books, Period month) {
  METERWAY_TRY(const auto sent, tallies_in(books, "sr.sent", month));
  METERWAY_TRY(const auto forecast, tallies_in(books, "sr.forecast", month));
  METERWAY_TRY(const auto events, books.events(month));
  Counted out;
  const auto from = sources_of(sent, *events, sent.empty() ? events->events > 0 : events->sent() > 0);
  if (from.tallies) out.counted = sum_of(sent);
  out.of = sum_of(forecast);
  out.note = from.note.empty() ? missing_note(sent) : from.note;
  out.unresolved = from.unresolved;
  if (from.events && (sent.empty() || out.counted)) {
    out.counted = out.counted.value_or(0) + static_cast<std::int64_t>(events->sent());
    out.first_event = events->first_sequence;
    out.last_event = events->last_sequence;
  }
  return Groups{out};
}

Result<Groups> certificate_requests(Books& books, Period month) {
  METERWAY_TRY(const auto sent, certificate_requests_by_party(books, month));
  METERWAY_TRY(const auto tallies, tallies_in(books, "csr.sent", month));
  METERWAY_TRY(const auto forecast, tallies_in(books, "csr.forecast", month));
  Counted out;
  std::int64_t sum = 0;
  bool whole = !sent.empty();
  for (const auto& [party, number] : sent) whole = whole && number && !__builtin_add_overflow(sum, *number, &sum);
  if (whole) out.counted = sum;
  out.of = sum_of(forecast);
  out.note = missing_note(tallies);
  return Groups{out};
}

/// RDP incidents as they were at the end of the month, by their dates: what has been resolved since was open then.
Result<Groups> rdp(Books& books, Period month, bool (*wanted)(const Record&, Period)) {
  ledger::Query query{"incident"};
  query.range_field = "raised";
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto incidents, books.all(query));
  Counted out;
  out.counted = std::count_if(incidents.begin(), incidents.end(),
                              [&](const Record& incident) { return incident.has("rdp") && wanted(incident, month); });
  return Groups{out};
}
bool open_at_end(const Record& incident, Period month) {
  const auto resolved = incident.instant("resolved_at");
  return !resolved || *resolved >= month.end();
}
Result<Groups> rdp_opened_and_resolved(Books& books, Period month) {
  return rdp(books, month, [](const Record& incident, Period of) {
    return *incident.instant("raised") >= of.begin() && !open_at_end(incident, of);
  });
}
Result<Groups> rdp_open(Books& books, Period month) { return rdp(books, month, open_at_end); }
Result<Groups> rdp_open_over_a_month(Books& books, Period month) {
  return rdp(books, month, [](const Record& incident, Period of) {
    return open_at_end(incident, of) && *incident.instant("raised") < of.begin();
  });
}

Result<Groups> problems_open(Books& books, Period month) {
  const auto quarter = period_of("quarterly", month.first);
  METERWAY_TRY(const auto problems, books.all({"problem", {}}));
  Counted out;
  out.counted = std::count_if(problems.begin(), problems.end(), [&](const Record& one) {
    const auto fixed = one.date("fixed");
    return *one.date("opened") <= quarter.last && (one.state == "open" || (fixed && *fixed > quarter.last));
  });
  return Groups{out};
}

Result<Groups> hub_returns(Books& books, Period month) {
  const auto quarter = period_of("quarterly", month.first);
  ledger::Query query{"hub_return"};
  query.range_field = "returned";
  query.from = calendar::to_text(quarter.first);
  query.to = calendar::to_text(quarter.last + std::chrono::days(1));
  METERWAY_TRY(const auto returns, books.all(query));
  std::map<std::string, std::int64_t> parties;
  for (const auto& one : returns) ++parties[one.text("responsible")];
  Groups out;
  for (const auto& [party, count] : parties) {
    out.push_back({});
    out.back().group = party;
    out.back().counted = count;
  }
  out.push_back({});  // all of them
  out.back().counted = static_cast<std::int64_t>(returns.size());
  return out;
}

/// Hubs without the mesh that the coverage of their premises needs, as notified in the month: each once, whatever the
/// stages at which it was seen, and an installer's together however its name was written.
Result<Groups> hub_exceptions(Books& books, Period month) {
  ledger::Query query{"compliance_exception"};
  query.range_field = "at";
  query.from = to_iso8601(month.begin(), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto found, books.all(query));
  std::map<std::string, std::pair<std::string, std::set<std::string>>> installers;
  std::set<std::string> hubs;
  for (const auto& one : found) {
    const auto eui = Eui64::parse(one.text("hub"));
    const auto hub = eui ? eui->plain() : one.text("hub");
    auto& [name, its] = installers[folded(one.text("installer"))];
    if (name.empty()) name = one_line(one.text("installer"));
    its.insert(hub);
    hubs.insert(hub);
  }
  Groups out;
  for (const auto& [key, installer] : installers) {
    out.push_back({});
    out.back().group = installer.first;
    out.back().counted = static_cast<std::int64_t>(installer.second.size());
  }
  out.push_back({});  // all of them
  out.back().counted = static_cast<std::int64_t>(hubs.size());
  return out;
}

constexpr NamedQuery kQueries[] = {
    {"on_demand_responses", on_demand_responses},
    {"future_dated_responses", future_dated_responses},
    {"alerts_in_time", alerts_in_time},
    {"severe_incidents_in_time", severe_incidents_in_time},
    {"other_incidents_in_time", other_incidents_in_time},
    {"availability", availability},
    {"certificates_in_time", certificates_in_time},
    {"documents_in_time", documents_in_time},
    {"provider_measures", provider_measures},
    {"hub_deliveries", hub_deliveries},
    {"service_requests", service_requests},
    {"certificate_requests", certificate_requests},
    {"rdp_opened_and_resolved", rdp_opened_and_resolved},
    {"rdp_open", rdp_open},
    {"rdp_open_over_a_month", rdp_open_over_a_month},
    {"problems_open", problems_open},
    {"hub_returns", hub_returns},
    {"hub_exceptions", hub_exceptions},
    {"installs", installs},
    {"wan_minutes", wan_minutes},
};

}  // namespace

std::span<const NamedQuery> all_queries() { return kQueries; }

}  // namespace meterway::operations
