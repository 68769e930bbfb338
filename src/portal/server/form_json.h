#pragma once
#include <nlohmann/json_fwd.hpp>

#include "standard/duis/sample_body.h"
#include "standard/forms/fill.h"

/// Forms of service requests as JSON (docs/wire/api.md, 15).
namespace meterway::portal {

/// What is known of a service request variant: names, roles, command variants, device types, use cases.
nlohmann::json to_json(const duis::Service& service, UtcTime now);
nlohmann::json form_json(const duis::Service& service, const duis::SampleOf& about);
/// The shortest body that the schema allows, as places and texts.
nlohmann::json sample_json(const duis::Service& service, const duis::SampleOf& about);
nlohmann::json to_json(const std::vector<forms::Wrong>& wrong);

}  // namespace meterway::portal
