#include "oversight/operations/tables.h"

#include <algorithm>
#include <map>

#include "oversight/operations/figures.h"
#include "oversight/operations/incidents.h"
#include "oversight/operations/intervals.h"
#include "oversight/operations/obligations.h"

namespace meterway::operations {
namespace {

using document::figure;
using document::Inline;
using document::plain;
using document::Table;

Inline words(std::string text) { return {plain(std::move(text))}; }
Inline record(const Record& one) { return {figure(one.reference, {one.kind, one.reference})}; }
Inline day(const std::optional<Date>& date, std::string otherwise = "") {
  return words(date ? calendar::in_words(*date) : std::move(otherwise));
}
std::string joined(const ledger::Value& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}
std::string days_since(Date from, Date to) { return std::to_string((to - from).count()); }

Result<Table> obligations(Books& books, Period month) {
  METERWAY_TRY(const auto lines, register_of(books, month));
  Table out{"Reports owed by the DCC",
            {"Report", "Clause", "Period", "Due", "Received", "Status", "Instance", "Reviewer's comment"},
            {}};
  for (const auto& line : lines) {
    const auto& owed = line.obligation;
    auto period = line.period ? calendar::in_words(line.period->first) + " to " + calendar::in_words(line.period->last)
                              : std::string();
    out.rows.push_back({{figure(owed.text("name"), {owed.kind, owed.reference})},
                        words(owed.text("clause")),
                        words(std::move(period)),
                        day(line.due, !line.period ? "" : "none prescribed"),
                        day(line.received),
                        words(line.status),
                        line.instance ? record(*line.instance) : Inline(),
                        line.instance ? document::linked(line.instance->text("comment")) : Inline()});
  }
  return out;
}

Result<Table> intervals(Books& books, Period month) {
  METERWAY_TRY(const auto all, unavailable_in(books, month));
  Table out{"Every interval of unavailability that anybody has seen, " + month_in_words(month),
            {"Seen by", "Record", "Service", "Region", "From", "Until", "Minutes", "Treatment", "Reason"},
            {}};
  for (const auto& one : all)
    out.rows.push_back({words(one.seen_by),
                        {figure(one.record.reference, one.record)},
                        words(one.service),
                        words(one.regions.empty() ? "all" : joined(one.regions)),
                        words(to_iso8601(one.from, 0)),
                        words(to_iso8601(one.until, 0)),
                        words(grouped(minutes_of({{one.from, one.until}}))),
                        words(std::string(to_string(one.treatment))),
                        document::linked(one.reason)});
  return out;
}

Result<Table> explanations(Books& books, Period month) {
  METERWAY_TRY(const auto all,
               books.all({"explanation", {{"month", calendar::to_text(month.first)}, {"state", "given"}}}));
  Table out{
      "Figures below their target, and why", {"Explanation", "Figure", "Dated", "Reasons", "Preventive steps"}, {}};
  for (const auto& one : all)
    out.rows.push_back({record(one), words(one.text("figure") + (one.has("group") ? ", " + one.text("group") : "")),
                        day(one.date("dated")), document::linked(one.text("reasons")),
                        document::linked(one.text("steps"))});
  return out;
}

Result<Table> actions(Books& books, Period) {
  METERWAY_TRY(const auto open, books.all({"action", {{"state", "open"}}}));
  Table out{"Open actions", {"Action", "What", "Owner", "Due", "From the finding", "Status"}, {}};
  for (const auto& one : open) {
    const auto due = one.date("due");
    std::string status = "Open";
    if (due && *due < books.as_at()) status += ", overdue";
    if (one.boolean("disputed").value_or(false)) status += ", disputed by " + one.text("disputed_by");
    if (one.boolean("escalated").value_or(false)) status += ", escalated";
    out.rows.push_back({record(one), document::linked(one.text("text")), words(one.text("owner")), day(due),
                        document::linked(one.text("finding")), words(std::move(status))});
  }
  return out;
}

/// A row for each User, service and mode: what was sent and what was forecast.
Result<Table> service_requests(Books& books, Period month) {
  METERWAY_TRY(const auto sent, tallies_in(books, "sr.sent", month));
  METERWAY_TRY(const auto forecast, tallies_in(books, "sr.forecast", month));
  METERWAY_TRY(const auto events, books.events(month));
  using Key = std::array<std::string, 3>;
  std::map<Key, std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>>> lines;
  const auto key = [](const Record& one) { return Key{one.text("party"), one.text("service"), one.text("mode")}; };
  const auto from = sources_of(sent, *events, events->sent() > 0);
  for (const auto& one : sent) {
    auto& [actual, expected] = lines[key(one)];
    (void)expected;
    if (const auto value = one.integer("value"); value && from.tallies) actual = actual.value_or(0) + *value;
  }
  for (const auto& one : forecast) {
    auto& [actual, expected] = lines[key(one)];
    (void)actual;
    if (const auto value = one.integer("value")) expected = expected.value_or(0) + *value;
  }
  for (const auto& one : events->services) {
    if (!from.events) break;
    auto& actual = lines[{one.user, one.service, one.dated ? "future dated" : "on demand"}].first;
    actual = actual.value_or(0) + static_cast<std::int64_t>(one.sent);
  }
  Table out{
      "By User, service and delivery mode", {"User", "Service", "Delivery mode", "Sent", "Forecast", "Variance"}, {}};
  for (const auto& [name, numbers] : lines) {
    const auto& [actual, expected] = numbers;
    auto variance = actual && expected ? percent_text(*actual - *expected, *expected) : std::nullopt;
    out.rows.push_back({words(name[0].empty() ? "all" : name[0]), words(name[1].empty() ? "all" : name[1]),
                        words(name[2].empty() ? "not told apart" : name[2]), words(grouped(actual)),
                        words(grouped(expected)), words(variance ? *variance + " %" : "not recorded")});
  }
  return out;
}

/// Users whose requests of the month are so far from their forecast that the report names them.
Result<Table> named_users(Books& books, Period month) {
  METERWAY_TRY(const auto sent, tallies_in(books, "sr.sent", month));
  METERWAY_TRY(const auto forecast, tallies_in(books, "sr.forecast", month));
  METERWAY_TRY(const auto events, books.events(month));
  METERWAY_TRY(const auto over, books.rules().on("forecast.over", month.first));
  METERWAY_TRY(const auto under, books.rules().on("forecast.under", month.first));
  METERWAY_TRY(const auto most, over.number());
  METERWAY_TRY(const auto least, under.number());
  std::map<std::string, std::pair<std::vector<Record>, std::vector<Record>>> users;
  for (const auto& one : sent) users[one.text("party")].first.push_back(one);
  for (const auto& one : forecast) users[one.text("party")].second.push_back(one);
  const auto from = sources_of(sent, *events, events->sent() > 0);
  std::map<std::string, std::int64_t> by_events;
  for (const auto& one : events->services) {
    by_events[one.user] += static_cast<std::int64_t>(one.sent);
    users[one.user];
  }
  Table out{"Users at or below " + under.value + " %, or at or above " + over.value + " %, of their forecast",
            {"User", "Sent", "Forecast", "Share of the forecast"},
            {}};
  for (const auto& [user, numbers] : users) {
    auto actual = from.tallies ? sum_of(numbers.first) : std::nullopt;
    const auto more = by_events.find(user);
    const bool known = !from.tallies || numbers.first.empty() || actual;
    if (from.events && more != by_events.end() && known) actual = actual.value_or(0) + more->second;
    const auto expected = sum_of(numbers.second);
    if (user.empty() || !actual || !expected) continue;  // nobody is named for what nobody knows
    const auto share = 100.0 * static_cast<double>(*actual) / static_cast<double>(std::max<std::int64_t>(*expected, 1));
    if (share > least && share < most) continue;
    const auto text = percent_text(*actual, *expected);
    out.rows.push_back(
        {words(user), words(grouped(*actual)), words(grouped(*expected)), words(text ? *text + " %" : "no forecast")});
  }
  return out;
}

Result<Table> certificate_requests(Books& books, Period month) {
  METERWAY_TRY(const auto sent, certificate_requests_by_party(books, month));
  METERWAY_TRY(const auto forecast, tallies_in(books, "csr.forecast", month));
  std::map<std::string, std::pair<std::optional<std::int64_t>, std::vector<Record>>> lines;
  for (const auto& [party, number] : sent) lines[party].first = number;
  for (const auto& one : forecast) lines[one.text("party")].second.push_back(one);
  Table out{"By Authorised Subscriber", {"Subscriber", "Submitted", "Forecast", "Variance"}, {}};
  for (const auto& [party, numbers] : lines) {
    const auto actual = numbers.first, expected = sum_of(numbers.second);
    const auto variance = actual && expected ? percent_text(*actual - *expected, *expected) : std::nullopt;
    out.rows.push_back({words(party.empty() ? "all" : party), words(grouped(actual)), words(grouped(expected)),
                        words(variance ? *variance + " %" : "not recorded")});
  }
  return out;
}

Result<Table> hub_returns(Books& books, Period month) {
  const auto quarter = period_of("quarterly", month.first);
  ledger::Query query{"hub_return"};
  query.range_field = "returned";
  query.from = calendar::to_text(quarter.first);
  query.to = calendar::to_text(quarter.last + std::chrono::days(1));
  METERWAY_TRY(const auto returns, books.all(query));
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const auto& one : returns) ++counts[{one.text("responsible"), one.text("reason")}];
  Table out{"Returns from " + calendar::in_words(quarter.first) + " to " + calendar::in_words(quarter.last),
            {"Responsible party", "Reason", "Hubs"},
            {}};
  for (const auto& [key, count] : counts)
    out.rows.push_back({words(key.first), words(key.second), words(grouped(count))});
  out.rows.push_back({words("all"), words("all"), words(grouped(static_cast<std::int64_t>(returns.size())))});
  return out;
}

Result<Table> rdp_incidents(Books& books, Period month) {
  ledger::Query query{"incident"};
  query.range_field = "raised";
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto incidents, books.all(query));
  Table out{"Registration Data Provider incidents open at the end of " + month_in_words(month),
            {"Incident", "Provider", "Raised", "Age in days", "Over a month", "Resolved since", "Chased"},
            {}};
  for (const auto& incident : incidents) {
    const auto resolved = incident.instant("resolved_at");
    if (!incident.has("rdp") || (resolved && *resolved < month.end())) continue;
    const auto raised = calendar::date_of(*incident.instant("raised"));
    METERWAY_TRY(const auto chases, books.all({"chase", {{"incident", incident.reference}}}));
    Inline chased;
    for (const auto& one : chases) {
      if (*one.date("on") > books.as_at()) continue;
      if (!chased.empty()) chased.push_back(plain("; "));
      chased.push_back(figure(calendar::in_words(*one.date("on")), {one.kind, one.reference}));
      chased.push_back(plain(": " + one.text("what")));
    }
    if (chased.empty()) chased = words("no chase is recorded");
    const bool since = resolved && *resolved < books.as_at_end();
    out.rows.push_back({record(incident), words(incident.text("rdp")), words(calendar::in_words(raised)),
                        words(days_since(raised, month.last)), words(raised < month.first ? "yes" : "no"),
                        since ? day(calendar::date_of(*resolved)) : Inline(), std::move(chased)});
  }
  return out;
}

