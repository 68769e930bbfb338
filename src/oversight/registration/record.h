#pragma once
#include <optional>

#include "oversight/registration/file.h"
#include "standard/rules/rules.h"

namespace meterway::registration {

/// Why a record is not taken, or what was made of it: a word for programs and words for people.
struct Remark {
  std::string code;
  std::string reason;
};

/// What one record of a file says, or why it cannot be taken.
struct Said {
  Mpxn mpxn;
  std::vector<Operation> operations;
  std::optional<Remark> refused;  ///< then there are no operations
  std::optional<Remark> note;     ///< taken, but not as it was said
  bool is_its_own = false;        ///< the point is one that the sender may speak of
};

/// Records are judged one by one, by what their sender may speak of and by the rules of the day on which they take
/// effect (registration.effective.electricity, registration.effective.gas: the time of day in Great Britain from which
/// a date holds).
/// `on`: the day on which it came, for what its sender's source speaks of then.
Said read_record(const Line& line, const Sender& sender, const rules::Rules& rules, Date on);

/// "20261123" (by the rule of the fuel), "20261123003000" (clocks of Great Britain) or "2026-11-23T00:00:00Z".
/// Errors: BadDateTime; OutOfRange unless it is a whole second from 1970 to 2100.
Result<UtcTime> read_moment(std::string_view text, Fuel fuel, const rules::Rules& rules);

}  // namespace meterway::registration
