#pragma once
#include <nlohmann/json_fwd.hpp>

#include "portal/server/ask.h"
#include "portal/server/sending.h"
#include "records/permission/permission.h"
#include "standard/duis/services.h"

/// For which Users a person may write requests.
namespace meterway::portal {

/// Whether this function is his of this User: by a row without a scope, or of the Users of his own party; the operator
/// has it of all. Errors: Database.
Result<bool> is_his(const ledger::Person& person, std::string_view function, Eui64 user, const Portal& portal);

/// Those whose requests he may preview: [{"user", "name", "roles", "eligible" (one of its roles may ask for the
/// service), "may_send"}]. Errors: Database.
Result<nlohmann::json> senders_of(const ledger::Person& person, const duis::Service& service, const Portal& portal);

}  // namespace meterway::portal