Result<Table> problems(Books& books, Period month) {
  const auto quarter = period_of("quarterly", month.first);
  METERWAY_TRY(const auto all, books.all({"problem", {}}));
  Table out{"Problems, " + calendar::in_words(quarter.first) + " to " + calendar::in_words(quarter.last),
            {"Problem", "What", "State", "Age in days", "Incidents", "Workaround", "Target fix"},
            {}};
  for (const auto& one : all) {
    const auto opened = *one.date("opened");
    const auto fixed = one.date("fixed");
    if (opened > quarter.last || (fixed && *fixed < quarter.first)) continue;
    const auto until = fixed ? std::min(*fixed, quarter.last) : quarter.last;
    out.rows.push_back({record(one), document::linked(one.text("title")),
                        words(fixed && *fixed <= quarter.last ? "fixed" : "open"), words(days_since(opened, until)),
                        document::linked(joined(one.list("incidents"))),
                        document::linked(one.has("workaround") ? one.text("workaround") : "none"),
                        day(one.date("target_fix"), "none set")});
  }
  return out;
}

Result<Table> regional_issues(Books& books, Period) {
  METERWAY_TRY(const auto open, books.all({"regional_issue", {{"state", "open"}}}));
  Table out{"Open regional issues", {"Issue", "Region", "Owner", "Target date", "Status"}, {}};
  for (const auto& one : open) {
    const auto target = one.date("target");
    const auto* status = !target ? "RED: no target date" : *target < books.as_at() ? "RED: overdue" : "open";
    out.rows.push_back({{figure(one.reference, {one.kind, one.reference}), plain(" " + one.text("title"))},
                        words(one.text("region")),
                        words(one.text("owner")),
                        day(target, "none"),
                        {document::strong(status)}});
  }
  return out;
}

