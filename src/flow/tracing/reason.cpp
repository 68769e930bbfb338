#include "flow/tracing/reason.h"

#include "flow/envelope/decision_line.h"
#include "flow/tracing/tables.h"
#include "records/access/tables.h"

namespace meterway::flow::tracing {
namespace {

using access::Row;
using calendar::Date;

const Row* among(std::span<const Row> rows, std::string_view name, Date day) {
  if (rows.empty() || rows.front().rule != name) return nullptr;
  return access::row_on(rows, day);
}

/// The row of access control of that name on that day; null when there is none.
const Row* access_row(std::string_view name, Date day) {
  const auto& tables = access::Tables::standard();
  for (const auto& question : tables.cells) {
    for (const auto& rows : question) {
      if (const auto* found = among(rows, name, day)) return found;
    }
  }
  for (const auto& rows : tables.rules) {
    if (rows.empty() || rows.front().row.rule != name) continue;
    const auto* found = access::row_on(rows, day);
    if (found != nullptr) return &found->row;
  }
  for (const auto& change : tables.changes) {
    if (change.row.rule == name) return &change.row;
  }
  return nullptr;
}

Reason told(const Row& row) {
  return {std::string(row.rule), std::string(row.clause), std::string(row.how_sure), std::string(row.source),
          std::string(row.says)};
}

/// The first dated rule that the words name after "rule ".
std::optional<Reason> dated_rule(std::string_view detail, const rules::Rules& rules, Date day) {
  constexpr std::string_view kRule = "rule ";
  for (auto at = detail.find(kRule); at != std::string_view::npos; at = detail.find(kRule, at + 1)) {
    const auto rest = detail.substr(at + kRule.size());
    const auto name = rest.substr(0, rest.find_first_of(" ,;"));
    const auto ruling = rules.on(name, day);
    if (!ruling || ruling->row == nullptr) continue;
    const auto& row = *ruling->row;
    return Reason{std::string(name), std::string(row.clause), std::string(rules::to_string(row.how_sure)),
                  std::string(row.source), ruling->explain(day)};
  }
  return std::nullopt;
}

}  // namespace

std::string refusal_in(const store::Event& event) {
  if (event.step != "gateway" || event.outcome != "refused") return {};
  const auto name = event.detail.substr(0, event.detail.find(':'));
  return find_move("refusal", name) == nullptr ? std::string() : name;
}

std::optional<Reason> reason_of(const store::Event& event, const rules::Rules& rules) {
  const auto day = calendar::date_of(event.time);
  if (const auto name = rule_in(event.detail); !name.empty()) {
    if (const auto* row = access_row(name, day)) return told(*row);
  }
  if (auto rule = dated_rule(event.detail, rules, day)) return rule;
  if (const auto refusal = refusal_in(event); !refusal.empty()) {
    const auto row = access::reason_row(refusal);
    return Reason{"refusal." + refusal, row.code.empty() ? "" : "DUIS " + std::string(row.code),
                  std::string(find_move("refusal", refusal)->how_sure), "spec/refusals.tsv", std::string(row.sentence)};
  }
  if (event.step == "anomaly")
    return Reason{"anomaly detection", "seed B22", "S", "sec-operations.md 11",
                  "thresholds of the User, or of the DCC"};
  return std::nullopt;
}

}  // namespace meterway::flow::tracing
