#pragma once
#include <functional>
#include <string>
#include <vector>

#include "records/anomaly/level.h"
#include "standard/duis/element.h"

namespace meterway::anomaly {

/// What is too much: over a User's own threshold, over the DCC's, or a value outside a limit. The names of the report
/// file and the elements of a QuarantinedRequest alert follow it.
enum class Breach : std::uint8_t { None, User, Dcc, Attribute };
std::string_view to_string(Breach breach);  ///< "USER", "DCC", "ATTRIBUTE"

/// A request that is to become a command for a device.
struct Communication {
  Eui64 user;
  std::string_view service;  ///< service reference variant
  UtcTime at{};
  /// What the User asks for; called only where a limit could apply.
  std::function<Result<duis::Element>()> body;
};

struct Warning {
  Scope scope;
  std::uint64_t threshold = 0, counted = 0;
};

struct Verdict {
  Breach breach = Breach::None;
  std::string threshold, counted;  ///< as the report file says them; of a value, its limits and itself
  std::string why;                 ///< for people
  std::vector<Warning> warnings;   ///< given now, once in a window
};

/// Counts the communication and says whether it is too much, in the transaction that accepts it: of a threshold of 100
/// in a window, 1 to 100 pass and the 101st does not. What is held does not use up the threshold; it counts towards
/// the warning, and as `counted`.
/// Scopes: this User and service, this User, this service, everything.
/// Errors: those of the store.
Result<Verdict> weigh(store::WriteView& view, const Communication& communication);

/// The first value under `attribute` that is outside the limits, in words; empty when all are within. A value that is
/// no decimal number is outside.
std::string outside(const duis::Element& body, const Limit& limit);

}  // namespace meterway::anomaly
