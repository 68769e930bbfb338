#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "standard/calendar/date.h"

/// Numbers of the code that are rules: rows of spec/dated_rules.tsv with clause, value, unit, the days on which they
/// hold, and how sure we are. Nothing in Meterway has such a number in its code.
namespace meterway::rules {

using calendar::Date;

enum class Certainty : std::uint8_t { Verified, Seed, Computed, Unconfirmed };
/// "V", "S", "C", "unconfirmed", as in spec/.
std::string_view to_string(Certainty value);

struct Rule {
  std::string_view name, clause, value, unit;
  Date from, to;  ///< holds on from <= day < to; `to` Date::max(): no end is known
  Certainty how_sure;
  std::string_view meaning, source;
};
/// Ordered by name, then date; no gap and no overlap within a name.
std::span<const Rule> all_rules();

/// What a rule says on a day: its value, and the row that decided it.
struct Ruling {
  std::string value;
  const Rule* row = nullptr;
  bool overridden = false;  ///< the operator's value; the row's is another

  /// Errors: BadNumber when the rule is no whole number.
  Result<std::int64_t> integer() const;
  Result<double> number() const;
  /// "maintenance.notice = 20 working days on 1 September 2018: H8.4, from 23 September 2013, unconfirmed
  /// (sec-operations.md 6)", and whether it is the operator's.
  std::string explain(Date day) const;
};

/// The table with what the operator has set. Sharing: immutable once set up.
class Rules {
 public:
  /// Only what is unconfirmed may be set otherwise. Errors in words, beginning with the name.
  Result<void, std::string> set(std::string_view name, std::string_view value);
  /// Errors: NotFound for a name that there is not, OutOfRange for a day before its first row or after its last.
  Result<Ruling> on(std::string_view name, Date day) const;
  const std::map<std::string, std::string, std::less<>>& overrides() const { return overrides_; }

 private:
  std::map<std::string, std::string, std::less<>> overrides_;
};

}  // namespace meterway::rules
