#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::authorise {

/// Step 3: this User may ask this of this device now.
///
/// Receives: a request known to be its originator's.
/// Gives:    the User, the row of the service and the device, as the registry has them now.
/// Refuses:  in this order: WrongService, CommandVariant, NoLocalCommand (what does not depend on who asks); NoUser,
///           UserNotLive, RoleNotEligible; NoDevice, DeviceType, DeviceState, NotResponsible; RequestIdReused.
///           (Counters are judged with the commit, in acknowledge.)
Step<AuthorisedRequest> authorise(VerifiedRequest&& verified, const Context& context);

/// The same decision again, when a command that was held is about to be sent: the User may have lost the device
/// meanwhile, or the device have left. Refuses: NoUser to NotResponsible as above; Busy when it cannot be read.
Step<void> still_allowed(const registry::RequestRecord& record, const Context& context);

/// The roles of a User that count for a service at a device: eligible, and responsible where the registry says who is.
/// Exposed for its test.
bool is_responsible(const registry::User& user, const duis::Service& service, const registry::Device& device,
                    UtcTime now);

/// Whether a device of this type can take part in the service at all, by the use cases of the service.
bool fits(const duis::Service& service, DeviceType type);

/// Whether a device in this state may be sent this service: what has left the estate answers nothing, what is not yet
/// installed only what brings it in.
bool allows(registry::DeviceState state, const duis::Service& service);

}  // namespace meterway::flow::authorise
