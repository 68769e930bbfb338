#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "records/access/decide.h"

namespace meterway::flow::authorise {

/// Step 3: this User may ask this of this device now. The decision is records/access's, made from its tables and from
/// what the registry and registration data say of this moment; its event has the rule and the facts.
///
/// Receives: a request known to be its originator's.
/// Gives:    the User, the row of the service and the device, as the registry has them now.
/// Refuses:  in this order: WrongService, CommandVariant, NoLocalCommand (what does not depend on who asks); NoUser,
///           UserNotLive, RoleNotEligible; NoDevice, DeviceType, DeviceState, NotResponsible; WrongNetworkOperator;
///           UnknownAuthority; RequestIdReused.
///           (Counters are judged with the commit, in acknowledge.)
Step<AuthorisedRequest> authorise(VerifiedRequest&& verified, const Context& context);

/// The same decision again, when a command that was held is about to be sent: the User may have lost the device
/// meanwhile, or the device have left. Refuses: NoUser to NotResponsible as above; Busy when it cannot be read.
Step<void> still_allowed(const registry::RequestRecord& record, const Context& context);

}  // namespace meterway::flow::authorise
