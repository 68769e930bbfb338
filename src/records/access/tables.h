#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "records/registry/device.h"
#include "standard/calendar/date.h"
#include "standard/duis/services.h"

/// Access control as tables with dates: who (role) may ask which service of which device (type, state), and what else
/// a decision rests on. Rows: spec/services.tsv (roles), access_types.tsv with use_cases.tsv, access_states.tsv,
/// access_rules.tsv, access_changes.tsv.
namespace meterway::access {

using calendar::Date;
using registry::DeviceState;

/// What every row says of itself. It holds on from <= day < to.
struct Row {
  std::string_view rule;  ///< "role.4.1.1", "state.4.1.1", "responsible.IS"
  std::string_view clause, how_sure, source, says;
  Date from, to;
  std::uint16_t may = 0;  ///< of a cell: a bit each for the roles, types or states that may
};
enum class Question : std::uint8_t { Role, Type, State };
inline constexpr std::size_t kQuestions = 3, kRoles = 8, kTypes = 10, kStates = 9;

/// Rows that are no cells, in the order of their names below; one of each decides on a day.
enum class RuleName : std::uint8_t {
  ServiceKnown,
  CommandVariant,
  LocalCommand,
  WebService,
  UserKnown,
  UserLive,
  TargetDcc,
  DeviceKnown,
  Responsible,  ///< eight of them, by role
  Unsaid = Responsible + kRoles,
  Leave,
  SeesByIdentifier,  ///< 8.2: eight of them, by role
  SeesByAddress = SeesByIdentifier + kRoles,
  SeesUnsaid = SeesByAddress + kRoles,
};
inline constexpr std::size_t kRuleNames = static_cast<std::size_t>(RuleName::SeesUnsaid) + 1;
std::string_view to_string(RuleName name);
/// Of eight rules, that of a role.
constexpr RuleName of_role(RuleName first, UserRole role) {
  return static_cast<RuleName>(static_cast<unsigned>(first) + static_cast<unsigned>(role));
}
struct RuleRow {
  Row row;
  std::string_view value;
};

/// A row of spec/access_changes.tsv: cells that are otherwise for a time.
struct ChangeRow {
  Row row;
  int service = -1;  ///< place among all_services(); -1: every one
  Question asks = Question::Role;
  std::uint16_t roles = 0, types = 0, states = 0;
  int named = 0;  ///< how many of the four it names: the most decides
  bool allowed = false;
};

/// All that decisions are made from, as data: standard() are the compiled rows, a test may have others.
struct Tables {
  std::vector<std::vector<Row>> cells[kQuestions];  ///< by question, then service; of one service by date
  std::vector<RuleRow> rules[kRuleNames];
  std::vector<ChangeRow> changes;

  static const Tables& standard();
};

/// The row of that day. Null: none holds yet, or none any more; nobody may.
const Row* row_on(std::span<const Row> rows, Date day);
const RuleRow* row_on(std::span<const RuleRow> rows, Date day);

/// The row that answers a question of one cell, and whether it says yes.
struct Cell {
  const Row* row = nullptr;
  bool yes = false;
};
/// `type` and `state` are not looked at where the question does not depend on them.
Cell ask(const Tables& tables, Question question, const duis::Service& service, UserRole role, DeviceType type,
         DeviceState state, Date day);

std::size_t index_of(const duis::Service& service);

/// What a User is told who is refused: rows of spec/refusals.tsv by name. Empty when there is none.
struct ReasonRow {
  std::string_view name, sentence, code;
};
ReasonRow reason_row(std::string_view name);

}  // namespace meterway::access
