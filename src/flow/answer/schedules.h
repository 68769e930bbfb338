#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::answer {

/// 5.1: a schedule of the User's own for one device. It is judged as the request that it stands for would be, now and
/// at each of its runs. Gives its number (DSPScheduleID).
/// Refuses:  Senseless when its parts do not go together, it has no moment to come, or the User has 99 for the device;
///           as authorise does for the service and device; NotCarried.
Step<DccAnswer> create_schedule(AuthorisedRequest&& authorised, const Context& context);
/// 5.2: by number, or all that the User has for a device. Refuses: NoSchedule.
Step<DccAnswer> read_schedule(AuthorisedRequest&& authorised, const Context& context);
/// 5.3: the same. What a schedule has set off before goes on. Refuses: NoSchedule.
Step<DccAnswer> delete_schedule(AuthorisedRequest&& authorised, const Context& context);

}  // namespace meterway::flow::answer
