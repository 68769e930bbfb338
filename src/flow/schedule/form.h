#pragma once
#include <string>

#include "flow/envelope/context.h"
#include "records/schedule/schedule.h"
#include "standard/duis/request.h"
#include "standard/duis/services.h"

namespace meterway::flow::schedule {

using meterway::schedule::Schedule;

/// The schedule that a CreateSchedule (DSPSchedule of schema 5.4) asks for, without number and moments. Errors, in
/// words, where the parts of the element do not go together, which no schema can say.
Result<Schedule, std::string> read_form(const duis::Element& dsp_schedule);

/// The same again, as 5.2 tells it.
duis::Element write_form(const Schedule& schedule);

/// The service request that a schedule stands for at one of its moments: what the User could have sent himself, with a
/// period that is counted from the day of that moment.
duis::Request request_at(const Schedule& schedule, UtcTime moment, const RequestId& id);

/// Sets `next` to the first moment from `from` on, and when that is to be made. False when there is none any more.
bool move_on(Schedule& schedule, UtcTime from, const Settings& settings);

}  // namespace meterway::flow::schedule
