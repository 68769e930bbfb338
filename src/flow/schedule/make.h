#pragma once
#include <map>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "flow/schedule/form.h"

namespace meterway::flow::schedule {

/// Whether a schedule still stands at this moment. Busy: it could not be read, ask again. A User that is suspended, or
/// a device at which the service is not possible for now, ends nothing: such a run is made and refused.
struct Standing {
  enum class Is : std::uint8_t { Good, Busy, Over } is = Is::Good;
  std::string why{};
};
Standing standing(const Schedule& schedule, const Context& context);

/// Counters given out and not yet stored: by originator and device, the last one.
using Given = std::map<std::pair<Eui64, Eui64>, std::uint64_t>;

/// The name of the next request of a schedule: the counter after the greatest that its User has used for the device,
/// or the time in milliseconds where he has used none. So it lies between what he has sent and what he will send, as
/// the device wants it. None when he has used up the greatest counter there is.
Result<std::optional<RequestId>> next_id(const store::ReadView& view, const Schedule& schedule, UtcTime now,
                                         const Given& given = {});

/// The command of one moment as a request that is Accepted, in the name of its User. Its transaction is to be given.
/// Refuses: NoDevice, NotCarried, Senseless; StaleCounter when no counter is left; Busy.
Step<registry::RequestRecord> make(const Schedule& schedule, UtcTime moment, const Context& context, Given& given);

}  // namespace meterway::flow::schedule
