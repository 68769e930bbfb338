#pragma once
#include <optional>
#include <string>

#include "field/device/local.h"

namespace meterway::field {

/// "a person does this at that meter", as one line for a running estate:
///
///     top-up 00db1234567890a0 73946144332040217315
///     top-up 00db1234567890a1 73950067887105178605 at=00db1234567890a4       typed into the display
///     emergency-credit 00db1234567890a0 [at=DISPLAY]
///     enable-supply 00db1234567890a0 [at=DISPLAY]
///
/// A token may be anything without blanks: the meter says what it thinks of it. Errors: BadValue, BadEui64.
struct HomeOrder {
  Eui64 meter;
  std::optional<Eui64> display{};
  LocalOrder order{};
};
std::string write_home_order(const HomeOrder& order);
Result<HomeOrder> read_home_order(const std::string& line);

/// The act of a verb of the lines above. Errors: BadValue.
Result<LocalAct> parse_local_act(std::string_view verb);

/// What came of it, or why nothing did ("error"): JSON, one line.
std::string describe_act(const HomeOrder& order, const Result<LocalResult, std::string>& result);

}  // namespace meterway::field
