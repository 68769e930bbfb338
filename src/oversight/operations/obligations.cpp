#include "oversight/operations/obligations.h"

#include <algorithm>

#include "standard/calendar/working_days.h"

namespace meterway::operations {
namespace {

constexpr std::size_t kMostInstances = 2'000;  // of one obligation: no more months are in the calendar

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has_day(std::string_view rule) { return rule == "nth_working_day" || rule == "working_days_after"; }

Result<unsigned> days_of(const Record& obligation, Date on, const rules::Rules& rules) {
  const auto& days = obligation.text("due_days");
  if (is_number(days)) return static_cast<unsigned>(std::stoul(days));
  METERWAY_TRY(const auto ruling, rules.on(days, on));
  METERWAY_TRY(const auto n, ruling.integer());
  return static_cast<unsigned>(n);
}

bool is_owed(const Record& obligation, Period period) {
  const auto from = obligation.date("from"), until = obligation.date("until");
  return period.first >= *from && !(until && period.last >= *until);
}

/// What comes on a day that is no working day has come on the next one.
Result<int> days_late(Date due, Date received) {
  METERWAY_TRY(const auto days, calendar::working_days_between(due, received));
  METERWAY_TRY(const bool counted, calendar::is_working_day(received));
  return received <= due ? 0 : counted ? days : days + 1;
}

std::string working_days(std::int64_t n) { return std::to_string(n) + (n == 1 ? " working day" : " working days"); }

Result<std::optional<Record>> instance_of(Books& books, const Record& obligation, Period period) {
  METERWAY_TRY(
      auto instances,
      books.all({"report", {{"obligation", obligation.reference}, {"period_from", calendar::to_text(period.first)}}}));
  return instances.empty() ? std::optional<Record>() : std::optional(std::move(instances.front()));
}

Result<Record> make_instance(ledger::Change& change, const Record& obligation, Period period) {
  METERWAY_TRY(const auto due, due_of(obligation, period, change.rules()));
  METERWAY_TRY(const auto words, due_in_words(obligation, period, change.rules()));
  ledger::Draft draft;
  draft.fields = {{"title", {obligation.text("name")}},
                  {"clause", {obligation.text("clause")}},
                  {"owner", {obligation.text("owner")}},
                  {"period_from", {calendar::to_text(period.first)}},
                  {"period_to", {calendar::to_text(period.last)}},
                  {"obligation", {obligation.reference}},
                  {"due_rule", {words}}};
  if (due) draft.fields["due"] = {calendar::to_text(*due)};
  draft.level = obligation.level;
  return change.create_by_rule("report", draft);
}

Result<std::string> status_of(const RegisterLine& line, Date as_at) {
  const auto& received = line.received;
  const bool nil = line.instance && line.instance->state == "nil";
  if (received) {
    const std::string what = nil ? "nil return, " : "";
    if (!line.due) {
      const bool reasonable = line.obligation.text("due_rule") == "reasonable";
      return what + (reasonable ? "received, a reasonable period is for the reviewer to judge" : "not prescribed");
    }
    METERWAY_TRY(const auto late, days_late(*line.due, *received));
    return what + (*received <= *line.due ? "on time" : "late by " + working_days(late));
  }
  if (!line.due) return std::string("not received, no day is prescribed");
  if (as_at <= *line.due) return std::string("not yet due");
  METERWAY_TRY(const auto late, calendar::working_days_between(*line.due, as_at));
  return "not received, " + (late == 0 ? "overdue since the last working day" : working_days(late) + " overdue");
}

}  // namespace

Result<std::optional<Date>> due_of(const Record& obligation, Period period, const rules::Rules& rules) {
  const auto& rule = obligation.text("due_rule");
  if (!has_day(rule)) return std::optional<Date>();
  METERWAY_TRY(const auto n, days_of(obligation, period.last, rules));
  if (rule == "nth_working_day") {
    METERWAY_TRY(const auto due, calendar::nth_working_day_of_month(period.last + std::chrono::days(1), n));
    return std::optional(due);
  }
  METERWAY_TRY(const auto due, calendar::add_working_days(period.last, n));
  return std::optional(due);
}

Result<std::string> due_in_words(const Record& obligation, Period period, const rules::Rules& rules) {
  const auto& rule = obligation.text("due_rule");
  if (rule == "reasonable") return std::string("within a reasonable period");
  if (rule == "not_prescribed") return std::string("none prescribed");
  METERWAY_TRY(const auto n, days_of(obligation, period.last, rules));
  auto out = rule == "nth_working_day" ? "working day " + std::to_string(n) + " of the month after"
                                       : working_days(n) + " after the end of the period";
  if (!is_number(obligation.text("due_days"))) {
    METERWAY_TRY(const auto ruling, rules.on(obligation.text("due_days"), period.last));
    out += " (" + ruling.explain(period.last) + ")";
  }
  return out;
}

Result<std::vector<RegisterLine>> register_of(Books& books, Period month) {
  METERWAY_TRY(const auto obligations, books.all({"obligation", {}}));
  const auto next = month_of(month.last + std::chrono::days(1));
  std::vector<RegisterLine> out;
  for (const auto& obligation : obligations) {
    const auto lines = out.size();
    // What falls due next month has ended some months ago at most; of two periods the older first.
    std::optional<Period> last;
    for (int back = 14; back >= 0; --back) {
      const auto period = period_of(obligation.text("frequency"), month_back(month, back).first);
      if (period == last || !is_owed(obligation, period)) continue;
      last = period;
      METERWAY_TRY(const auto due, due_of(obligation, period, books.rules()));
      const bool of_month = due ? *due >= next.first && *due <= next.last : period.last == month.last;
      if (!of_month) continue;
      RegisterLine line{obligation, period, due, {}, {}, {}};
      METERWAY_TRY(line.instance, instance_of(books, obligation, period));
      if (line.instance) line.received = line.instance->date("received");
      if (line.received > books.as_at()) line.received.reset();
      METERWAY_TRY(line.status, status_of(line, books.as_at()));
      out.push_back(std::move(line));
    }
    if (out.size() == lines) out.push_back({obligation, {}, {}, {}, {}, "nothing due"});
  }
  return out;
}

Result<std::size_t> raise_instances(ledger::Change& change) {
  METERWAY_TRY(const auto obligations, change.select({"obligation", {{"state", "standing"}}}));
  std::size_t made = 0;
  for (const auto& obligation : obligations) {
    METERWAY_TRY(const auto there, change.select({"report", {{"obligation", obligation.reference}}}));
    std::vector<Date> begun;
    for (const auto& report : there) begun.push_back(*report.date("period_from"));
    auto period = period_of(obligation.text("frequency"), *obligation.date("from"));
    for (std::size_t n = 0; n < kMostInstances && period.last < change.today(); ++n) {
      if (is_owed(obligation, period) && std::find(begun.begin(), begun.end(), period.first) == begun.end()) {
        const auto instance = make_instance(change, obligation, period);
        if (!instance) return Unexpected{instance.error()};
        ++made;
      }
      period = period_of(obligation.text("frequency"), period.last + std::chrono::days(1));
    }
  }
  return made;
}

Result<Reasons> obligation_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto& rule = after.text("due_rule");
  if (has_day(rule) && !after.has("due_days")) out.push_back("due_days: the rule " + rule + " needs a number");
  if (has_day(rule) && after.has("due_days") && !days_of(after, *after.date("from"), change.rules()))
    out.push_back("due_days: neither a number nor a dated rule that says one on that day");
  if (after.date("until") && *after.date("until") <= *after.date("from"))
    out.push_back("it is owed until a day before it begins");
  return out;
}

