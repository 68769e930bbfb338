#pragma once
#include "flow/transform/payload.h"

namespace meterway::flow::transform {

/// The dates on which a billing period ends, an array of { time of day:4, date:5 }: any day, any such weekday, any such
/// day of the month, or four, two or one months a year counted from the start month. `at` is an
/// ElectricityBillingCalendar.
Result<Bytes> billing_dates(const duis::Element& at);

/// What an alert, HAN notice, alarm or log entry shall do, a bit string of 512. The first half says which event codes
/// are meant, the second half whether each is enabled; in each half code 8xNN has bit FF - NN. Behaviours of poly-phase
/// meters go to those alone: a meter of one phase, and one whose phases are not known, gets the others. `at` holds the
/// groups of event elements (x810D = Enable). Errors: BadRequest when none of them is for this meter.
Result<Bytes> event_behaviours(const duis::Element& at, const PayloadInput& input);

/// The log of the hub that is replaced, as the broker keeps it: { network:8, array of { device:8, hash of its link key
/// } }. Errors: BadRequest when none is kept.
Result<Bytes> device_log(const duis::Element& at, const PayloadInput& input);

}  // namespace meterway::flow::transform
