#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/ledger/kind.h"
#include "standard/calendar/date.h"

namespace meterway::ledger {

using calendar::Date;

/// One item, or those of a list, each in the canonical text of its field's type (value.h). Never empty: a field without
/// a value is not there at all, which is not the same as 0.
using Value = std::vector<std::string>;
using Fields = std::map<std::string, Value, std::less<>>;

/// The content lies in a row of its own. Its class is its own, too.
struct Attachment {
  std::string id;  ///< "1", "2"...: within the record, never used again
  std::string title;
  std::string media_type;
  Classification level = Classification::White;
  std::uint64_t size_bytes = 0;
  std::string sha256;  ///< hexadecimal
  std::string by;
  UtcTime at{};
  friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// A typed record of a kind. As stored it is whole; as a Reader gives it, without what its person may not see.
struct Record {
  std::string kind;
  std::string reference;
  std::uint64_t revision = 0;  ///< 1, 2, 3...: one more with every change
  std::string state;
  Classification level = Classification::White;
  Fields fields;
  std::vector<Attachment> attachments;
  std::uint64_t attachments_ever = 0;
  std::string created_by;
  UtcTime created{}, changed{};

  bool has(std::string_view field) const { return fields.find(field) != fields.end(); }
  /// The first item, or empty.
  const std::string& text(std::string_view field) const;
  const Value& list(std::string_view field) const;
  std::optional<std::int64_t> integer(std::string_view field) const;
  std::optional<double> number(std::string_view field) const;
  std::optional<Date> date(std::string_view field) const;
  std::optional<UtcTime> instant(std::string_view field) const;
  std::optional<bool> boolean(std::string_view field) const;
  void set(std::string_view field, std::string value);
  void set(std::string_view field, Value value);
  friend bool operator==(const Record&, const Record&) = default;
};

/// One change of one record: what it was, what it is, who, when and why. Appended with the change, never altered.
struct HistoryEntry {
  struct Change {
    std::string field;  ///< or "class", "attachment"
    Value before, after;
    Classification level = Classification::White;  ///< whoever reads this change needs it
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::uint64_t revision = 0;
  UtcTime at{};
  std::string by, party;
  std::string action;  ///< "create", "change", "attach", or that of a transition
  std::string from, to;
  std::string why;
  Classification level = Classification::White;  ///< the higher of before and after
  std::vector<std::string> audience;             ///< as it was and is; empty: all who are cleared
  std::vector<Change> changes;
};

/// Who may see a thing, in as few bytes as an index can carry.
struct Seen {
  Classification level = Classification::White;
  std::vector<std::string> audience;
};
Seen seen_of(const Record& record);

/// The one rule of who sees what. White: anybody; above it, whoever is cleared so far and, of Amber and Red with an
/// audience, is named by it: as a person, a party or a role.
bool may_see(const Person& person, const Seen& seen);
/// Whether the words of a row that say who may (job types, `anyone`, `owner`; by commas) name him. `owns`: the record
/// is his party's. The operator may whatever anybody may.
bool is_named(const Person& person, std::string_view who, bool owns);

/// What a record is where its text is looked for, a decimal number to the sixth place. Errors: BadNumber.
Result<std::int64_t> micro_units(std::string_view decimal);
std::string decimal_of(std::int64_t micro);

}  // namespace meterway::ledger