Result<Reasons> receipt_is_not_ahead(ledger::Change& change, const Record&, const Record& after) {
  const auto received = after.date("received");
  if (!received) return Reasons();
  if (*received > change.today()) return Reasons{"received: that day has not come"};
  if (*received <= *after.date("period_to")) return Reasons{"received: the period had not ended"};
  return Reasons();
}

Status raise_instance(ledger::Change& change, const Record&, Record& after) {
  const auto period = period_of(after.text("frequency"), *after.date("raised_for"));
  if (!is_owed(after, period))
    return change.refuse(ErrorCode::BadRequest,
                         "nothing is owed for " + calendar::to_text(period.first) + " to " +
                             calendar::to_text(period.last) + ": it is owed from " + after.text("from") +
                             (after.has("until") ? ", for periods that end before " + after.text("until") : ""));
  METERWAY_TRY(
      const auto there,
      change.select({"report", {{"obligation", after.reference}, {"period_from", calendar::to_text(period.first)}}}));
  if (!there.empty())
    return change.refuse(ErrorCode::Conflict, "the instance of this period is " + there.front().reference);
  const auto made = make_instance(change, after, period);
  return made ? Status() : Status(Unexpected{made.error()});
}

Status judge_receipt(ledger::Change&, const Record&, Record& after) {
  const auto due = after.date("due"), received = after.date("received");
  after.set("late_working_days", ledger::Value());
  after.set("outcome", std::string("not prescribed"));
  if (!due) return {};
  METERWAY_TRY(const auto late, days_late(*due, *received));
  after.set("late_working_days", std::to_string(late));
  after.set("outcome", *received <= *due ? "on time" : "late by " + working_days(late));
  return {};
}

Status judge_nil(ledger::Change& change, const Record& before, Record& after) {
  METERWAY_CHECK(judge_receipt(change, before, after));
  after.set("outcome", "nil return, " + after.text("outcome"));
  return {};
}

Status forget_receipt(ledger::Change&, const Record&, Record& after) {
  for (const auto* field : {"received", "outcome", "late_working_days"}) after.set(field, ledger::Value());
  return {};
}

}  // namespace meterway::operations
