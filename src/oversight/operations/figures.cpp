#include "oversight/operations/figures.h"

#include <algorithm>

namespace meterway::operations {
namespace {

__extension__ using Wide = __int128;  // products of counts

/// In hundredths of a percent.
std::optional<std::int64_t> hundredths(std::int64_t numerator, std::int64_t denominator) {
  if (denominator <= 0) return std::nullopt;
  const Wide scaled = static_cast<Wide>(numerator) * 20'000;
  const Wide twice = scaled / denominator;  // toward zero, in half hundredths
  const Wide rounded = (twice + (twice < 0 ? -1 : 1)) / 2;
  return static_cast<std::int64_t>(rounded);
}

std::string text_of(std::int64_t hundredth) {
  const auto whole = hundredth < 0 ? -hundredth : hundredth;
  auto cents = std::to_string(whole % 100);
  if (cents.size() < 2) cents.insert(0, 1, '0');
  return (hundredth < 0 ? "-" : "") + std::to_string(whole / 100) + "." + cents;
}

/// 100 * counted / of against a percentage, without rounding: 98.9999 is below 99.
Result<bool> is_below(std::int64_t counted, std::int64_t of, const std::string& percent) {
  METERWAY_TRY(const auto micro, ledger::micro_units(percent));
  return static_cast<Wide>(counted) * 100'000'000 < static_cast<Wide>(micro) * of;
}

Result<bool> is_at_least(const std::string& percent, const std::string& target) {
  METERWAY_TRY(const auto value, ledger::micro_units(percent));
  METERWAY_TRY(const auto least, ledger::micro_units(target));
  return value >= least;
}

Status judge(Figure& figure, const rules::Rules& rules) {
  const auto& row = *figure.row;
  const auto& counted = figure.counted;
  const bool is_ratio = row.unit != "count";
  const auto over = row.unit == "variance" && counted.counted && counted.of ? *counted.counted - *counted.of
                                                                            : counted.counted.value_or(0);
  const auto percent =
      is_ratio && counted.counted && counted.of ? percent_text(over, *counted.of) : std::optional<std::string>();
  if (is_ratio && counted.counted && counted.of == 0) {
    figure.value = "nothing to measure";
    return {};
  }
  const bool recorded = is_ratio ? percent.has_value() : counted.counted.has_value();
  figure.value = !recorded ? "not recorded" : is_ratio ? *percent + " %" : grouped(*counted.counted);
  for (const auto& [name, text] : {std::pair{row.target, &figure.target}, std::pair{row.minimum, &figure.minimum}}) {
    if (name.empty()) continue;
    METERWAY_TRY(const auto ruling, rules.on(name, figure.month.first));
    *text = ruling.value;
  }
  figure.standing = !recorded ? Standing::NotRecorded : figure.target.empty() ? Standing::NoTarget : Standing::Met;
  if (figure.standing != Standing::Met) return {};
  METERWAY_TRY(const bool below_target, is_below(*counted.counted, *counted.of, figure.target));
  if (!below_target) return {};
  figure.standing = Standing::BelowTarget;
  // 98.996 % is below 99 % and is not printed as 99.00 %.
  METERWAY_TRY(const bool rounded_up, is_at_least(*percent, figure.target));
  if (rounded_up)
    figure.value = text_of(static_cast<std::int64_t>(static_cast<Wide>(over) * 10'000 / *counted.of)) + " %";
  if (figure.minimum.empty()) return {};
  METERWAY_TRY(const bool below_minimum, is_below(*counted.counted, *counted.of, figure.minimum));
  if (below_minimum) figure.standing = Standing::BelowMinimum;
  return {};
}

}  // namespace

std::string_view to_string(Standing standing) {
  constexpr std::string_view kWords[] = {"met", "below target", "below minimum", "not recorded", "no target"};
  return kWords[static_cast<std::size_t>(standing)];
}

std::string Figure::title() const {
  return std::string(row->title) + (counted.group.empty() ? "" : ", " + counted.group) + ", " + month_in_words(month);
}

std::optional<std::string> percent_text(std::int64_t numerator, std::int64_t denominator) {
  const auto value = hundredths(numerator, denominator);
  return value ? std::optional(text_of(*value)) : std::nullopt;
}

std::string grouped(std::int64_t number) {
  auto out = std::to_string(number < 0 ? -number : number);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), 1, ',');
  return number < 0 ? "-" + out : out;
}

std::string grouped(const std::optional<std::int64_t>& number) { return number ? grouped(*number) : "not recorded"; }

Result<std::vector<Figure>> figures_of(Books& books, const FigureRow& row, Period month) {
  const auto queries = all_queries();
  const auto query =
      std::find_if(queries.begin(), queries.end(), [&](const NamedQuery& one) { return one.name == row.query; });
  if (query == queries.end()) return fail(ErrorCode::NotFound, 0, "query of a figure");
  METERWAY_TRY(const auto groups, query->query(books, month));
  std::vector<Figure> out;
  for (const auto& group : groups) {
    Figure figure;
    figure.row = &row;
    figure.month = month;
    figure.counted = group;
    METERWAY_CHECK(judge(figure, books.rules()));
    out.push_back(std::move(figure));
  }
  return out;
}

Result<std::vector<Record>> tallies_in(Books& books, std::string_view series, Period period) {
  ledger::Query query{"tally", {{"series", std::string(series)}, {"state", "recorded"}}};
  query.range_field = "from";
  query.from = calendar::to_text(period.first);
  query.to = calendar::to_text(period.last + std::chrono::days(1));
  METERWAY_TRY(auto out, books.all(query));
  std::erase_if(out, [&](const Record& one) { return *one.date("to") > period.last; });
  return out;
}

Sources sources_of(const std::vector<Record>& tallies, const EventCounts& events, bool counted_by_events) {
  std::string whole;
  for (const auto& one : tallies) {
    if (!one.has("covers")) whole += (whole.empty() ? "" : ", ") + one.reference;
  }
  if (!events.complete) {
    if (!whole.empty()) return {true, false, "by tallies; events of the month have been removed", ""};
    return {false, false, "events of the month were removed before they were counted", ""};
  }
  if (!counted_by_events) return {};
  if (whole.empty()) return {true, true, "", ""};
  return {false, false, "counted by tally and by events",
          "counted by tally and by events: what do these cover that events do not hold (covers)? " + whole};
}

std::optional<std::int64_t> sum_of(const std::vector<Record>& tallies) {
  std::int64_t sum = 0;
  for (const auto& one : tallies) {
    const auto value = one.integer("value");
    if (!value || __builtin_add_overflow(sum, *value, &sum)) return std::nullopt;
  }
  return tallies.empty() ? std::nullopt : std::optional(sum);
}

Result<std::map<std::string, std::optional<std::int64_t>>> certificate_requests_by_party(Books& books, Period month) {
  METERWAY_TRY(const auto tallies, tallies_in(books, "csr.sent", month));
  std::map<std::string, std::vector<Record>> by_party;
  for (const auto& one : tallies) by_party[one.text("party")].push_back(one);
  std::map<std::string, std::optional<std::int64_t>> out;
  for (const auto& [party, of_party] : by_party) out[party] = sum_of(of_party);
  ledger::Query query{"certificate_request"};
  query.range_field = "asked";
  query.from = to_iso8601(month.begin(), 0);
  query.to = to_iso8601(month.end(), 0);
  METERWAY_TRY(const auto judged, books.all(query));
  for (const auto& one : judged) {
    const auto party = one.text("subscriber");
    if (!by_party.contains(party)) out[party] = out[party].value_or(0) + 1;
  }
  return out;
}

}  // namespace meterway::operations
