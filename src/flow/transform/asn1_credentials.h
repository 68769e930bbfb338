#pragma once
#include "flow/transform/payload.h"
#include "standard/gbcs/asn1.h"

namespace meterway::flow::transform {

/// Replacement of credentials on a device (CS02b, CS02g), in the mode that the message code names.
///
///     { control  { { certificate cell } .. }  { issuing authority certificate .. }  [ activation time ] }
///     control: { mode  [1] 1 = no time checks  [2] authorising cell  [3] its counter
///                [4] new floor  [5] prepayment floor  [6] floors of other roles }
///     cell:    { role  key usage  [ 1 = prepayment ] }
///
/// Errors: Unsupported for a mode or body without a row; BadRequest when the body does not fit the mode, holds no
/// replacement certificate, or holds a certificate that cannot be read or whose key is for something else.
Result<gbcs::asn1::Node> credentials_node(const PayloadInput& input);

/// The broker's own replacement on a hub: its signing cell authorises, so that its signature goes with the MAC, which
/// alone does it elsewhere.
bool signed_on_hub(MessageCode code, DeviceType target);

}  // namespace meterway::flow::transform
