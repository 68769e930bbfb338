#pragma once
#include "base/util/clock.h"
#include "records/ledger/record.h"
#include "records/ledger/reference.h"

namespace meterway::audit {
class Held;
}

/// The only way to what the ledger holds. A Reader belongs to a person: whatever he may not see is not there for him,
/// in no list, no count, no total, no search, no sum and no "mentioned in". Reads of what is Amber or Red, and attempts
/// at what he may not see, are written to the audit before he is answered (docs/adr/0012).
namespace meterway::ledger {

/// Equality with a field, with "state", or with "class".
struct Filter {
  std::string field;
  std::string value;
};

struct Query {
  std::string kind{};
  std::vector<Filter> filters{};
  std::string range_field{};  ///< an indexed field; its order is the list's. Empty: the order of references
  std::string from{}, to{};   ///< from <= value < to; empty: no end
  std::string words{};        ///< all of them
  std::string mentions{};     ///< a reference that they name
  bool newest_first = false;
  std::string after{};  ///< Page::next of the page before
  std::size_t limit = 100;
  std::size_t most_read = 0;  ///< records that may be read for filters that no index answers; 0: any number
};

struct Page {
  std::vector<Record> records;
  std::uint64_t total = 0;  ///< of all pages
  std::string next;         ///< empty: this is the last
};

/// A sum says what it is of: a record without the field is counted apart, and never as 0.
struct Sum {
  std::string total;
  std::uint64_t counted = 0;
  std::uint64_t not_recorded = 0;
};

struct Found {
  Target target;
  std::string label, state;
  Classification level = Classification::White;
};

struct AuditLine {
  std::uint64_t sequence = 0;
  UtcTime at{};
  std::string person, party, what, outcome;
  Target target;
  Classification level = Classification::White;
  std::uint64_t times = 1;  ///< within one hour: of the public, and of what somebody was not given
};

inline constexpr std::size_t kMostListed = 1000;

class Reader {
 public:
  /// `noting` false: what it reads is not written down; whoever shows what was made of it says so by note().
  /// `held`: where lines of callers without a name wait; null: they are written as they come.
  Reader(store::Store& store, const Clock& clock, Person person, bool noting = true, audit::Held* held = nullptr)
      : store_(store), clock_(clock), person_(std::move(person)), noting_(noting), held_(held) {}
  const Person& person() const { return person_; }

  /// Without fields above his clearance; attachments with their titles whatever their class.
  /// Errors: NotFound, whether there is none or he may not see it.
  Result<Record> find(std::string_view kind, std::string_view reference) const;
  /// Errors: NotFound (kind), BadValue (a field that the kind does not have, a cursor that is none of ours).
  Result<Page> list(const Query& query) const;
  Result<std::uint64_t> count(const Query& query) const;
  /// Of an integer or decimal field. Errors: BadValue for another; OutOfRange.
  Result<Sum> sum(const Query& query, std::string_view field) const;
  /// Over all kinds, in the order of kinds and references.
  Result<std::vector<Found>> search(std::string_view words, std::size_t limit) const;
  Result<std::vector<Found>> mentioned_in(std::string_view kind, std::string_view reference) const;
  Result<std::vector<HistoryEntry>> history(std::string_view kind, std::string_view reference) const;
  /// Errors: NotFound; Refused when the attachment's class is above him.
  Result<std::string> content(std::string_view kind, std::string_view reference, std::string_view attachment) const;
  /// The youngest first, before this sequence (0: the youngest). Errors: Refused unless he is the operator or a
  /// secretary; lines above his clearance are left out.
  Result<std::vector<AuditLine>> audit(std::uint64_t before, std::size_t limit) const;
  /// That he was given, or refused, what was made from many records: a report of this name. White and Green are not
  /// written down.
  Status note(std::string_view what, const std::string& name, Classification level, bool given) const;

 private:
  struct Note {
    Target target;
    Classification level;
  };
  Status write_down(std::string_view what, std::string_view outcome, const std::vector<Note>& notes) const;
  Result<std::vector<Found>> describe(const std::vector<Target>& targets, std::size_t limit) const;

  store::Store& store_;
  const Clock& clock_;
  Person person_;
  bool noting_;
  audit::Held* held_;
};

}  // namespace meterway::ledger
