#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/refusal.h"
#include "standard/duis/element.h"

namespace meterway::flow::authorise {

/// 6.15.2: the certificate that a device is to take for a new key of its own. The DCC believes the device by it later,
/// so an authority that it knows (platform/issuers) has to have signed it; the device itself cannot find that out.
/// Whose it is and for which key is the device's to judge; what cannot be read is refused where the command is made.
/// Refuses: UnknownAuthority; Busy.
Step<void> check_device_certificate(const duis::Element& body, const Context& context);

}  // namespace meterway::flow::authorise
