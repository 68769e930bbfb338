#include "lab/month_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "oversight/operations/report.h"
#include "oversight/operations/rules.h"

namespace meterway::lab {
namespace {

namespace ops = operations;

/// The forecast lies evenly on what Users may ask for.
Status enter_forecast(ledger::Ledger& ledger, const Month& month) {
  const auto mix = month.mix();
  const auto all = month.settings().forecast();
  const auto first = calendar::to_text(month.settings().month);
  const auto last = calendar::to_text(calendar::last_of_month(month.settings().month));
  for (std::size_t i = 0; i < mix.size(); ++i) {
    const auto value = all / mix.size() + (i < all % mix.size() ? 1 : 0);
    ledger::Fields fields{{"series", {"sr.forecast"}},
                          {"from", {first}},
                          {"to", {last}},
                          {"value", {std::to_string(value)}},
                          {"party", {mix[i].user.dashed_upper()}},
                          {"service", {mix[i].service}},
                          {"mode", {mix[i].dated ? "future dated" : "on demand"}}};
    const auto made = ledger.create(registry::operator_person(), "tally", {"", std::move(fields), {}, ""});
    if (!made) return fail(made.error().code, i, "forecast");
  }
  return {};
}

std::uint64_t count_of(const std::optional<std::int64_t>& number) {
  return number ? static_cast<std::uint64_t>(*number) : 0;
}
std::string text_of(const document::Inline& cell) {
  std::string out;
  for (const auto& span : cell) out += span.text;
  return out;
}
/// "12,090".
std::uint64_t number_of(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  return text.empty() || text.find_first_not_of("0123456789") != std::string::npos ? 0 : std::stoull(text);
}

class Check {
 public:
  explicit Check(const Month& month) : own_(month.own()) {}

  void compare(std::vector<Compared>& list, Compared one) {
    if (!one.same()) {
      out.wrong.push_back(fmt::format("{}: Users count {}{}, the report {}", one.what, one.own,
                                      one.doubtful == 0 ? "" : fmt::format(" (and {} in doubt)", one.doubtful),
                                      one.reported));
    }
    list.push_back(std::move(one));
  }

  /// Two counts of the same groups: each group that either side has.
  using Groups = std::map<std::string, std::uint64_t>;
  void compare(std::vector<Compared>& list, const std::string& what, const Groups& own, const Groups& reported) {
    auto all = own;
    for (const auto& [group, count] : reported) all.emplace(group, 0);
    for (const auto& [group, count] : all) {
      const auto found = reported.find(group);
      const auto mine = own.find(group);
      compare(list, {what + (group.empty() ? "none: asked of the DCC" : group), mine == own.end() ? 0 : mine->second,
                     found == reported.end() ? 0 : found->second});
    }
  }
  template <class Name>
  Groups grouped(Name name) const {
    Groups groups;
    for (const auto& [line, count] : own_.sent) groups[name(line)] += count;
    return groups;
  }

  void measure(const std::string& name, const OwnResponses& own, const ops::Figure& figure) {
    compare(out.numbers, {name + ", owed", own.owed, count_of(figure.counted.of)});
    compare(out.numbers, {name + ", in time", own.in_time, count_of(figure.counted.counted), own.doubtful});
  }

  MonthCheck out;

 private:
  const OwnCount& own_;
};

std::string mode_of(bool dated) { return dated ? "future dated" : "on demand"; }

const ops::Figure* find(const ops::Report& report, std::string_view name) {
  for (const auto* figure : report.figures()) {
    if (figure->row->name == name) return figure;
  }
  return nullptr;
}

}  // namespace

std::string MonthCheck::text() const {
  std::string out = fmt::format("{:<58} {:>12} {:>12}\n", "", "by Users", "by report");
  for (const auto& one : numbers) {
    out += fmt::format("{:<58} {:>12} {:>12}{}\n", one.what, ops::grouped(static_cast<std::int64_t>(one.own)),
                       ops::grouped(static_cast<std::int64_t>(one.reported)),
                       !one.same()         ? "  DIFFERS"
                       : one.doubtful != 0 ? fmt::format("  {} in doubt", one.doubtful)
                                           : "");
  }
  out += fmt::format("{} lines by User, service, region and delivery mode compared\n{}\n", lines.size(), variance);
  for (const auto& one : wrong) out += "differs: " + one + "\n";
  return out;
}

Result<MonthCheck> check_month(Month& month, const rules::Rules& rules) {
  const auto first = month.settings().month;
  const auto period = ops::month_of(first);
  ManualClock clock(calendar::last_of_month(first) + std::chrono::days(35));
  std::vector<ledger::Named> functions(ops::functions().begin(), ops::functions().end());
  ledger::Ledger ledger({month.store(), clock, rules, std::move(functions), {}});
  METERWAY_CHECK(enter_forecast(ledger, month));

  const ops::EventMonths events(month.store(), rules);
  auto books = ops::books_of(ledger, events, calendar::date_of(clock.now()));
  METERWAY_TRY(const auto variance, ops::make_report(books, "sr-variance", period));
  METERWAY_TRY(const auto performance, ops::make_report(books, "performance", period));
  METERWAY_TRY(const auto counted, events.month(first));

  Check check(month);
  auto& out = check.out;
  const auto& own = month.own();
  const auto* total = find(variance, "sr_variance");
  if (total == nullptr) return fail(ErrorCode::NotFound, 0, "figure of the report");
  out.variance = fmt::format("{} against {} = {}", ops::grouped(total->counted.counted),
                             ops::grouped(total->counted.of), total->value);
  check.compare(out.numbers, {"Service Requests sent", own.total(), count_of(total->counted.counted)});

  // By User, service and mode from the table that the report prints; regions from what it was made of.
  Check::Groups users, services, lines, regions, placed;
  for (const auto& section : variance.sections) {
    if (!section.table) continue;
    for (const auto& row : section.table->rows) {
      const auto user = text_of(row[0]), service = text_of(row[1]), mode = text_of(row[2]);
      const auto sent = number_of(text_of(row[3]));
      if (sent == 0) continue;
      users[user] += sent;
      services[service] += sent;
      lines[user + " " + service + " " + mode] += sent;
    }
  }
  for (const auto& one : counted->services) {
    regions[one.region] += one.sent;
    placed[one.user + " " + one.service + " " + mode_of(one.dated) + " " + one.region] += one.sent;
  }
  check.compare(out.numbers, "User ", check.grouped([](const Line& line) { return line.user.dashed_upper(); }), users);
  check.compare(out.numbers, "service ", check.grouped([](const Line& line) { return line.service; }), services);
  check.compare(out.numbers, "region ", check.grouped([](const Line& line) { return line.region; }), regions);
  const auto name = [](const Line& line) {
    return line.user.dashed_upper() + " " + line.service + " " + mode_of(line.dated);
  };
  check.compare(out.lines, "", check.grouped(name), lines);
  check.compare(out.lines, "", check.grouped([&](const Line& line) { return name(line) + " " + line.region; }), placed);

  for (const auto& [row, responses] :
       {std::pair{"cpm1", &own.on_demand}, std::pair{"cpm2", &own.future_dated}, std::pair{"cpm3", &own.alerts}}) {
    const auto* figure = find(performance, row);
    if (figure == nullptr) return fail(ErrorCode::NotFound, 0, "figure of the report");
    check.measure(std::string(figure->row->title), *responses, *figure);
  }
  out.report = to_markdown(ops::document_of(variance));
  out.performance = to_markdown(ops::document_of(performance));
  return std::move(out);
}

}  // namespace meterway::lab
