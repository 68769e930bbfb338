#include "records/access/tables.h"

#include <algorithm>
#include <iterator>

namespace meterway::access {
namespace {

struct CellRow {
  std::size_t service;
  Row row;
};

constexpr Date day(int year, unsigned month, unsigned number) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)));
}

#include "records/access/access.inc"

constexpr std::string_view kNames[] = {"service.known",
                                       "command.variant",
                                       "command.local",
                                       "command.web_service",
                                       "user.known",
                                       "user.live",
                                       "target.dcc",
                                       "device.known",
                                       "responsible.IS",
                                       "responsible.ES",
                                       "responsible.GS",
                                       "responsible.ED",
                                       "responsible.GT",
                                       "responsible.RSA",
                                       "responsible.OU",
                                       "responsible.LC",
                                       "responsible.unsaid",
                                       "responsible.leave",
                                       "inventory.identifier.IS",
                                       "inventory.identifier.ES",
                                       "inventory.identifier.GS",
                                       "inventory.identifier.ED",
                                       "inventory.identifier.GT",
                                       "inventory.identifier.RSA",
                                       "inventory.identifier.OU",
                                       "inventory.identifier.LC",
                                       "inventory.address.IS",
                                       "inventory.address.ES",
                                       "inventory.address.GS",
                                       "inventory.address.ED",
                                       "inventory.address.GT",
                                       "inventory.address.RSA",
                                       "inventory.address.OU",
                                       "inventory.address.LC",
                                       "inventory.unsaid"};
static_assert(std::size(kNames) == kRuleNames);

constexpr bool each_is_named() {
  for (const auto& rule : kRuleRows) {
    bool found = false;
    for (const auto name : kNames) found = found || name == rule.row.rule;
    if (!found) return false;
  }
  return true;
}
static_assert(each_is_named(), "spec/access_rules.tsv has a rule that nothing asks");

template <std::size_t Count>
std::vector<std::vector<Row>> by_service(const CellRow (&rows)[Count]) {
  std::vector<std::vector<Row>> out(duis::all_services().size());
  for (const auto& one : rows) out[one.service].push_back(one.row);
  return out;
}

Tables compiled() {
  Tables out;
  out.cells[static_cast<std::size_t>(Question::Role)] = by_service(kRoleRows);
  out.cells[static_cast<std::size_t>(Question::Type)] = by_service(kTypeRows);
  out.cells[static_cast<std::size_t>(Question::State)] = by_service(kStateRows);
  for (const auto& one : kRuleRows) {
    const auto at = std::find(std::begin(kNames), std::end(kNames), one.row.rule) - std::begin(kNames);
    out.rules[at].push_back(one);
  }
  out.changes.assign(std::begin(kChangeRows), std::begin(kChangeRows) + kChanges);
  return out;
}

template <class Rows, class RowOf>
auto find_on(Rows rows, Date day, RowOf row_of) -> decltype(&rows[0]) {
  decltype(&rows[0]) out = nullptr;
  for (auto& one : rows) {
    if (row_of(one).from <= day) out = &one;
  }
  return out != nullptr && day < row_of(*out).to ? out : nullptr;
}

bool has(std::uint16_t mask, unsigned bit) { return (mask >> bit & 1u) != 0; }

}  // namespace

std::string_view to_string(RuleName name) { return kNames[static_cast<std::size_t>(name)]; }

const Tables& Tables::standard() {
  static const Tables tables = compiled();
  return tables;
}

const Row* row_on(std::span<const Row> rows, Date day) {
  return find_on(rows, day, [](const Row& row) -> const Row& { return row; });
}
const RuleRow* row_on(std::span<const RuleRow> rows, Date day) {
  return find_on(rows, day, [](const RuleRow& row) -> const Row& { return row.row; });
}

Cell ask(const Tables& tables, Question question, const duis::Service& service, UserRole role, DeviceType type,
         DeviceState state, Date day) {
  const auto at = index_of(service);
  const ChangeRow* change = nullptr;
  for (const auto& one : tables.changes) {
    const bool fits = one.asks == question && (one.service < 0 || static_cast<std::size_t>(one.service) == at) &&
                      has(one.roles, static_cast<unsigned>(role)) &&
                      (question == Question::Role || has(one.types, static_cast<unsigned>(type))) &&
                      (question != Question::State || has(one.states, static_cast<unsigned>(state))) &&
                      one.row.from <= day && day < one.row.to;
    if (fits && (change == nullptr || one.named > change->named)) change = &one;
  }
  if (change != nullptr) return {&change->row, change->allowed};
  const auto* row = row_on(tables.cells[static_cast<std::size_t>(question)][at], day);
  if (row == nullptr) return {};
  const unsigned bit = question == Question::Role   ? static_cast<unsigned>(role)
                       : question == Question::Type ? static_cast<unsigned>(type)
                                                    : static_cast<unsigned>(state);
  return {row, has(row->may, bit)};
}

std::size_t index_of(const duis::Service& service) {
  return static_cast<std::size_t>(&service - duis::all_services().data());
}

ReasonRow reason_row(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kReasonRows), std::end(kReasonRows), [&](const auto& row) { return row.name == name; });
  return found == std::end(kReasonRows) ? ReasonRow{} : *found;
}

}  // namespace meterway::access
