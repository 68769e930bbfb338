#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::hold {

/// Go: send it. Wait: look again at `until`, or when something of its device changes. Cancels: it was sent to take back
/// others and is done. GiveUp: it ends for the reason `why`.
enum class Course : std::uint8_t { Go, Wait, Cancels, GiveUp };
struct Decision {
  Course course = Course::Go;
  UtcTime until{};
  Refusal why{};
  std::string detail{};
};

/// Between steps 4 and 5: whether a command that was accepted goes to its device now.
///
/// Receives: a record that is Accepted.
/// Gives:    Wait until the date that the DCC keeps, or until the preceding request of the sequence has ended;
///           GiveUp with Superseded (a later dated request of the same User, service and device took its place),
///           Sequence (the preceding one failed or took too long), FutureDatedTimeout (the platform comes too late).
/// Nothing is remembered outside the store: asked again after a restart it says the same.
/// Errors: those of the store.
Result<Decision> decide(const registry::RequestRecord& record, const Context& context);

/// Writes down that the preceding request has succeeded; from now the device is to be reached in the usual time.
Status release(registry::RequestRecord& record, const Context& context);

/// Whether a device that holds a date itself (Dated) has let it pass without a word; otherwise when to ask again.
bool is_overdue(const registry::RequestRecord& record, const Context& context);
UtcTime overdue_at(const registry::RequestRecord& record, const Context& context);

}  // namespace meterway::flow::hold
