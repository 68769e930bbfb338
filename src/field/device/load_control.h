#pragma once
#include "field/device/context.h"

namespace meterway::field {

/// Source `load_script`: a script of 0-0:10.0.103.255, by the supplier. How long it holds was set before: minutes in
/// 0-0:94.44.(116+n).1 (on) and .2 (off) for ECS47, start and end in .1 and .2 for ECS47a.
std::uint8_t run_load_script(CommandContext& context, const gbcs::dlms::Data& argument);

/// Source `limit_script`: a script of 0-0:10.0.107.255, by a load controller (ECS47e); start and end stand in .3 and
/// .4. Raises 8F86 to the supplier.
std::uint8_t run_limit_script(CommandContext& context, const gbcs::dlms::Data& argument);

/// Source `load_schedule`: sets the schedule in waiting; one that makes no sense is refused whole.
std::uint8_t set_load_schedule(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& value);

/// Brings the controllers to `now`, follows their schedule, and writes what they do where it is read: 0-n:96.3.10.255
/// (ECS61a) and 0-0:94.44.0.3n (ECS61e). A limit that has ended raises 8F87, a proportional controller whose level
/// is another one 8F88; both go to the supplier. When 8F88 is raised is ours.
void run_auxiliaries(const Identity& self, const TrustAnchors& anchors, DeviceState& state, UtcTime now,
                     std::vector<AlertRequest>& alerts);

}  // namespace meterway::field
