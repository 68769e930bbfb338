#pragma once
#include "records/registry/person.h"
#include "standard/rules/rules.h"

namespace meterway::permission {

/// Job types that want a verified identity are taken from whom no client certificate stands behind now (rule
/// people.verified). Whoever reads a person's roles from the store asks this before it believes them. Errors: Database.
Status drop_unverified(const store::ReadView& view, const rules::Rules& rules, UtcTime now, registry::Person& person);

}  // namespace meterway::permission
