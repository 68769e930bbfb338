#include "oversight/operations/sweep.h"

#include <map>

#include "oversight/operations/obligations.h"

namespace meterway::operations {
namespace {

Result<bool> raise_alarm(ledger::Change& change, const std::string& key, const std::string& what, const Record& about) {
  METERWAY_TRY(const auto there, change.select({"alarm", {{"key", key}}}));
  if (!there.empty()) return false;
  ledger::Draft draft;
  draft.level = about.level;
  draft.fields = {
      {"what", {what}}, {"key", {key}}, {"raised", {to_iso8601(change.now(), 0)}}, {"about", {about.reference}}};
  METERWAY_TRY(const auto made, change.create_by_rule("alarm", draft));
  (void)made;
  return true;
}

/// Users were told when they would hear again, and have not.
Status missed_updates(ledger::Change& change, Swept& out) {
  ledger::Query query{"communication", {{"state", "sent"}}};
  query.range_field = "next_update";
  query.to = to_iso8601(change.now(), 6);
  METERWAY_TRY(const auto sent, change.select(query));
  for (const auto& one : sent) {
    METERWAY_TRY(const auto all,
                 change.select({"communication", {{"incident", one.text("incident")}, {"state", "sent"}}}));
    bool followed = false;
    for (const auto& other : all)
      followed =
          followed || std::pair(other.text("sent_at"), other.reference) > std::pair(one.text("sent_at"), one.reference);
    if (followed) continue;
    METERWAY_TRY(const bool made, raise_alarm(change, "update:" + one.reference,
                                              "the update of " + one.text("incident") + " that " + one.reference +
                                                  " promised for " + one.text("next_update") + " has not come",
                                              one));
    if (made) ++out.alarms;
  }
  return {};
}

Status overdue_reports(ledger::Change& change, Swept& out) {
  ledger::Query query{"report", {{"state", "due"}}};
  query.range_field = "due";
  query.to = calendar::to_text(change.today());
  METERWAY_TRY(const auto due, change.select(query));
  for (const auto& one : due) {
    if (!one.has("obligation")) continue;
    METERWAY_TRY(const bool made, raise_alarm(change, "report:" + one.reference,
                                              one.reference + ", " + one.text("title") + ", was due on " +
                                                  one.text("due") + " and has not come",
                                              one));
    if (made) ++out.alarms;
  }
  return {};
}

struct Attempts {
  std::int64_t all = 0, failed = 0;
};

struct Failing {
  std::string key, title, region, explanation;
};

/// Device types whose failure rate in a region has grown by the factor of the rule. Read before anything is written:
/// nobody waits for it.
Result<std::vector<Failing>> failing_installs(const ledger::Ledger& ledger, const EventMonths& events) {
  const auto now = ledger.around().clock.now();
  const auto today = calendar::date_of(now);
  const auto& rules = ledger.around().rules;
  METERWAY_TRY(const auto window_rule, rules.on("install.failure.window", today));
  METERWAY_TRY(const auto baseline_rule, rules.on("install.failure.baseline", today));
  METERWAY_TRY(const auto least_rule, rules.on("install.failure.attempts", today));
  METERWAY_TRY(const auto factor_rule, rules.on("install.failure.factor", today));
  METERWAY_TRY(const auto window, window_rule.integer());
  METERWAY_TRY(const auto baseline, baseline_rule.integer());
  METERWAY_TRY(const auto least, least_rule.integer());
  METERWAY_TRY(const auto factor, factor_rule.number());
  const auto begin = now - std::chrono::hours(window);
  ledger::Query query{"install_attempt"};
  query.range_field = "at";
  query.from = to_iso8601(begin - std::chrono::hours(baseline), 0);
  query.to = to_iso8601(now + std::chrono::seconds(1), 0);
  auto books = books_of(ledger, events, today);
  METERWAY_TRY(const auto all, books.all(query));
  std::map<std::pair<std::string, std::string>, std::pair<Attempts, Attempts>> groups;  // now, before
  for (const auto& one : all) {
    auto& group = groups[{one.text("region"), one.text("device_type")}];
    auto& count = *one.instant("at") >= begin ? group.first : group.second;
    ++count.all;
    if (!one.boolean("success").value_or(true)) ++count.failed;
  }
  const auto said = [](const Attempts& one) {
    return std::to_string(one.failed) + " of " + std::to_string(one.all) + " failed";
  };
  std::vector<Failing> out;
  for (const auto& [name, counts] : groups) {
    const auto& [lately, before] = counts;
    if (lately.all < least || before.all < least || lately.failed == 0) continue;
    // From no failure at all, one is taken as what there was before.
    const auto was = static_cast<double>(std::max<std::int64_t>(before.failed, 1)) / static_cast<double>(before.all);
    if (static_cast<double>(lately.failed) / static_cast<double>(lately.all) < factor * was) continue;
    out.push_back({"install/" + name.second + "/" + name.first, name.second + " installs fail in " + name.first,
                   name.first,
                   "In the last " + std::to_string(window) + " hours " + said(lately) + ", in the " +
                       std::to_string(baseline) + " hours before " + said(before) + ". " + factor_rule.explain(today)});
  }
  return out;
}

/// Unless one is open, or has been decided on within the window.
Status raise_candidate(ledger::Change& change, const Failing& failing, Swept& out) {
  METERWAY_TRY(const auto window, change.rules().on("install.failure.window", change.today()));
  METERWAY_TRY(const auto hours, window.integer());
  ledger::Query recent{"candidate", {{"key", failing.key}}};
  recent.range_field = "raised";
  recent.from = to_iso8601(change.now() - std::chrono::hours(hours), 0);
  METERWAY_TRY(const auto young, change.select(recent));
  METERWAY_TRY(const auto open, change.select({"candidate", {{"key", failing.key}, {"state", "raised"}}}));
  if (!young.empty() || !open.empty()) return {};
  ledger::Draft draft;
  draft.fields = {{"title", {failing.title}},
                  {"key", {failing.key}},
                  {"raised", {to_iso8601(change.now(), 0)}},
                  {"region", {failing.region}},
                  {"explanation", {failing.explanation}}};
  METERWAY_TRY(const auto made, change.create_by_rule("candidate", draft));
  (void)made;
  ++out.candidates;
  return {};
}

}  // namespace

Result<Swept, ledger::Problem> sweep(ledger::Ledger& ledger, const EventMonths& events) {
  Swept out;
  const auto failing = failing_installs(ledger, events);
  if (!failing) return Unexpected{ledger::Problem{failing.error().code, describe(failing.error()), {}}};
  const auto done = ledger.write(registry::platform_person(), [&](ledger::Change& change) -> Result<Record> {
    out = {};
    METERWAY_TRY(out.instances, raise_instances(change));
    METERWAY_CHECK(missed_updates(change, out));
    METERWAY_CHECK(overdue_reports(change, out));
    for (const auto& one : *failing) METERWAY_CHECK(raise_candidate(change, one, out));
    return Record();
  });
  if (!done) return Unexpected{done.error()};
  return out;
}

}  // namespace meterway::operations
