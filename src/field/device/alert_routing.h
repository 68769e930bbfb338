#pragma once
#include "field/device/context.h"
#include "standard/gbcs/alert_routes.h"

namespace meterway::field {

/// Who sits in the first cell of the role; zero when nobody does.
Eui64 holder_of(const TrustAnchors& anchors, PartyRole role);

/// An alert addressed and to be protected as its row of spec/alert_routes.tsv says, without content; `signer` is the
/// addressee where that is who signed the command it is about. Its recipient is zero when nobody sits in the cell.
AlertRequest routed(const gbcs::AlertRoute& route, const TrustAnchors& anchors, Eui64 signer = {});

}  // namespace meterway::field
