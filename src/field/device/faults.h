#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "field/device/state.h"
#include "standard/gbcs/dlms.h"

/// What is broken in a device. A command that asks for it is answered with the code that the fault names, and nothing
/// is done.
///
/// Forms of a place:  3/1-0:32.7.0.255/2   attribute or method of a COSEM object (class, instance, number)
///                    0702/0A00            attribute of a ZigBee cluster
///                    0702/06              command of a ZigBee cluster, whichever way it goes
///                    0702/06/29           of a command that reads a log by places: this place of it
///                    000C                 a use case whose answer has a failure value of its own, by message code
///                    011B/05              a role that a read of credentials asks for: written as a ZigBee command is
/// Source:  the reference errors are nearly all of this kind: DLMS hardware-fault, ZCL hardware failure.
namespace meterway::field {

struct Fault {
  std::string at;  ///< as DeviceState::faults has it
  std::uint8_t code = 0;
};

/// `result` is a name ("other-reason", "hardware failure") or a number; empty: that of broken hardware.
/// Errors: BadValue for a place of no known form; UnknownCode for a name that places of its kind do not answer with.
Result<Fault> read_fault(std::string_view at, std::string_view result);

/// The code of the fault there; 0 when there is none.
std::uint8_t fault_at(const DeviceState& state, const std::string& place);
/// Of a command of a ZigBee cluster, at a place of a log where it reads one.
std::uint8_t fault_of(const DeviceState& state, std::uint16_t cluster, std::uint8_t command,
                      std::optional<std::int64_t> place = {});
/// Of what this part of an access request names, the objects of a protected read included.
std::uint8_t fault_of(const DeviceState& state, const gbcs::dlms::Specification& what,
                      const gbcs::dlms::Data& argument);
/// Not 0 when the device is to give the use case's own failure value.
std::uint8_t fault_of(const DeviceState& state, MessageCode use_case);
/// Of a part of it: a role.
std::uint8_t fault_of(const DeviceState& state, MessageCode use_case, std::uint8_t part);

}  // namespace meterway::field
