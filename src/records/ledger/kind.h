#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "records/registry/person.h"

/// What kinds of record there are, their fields, and what may become of them: the rows of spec/ledger_*.tsv. All of
/// oversight is such records; a new kind is rows there and, where it has rules of its own, functions named in them.
namespace meterway::ledger {

using registry::Classification;
using registry::Person;

/// Text is one line, Long many. Values are kept as text in one canonical form a type (value.h).
enum class Type : std::uint8_t { Text, Long, Date, Instant, Integer, Decimal, Boolean, Choice, Reference, Attachment };
std::string_view to_string(Type type);

/// Anyone who may change the record; only together with an action; only guards' and effects' own code.
enum class SetBy : std::uint8_t { Anyone, Action, Rule };

struct Field {
  std::string_view name;
  Type type;
  bool list;
  std::string_view of;      ///< choices by '|', or the kind referred to ("*" any)
  bool always;              ///< required from the beginning
  std::string_view before;  ///< required when the record comes into one of these states, by commas
  SetBy set_by;
  Classification least_class;  ///< of the content, where that is more than the record's
  bool indexed;
  std::string_view meaning, source;
};

struct Transition {
  std::string_view from;  ///< empty: does not exist yet; "*": any
  std::string_view action;
  std::string_view to;  ///< "=": stays where it is
  std::string_view who, guard, effect, needs, meaning, source;
};

struct Kind {
  std::string_view name, title, format, alias, creates, changes;
  Classification level;                 ///< unless another is said
  std::string_view owner, date, label;  ///< fields: whose it is, what lists are sorted by, what they show
  std::string_view meaning, source;
  std::string_view no_table;  ///< its lists are not given as a table, but so; empty: they are
  std::span<const Field> fields;
  std::span<const Transition> transitions;

  const Field* field(std::string_view field_name) const;
  /// The row for this action in this state ("": the record does not exist yet); null when there is none.
  const Transition* transition(std::string_view state, std::string_view action) const;
  /// In the order of the table.
  std::vector<std::string_view> states() const;
};

std::span<const Kind> all_kinds();
std::span<const std::string_view> all_roles();
const Kind* find_kind(std::string_view name);

/// Parts of a list by commas or '|'.
std::vector<std::string_view> parts(std::string_view list, char separator = ',');
bool has_part(std::string_view list, std::string_view part, char separator = ',');

}  // namespace meterway::ledger
