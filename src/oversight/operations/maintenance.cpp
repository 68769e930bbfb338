#include "oversight/operations/maintenance.h"

#include <algorithm>

#include "oversight/operations/books.h"
#include "standard/calendar/working_days.h"

namespace meterway::operations {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

bool overlap(const Record& a, const Record& b) {
  return *a.instant("start") < *b.instant("end") && *b.instant("start") < *a.instant("end");
}

bool shares(const ledger::Value& a, const ledger::Value& b) {
  return std::any_of(a.begin(), a.end(), [&](auto& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

/// No region means all of them.
bool same_region(const Record& a, const Record& b) {
  const auto &x = a.list("regions"), &y = b.list("regions");
  return x.empty() || y.empty() || shares(x, y);
}

Result<minutes> time_of_day(const rules::Rules& rules, std::string_view name, Date day) {
  METERWAY_TRY(const auto ruling, rules.on(name, day));
  const auto& text = ruling.value;  // "20:00"
  const bool good = text.size() == 5 && text[2] == ':' && text.find_first_not_of("0123456789:") == std::string::npos;
  if (!good) return fail(ErrorCode::BadDateTime, 0, "time of day of a rule");
  return minutes(std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3)));
}

/// Whether it lies in one night: from the first time of a day until the second of the next.
Result<bool> is_in_hours(const rules::Rules& rules, const Record& window) {
  const auto start = *window.instant("start"), end = *window.instant("end");
  const auto day = calendar::date_of(start);
  METERWAY_TRY(const auto begin, time_of_day(rules, "maintenance.window.begin", day));
  METERWAY_TRY(const auto until, time_of_day(rules, "maintenance.window.end", day));
  for (const auto night : {day - std::chrono::days(1), day}) {
    if (start >= night + begin && end <= night + std::chrono::days(1) + until) return true;
  }
  return false;
}

bool is_of_dcc(const Record& window) { return window.boolean("dcc_systems").value_or(true); }
bool is_of_ssi(const Record& window) {
  const auto& services = window.list("services");
  return std::find(services.begin(), services.end(), "SSI") != services.end();
}

/// The part of it within the month.
std::chrono::microseconds within(const Record& window, Period month) {
  const auto from = std::max(*window.instant("start"), month.begin()),
             to = std::min(*window.instant("end"), month.end());
  return std::max(to - from, std::chrono::microseconds(0));
}

Result<std::vector<Record>> others_of(ledger::Change& change, const Record& window, Period month) {
  ledger::Query query{"maintenance"};
  query.range_field = "start";
  query.from = to_iso8601(month.begin() - std::chrono::days(31), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(auto all, change.select(query));
  std::erase_if(all, [&](const Record& one) {
    return one.reference == window.reference || (one.state != "confirmed" && one.state != "done") ||
           one.boolean("unplanned").value_or(false);
  });
  return all;
}

/// Whether a derogation that is in force on the day of the window allows this.
bool allows(const std::optional<Record>& derogation, const Record& window, std::string_view limit) {
  if (!derogation || derogation->state != "approved") return false;
  const auto day = calendar::date_of(*window.instant("start"));
  const auto& covers = derogation->list("covers");
  return derogation->text("provider") == window.text("provider") && *derogation->date("from") <= day &&
         calendar::date_of(*window.instant("end")) < *derogation->date("until") &&
         std::find(covers.begin(), covers.end(), limit) != covers.end();
}

std::string why_not(const std::optional<Record>& derogation, const Record& window) {
  if (!derogation) return "and no derogation is named";
  return derogation->reference + " is " + derogation->state + ", for " + derogation->text("provider") + ", from " +
         derogation->text("from") + " until " + derogation->text("until") +
         (derogation->text("provider") != window.text("provider") ? ": another provider" : ": it does not allow this");
}

std::string hours_text(std::chrono::microseconds time) {
  const auto all = std::chrono::ceil<minutes>(time).count();
  return std::to_string(all / 60) + " h" + (all % 60 == 0 ? "" : " " + std::to_string(all % 60) + " min");
}

Status check_month(ledger::Change& change, const Record& window, const std::vector<Record>& others, Period month,
                   const std::optional<Record>& derogation, Reasons& out) {
  for (const auto& [rule, counts] :
       {std::pair<std::string_view, bool (*)(const Record&)>{"maintenance.limit.dcc", is_of_dcc},
        std::pair<std::string_view, bool (*)(const Record&)>{"maintenance.limit.ssi", is_of_ssi}}) {
    if (!counts(window)) continue;
    METERWAY_TRY(const auto ruling, change.rules().on(rule, month.first));
    METERWAY_TRY(const auto standing, ruling.number());
    auto limit = standing;
    if (allows(derogation, window, "limit")) limit = std::max(limit, derogation->number("hours").value_or(limit));
    auto sum = within(window, month);
    for (const auto& one : others) {
      if (counts(one)) sum += within(one, month);
    }
    if (sum <= std::chrono::duration<double, std::ratio<3600>>(limit)) continue;
    out.push_back("with it the month has " + hours_text(sum) + " of maintenance, over the limit: " +
                  ruling.explain(month.first) + "; " + why_not(derogation, window));
  }
  return {};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

/// Lines of at most 75 octets; none is cut within a character.
void add_line(std::string& out, const std::string& line) {
  std::size_t at = 0, room = 75;
  while (line.size() - at > room) {
    auto end = at + room;
    while (end > at && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    out += line.substr(at, end - at) + "\r\n ";
    at = end;
    room = 74;
  }
  out += line.substr(at) + "\r\n";
}

std::string stamp(UtcTime time) {
  std::string out;
  for (const char c : to_iso8601(time, 0)) {
    if (c != '-' && c != ':') out += c;
  }
  return out;
}

std::string joined(const ledger::Value& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

bool wants(const Wanted& wanted, const Record& one) {
  const auto has = [&](const char* field, const std::string& value, bool none_is_all) {
    const auto& items = one.list(field);
    return value.empty() || (none_is_all && items.empty()) ||
           std::find(items.begin(), items.end(), value) != items.end();
  };
  if (!wanted.state.empty() ? one.state != wanted.state : one.state == "cancelled") return false;
  if (!wanted.provider.empty() && one.text("provider") != wanted.provider) return false;
  if (wanted.from && *one.instant("end") <= *wanted.from) return false;
  if (wanted.to && *one.instant("start") >= *wanted.to) return false;
  return has("services", wanted.service, false) && has("regions", wanted.region, true) && has("srvs", wanted.srv, true);
}

}  // namespace

Result<Reasons> window_is_in_order(ledger::Change&, const Record&, const Record& after) {
  const auto start = after.instant("start"), end = after.instant("end");
  if (!start || !end) return Reasons();
  if (after.has("actual_start") || after.has("actual_end"))
    return Reasons{"actual_start, actual_end: come with finish"};
  if (*start >= *end) return Reasons{"the window ends before it begins, or with it"};
  if (*end - *start > hours(24 * 31)) return Reasons{"the window is longer than a month"};
  return Reasons();
}

Result<Reasons> window_is_within_limits(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto start = *after.instant("start"), end = *after.instant("end");
  if (start >= end) return out;
  const auto told = after.date("confirmed_on").value_or(change.today());
  if (told > change.today()) out.push_back("confirmed_on: that day has not come");
  const auto first = month_of(calendar::date_of(start));
  METERWAY_TRY(const auto others, others_of(change, after, {first.first, calendar::date_of(end)}));
  for (const auto& one : others) {
    if (one.text("provider") == after.text("provider") && overlap(one, after) && same_region(one, after) &&
        shares(one.list("services"), after.list("services")))
      out.push_back("it overlaps " + one.reference + " of the same provider and service");
  }
  if (after.boolean("unplanned").value_or(false)) return out;
  std::optional<Record> derogation;
  if (after.has("derogation")) {
    METERWAY_TRY(derogation, change.find("derogation", after.text("derogation")));
  }
  METERWAY_TRY(const bool in_hours, is_in_hours(change.rules(), after));
  if (!in_hours && !allows(derogation, after, "window")) {
    METERWAY_TRY(const auto begin, change.rules().on("maintenance.window.begin", first.first));
    METERWAY_TRY(const auto until, change.rules().on("maintenance.window.end", first.first));
    out.push_back("it is outside the hours: " + begin.explain(first.first) + ", " + until.explain(first.first) + "; " +
                  why_not(derogation, after));
  }
  for (auto month = first; month.begin() < end; month = month_of(month.last + std::chrono::days(1)))
    METERWAY_CHECK(check_month(change, after, others, month, derogation, out));
  METERWAY_TRY(const auto notice, change.rules().on("maintenance.notice", first.first));
  METERWAY_TRY(const auto needed, notice.integer());
  METERWAY_TRY(const auto given, calendar::working_days_between(told, first.first - std::chrono::days(1)));
  if (given < needed && !allows(derogation, after, "notice"))
    out.push_back("notice is " + std::to_string(given) + " working days before the month begins: " +
                  notice.explain(first.first) + "; " + why_not(derogation, after));
  return out;
}

Status give_notice(ledger::Change& change, const Record&, Record& after) {
  if (!after.has("confirmed_on")) after.set("confirmed_on", calendar::to_text(change.today()));
  const auto month = month_of(calendar::date_of(*after.instant("start")));
  METERWAY_TRY(const auto given,
               calendar::working_days_between(*after.date("confirmed_on"), month.first - std::chrono::days(1)));
  after.set("notice_working_days", std::to_string(given));
  return {};
}

Result<Reasons> work_was_done(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto start = after.instant("actual_start"), end = after.instant("actual_end");
  if (start && end && *end <= *start) out.push_back("it ended before it began, or with it");
  if (end && *end > change.now()) out.push_back("actual_end: that time has not come");
  return out;
}

Result<Reasons> derogation_can_be(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  if (*after.date("until") <= *after.date("from")) out.push_back("it expires before it begins");
  const auto& covers = after.list("covers");
  const bool limit = std::find(covers.begin(), covers.end(), "limit") != covers.end();
  if (limit && !after.has("hours")) out.push_back("hours: which limit instead of the standing one?");
  if (after.has("hours") && *after.number("hours") <= 0) out.push_back("hours: expected more than 0");
  return out;
}

Status decide_derogation(ledger::Change& change, const Record&, Record& after) {
  after.set("decided_on", calendar::to_text(change.today()));
  return {};
}

Result<std::vector<Window>> windows(const ledger::Reader& reader, const Wanted& wanted) {
  ledger::Query query{"maintenance"};
  query.range_field = "start";
  if (wanted.from) query.from = to_iso8601(*wanted.from - std::chrono::days(31), 0);
  // Those that begin later may run beside one that was asked for.
  if (wanted.to) query.to = to_iso8601(*wanted.to + std::chrono::days(31), 0);
  METERWAY_TRY(const auto all, all_of(reader, std::move(query)));
  std::vector<Window> out;
  for (const auto& one : all) {
    if (!wants(wanted, one)) continue;
    Window window{one, {}};
    // A clash is with any window, whether it was asked for or not.
    for (const auto& other : all) {
      if (other.reference == one.reference || other.state == "cancelled" || one.state == "cancelled") continue;
      if (!overlap(one, other)) continue;
      if (!same_region(one, other) && !shares(one.list("services"), other.list("services"))) continue;
      window.clashes.push_back(other.reference);
    }
    out.push_back(std::move(window));
  }
  return out;
}

Result<std::vector<Record>> running(const ledger::Reader& reader, UtcTime now) {
  METERWAY_TRY(const auto found,
               windows(reader, {"", "", "", "", "confirmed", now, now + std::chrono::microseconds(1)}));
  std::vector<Record> out;
  for (const auto& one : found) out.push_back(one.record);
  return out;
}

std::string calendar_file(const std::vector<Window>& windows) {
  std::string out;
  for (const auto* line : {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Meterway//Planned maintenance//EN",
                           "CALSCALE:GREGORIAN", "METHOD:PUBLISH"})
    add_line(out, line);
  for (const auto& [record, clashes] : windows) {
    add_line(out, "BEGIN:VEVENT");
    add_line(out, "UID:" + record.reference + "@meterway");
    add_line(out, "SEQUENCE:" + std::to_string(record.revision));
    add_line(out, "DTSTAMP:" + stamp(record.changed));
    add_line(out, "DTSTART:" + stamp(*record.instant("start")));
    add_line(out, "DTEND:" + stamp(*record.instant("end")));
    add_line(out, "SUMMARY:" + escaped(record.text("provider") + ": " + record.text("title")));
    auto about = "Services: " + joined(record.list("services")) +
                 "\nRegions: " + (record.list("regions").empty() ? "all" : joined(record.list("regions")));
    if (!record.list("srvs").empty()) about += "\nService reference variants: " + joined(record.list("srvs"));
    if (record.has("notice_working_days")) about += "\nNotice: " + record.text("notice_working_days") + " working days";
    if (!clashes.empty()) about += "\nAt the same time: " + joined(clashes);
    add_line(out, "DESCRIPTION:" + escaped(about));
    const auto* status = record.state == "proposed"    ? "TENTATIVE"
                         : record.state == "cancelled" ? "CANCELLED"
                                                       : "CONFIRMED";
    add_line(out, std::string("STATUS:") + status);
    add_line(out, "CATEGORIES:" + escaped(record.text("provider")));
    add_line(out, "END:VEVENT");
  }
  add_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace meterway::operations
