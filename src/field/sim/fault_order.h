#pragma once
#include <map>
#include <string>

#include "field/device/faults.h"

namespace meterway::field {

/// "this is broken in that device", or mended again, as one line for a running estate:
///
///     fault 00db1234567890a0 0702/0A00 not found
///     mend 00db1234567890a0 0702/0A00        without a place: all of it
///     faults 00db1234567890a0                says what is broken
///
/// Errors: BadValue, BadEui64; of `fault` those of read_fault.
struct FaultOrder {
  Eui64 device;
  enum class What : std::uint8_t { Break, Mend, Tell } what = What::Tell;
  Fault fault{};  ///< of Mend its place alone
};
std::string write_fault_order(const FaultOrder& order, const std::string& result);
Result<FaultOrder> read_fault_order(const std::string& line);

/// What is broken in the device now, or why nobody can say ("error"): JSON, one line.
std::string describe_faults(Eui64 device, const Result<std::map<std::string, std::uint8_t>, std::string>& faults);

}  // namespace meterway::field