Result<Table> derogations(Books& books, Period) {
  Table out{"Derogations that wait for a decision", {"Derogation", "What", "Provider", "State", "Views"}, {}};
  for (const auto* state : {"requested", "viewed"}) {
    METERWAY_TRY(const auto open, books.all({"derogation", {{"state", state}}}));
    for (const auto& one : open)
      out.rows.push_back({record(one), document::linked(one.text("title")), words(one.text("provider")),
                          words(one.state), document::linked(one.text("views"))});
  }
  return out;
}

Result<Table> alarms(Books& books, Period) {
  METERWAY_TRY(const auto open, books.all({"alarm", {{"state", "raised"}}}));
  Table out{"Alarms that nobody has seen to", {"Alarm", "What", "About", "Raised"}, {}};
  for (const auto& one : open)
    out.rows.push_back({record(one), document::linked(one.text("what")), document::linked(one.text("about")),
                        words(one.text("raised"))});
  return out;
}

Result<std::vector<Record>> categorised(Books& books, Period month) {
  ledger::Query query{"incident"};
  query.range_field = "raised";
  query.from = to_iso8601(month.begin(), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(auto all, books.all(query));
  std::erase_if(all, [](const Record& one) { return !one.has("proposed_category"); });
  return all;
}

Result<Table> like_incidents(Books& books, Period month) {
  METERWAY_TRY(const auto all, categorised(books, month));
  std::map<std::string, std::vector<const Record*>> like;
  for (const auto& one : all) like[answers_of(one)].push_back(&one);
  Table out{"Incidents with the same answers, " + month_in_words(month),
            {"Answers", "Incidents", "Proposed", "Categories", "Consistent"},
            {}};
  for (const auto& [answers, incidents] : like) {
    Inline named;
    std::string categories;
    bool same = true;
    for (const auto* one : incidents) {
      if (!named.empty()) named.push_back(plain(", "));
      named.push_back(figure(one->reference, {one->kind, one->reference}));
      categories += (categories.empty() ? "" : ", ") + one->text("category");
      same = same && one->text("category") == incidents.front()->text("category");
    }
    out.rows.push_back({words(answers), std::move(named), words(incidents.front()->text("proposed_category")),
                        words(categories), words(same ? "yes" : "no")});
  }
  return out;
}

Result<Table> overrides(Books& books, Period month) {
  METERWAY_TRY(const auto all, categorised(books, month));
  Table out{"Categories set otherwise than proposed", {"Incident", "Proposed", "Category", "Reason", "Decided by"}, {}};
  for (const auto& one : all) {
    if (!one.has("override")) continue;
    out.rows.push_back({record(one), words(one.text("proposed_category")), words(one.text("category")),
                        document::linked(one.text("override_reason")), words(one.text("decided_by"))});
  }
  return out;
}

constexpr NamedTable kTables[] = {
    {"obligations", obligations},
    {"intervals", intervals},
    {"explanations", explanations},
    {"actions", actions},
    {"service_requests", service_requests},
    {"named_users", named_users},
    {"certificate_requests", certificate_requests},
    {"hub_returns", hub_returns},
    {"rdp_incidents", rdp_incidents},
    {"problems", problems},
    {"regional_issues", regional_issues},
    {"derogations", derogations},
    {"alarms", alarms},
    {"like_incidents", like_incidents},
    {"overrides", overrides},
};

}  // namespace

std::span<const NamedTable> all_tables() { return kTables; }

}  // namespace meterway::operations
