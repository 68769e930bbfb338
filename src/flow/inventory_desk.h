#pragma once
#include <optional>

#include "base/net/http.h"
#include "flow/envelope/context.h"

namespace meterway::flow {

/// The inventory for people, by exact names only: what 8.2 would tell their Users, by the same rules (inventory.* of
/// spec/dated_rules.tsv), counted and limited as 8.2 is; everything for those to whom the table of permissions gives
/// all of it. Each look-up is in the audit, with the keyed hash of what it was for. What is not there and what is not
/// for the caller are answered alike; so is an address that fits several homes (seed B24).
///
///     GET /api/v1/inventory?device=EUI | mpxn=MPxN | uprn=UPRN | postcode=P&identifier=HOUSE
///     GET /api/v1/inventory/EUI       one device: states, firmware, certificates, cells, its home
///
/// None when the path is neither.
std::optional<net::HttpResponse> serve_inventory(const net::HttpRequest& http, const Context& context);

}  // namespace meterway::flow
