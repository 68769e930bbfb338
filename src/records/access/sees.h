#pragma once
#include "records/access/tables.h"
#include "records/registry/party.h"

namespace meterway::access {

/// Whether 8.2 may tell a User of a home: the devices of one hub, or one that is in no hub's log. By the rules
/// inventory.identifier.<role> or inventory.address.<role> for the roles in which it may ask for 8.2 at all; any of
/// the home's points, and any entry in its devices' own lists where registration data do not know the role there.
Result<bool> sees(const store::ReadView& view, const registry::User& user, const std::vector<registry::Device>& home,
                  bool by_address, UtcTime at, const Tables& tables = Tables::standard());

}  // namespace meterway::access
