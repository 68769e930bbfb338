#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "flow/gateway/access.h"
#include "records/registry/device.h"

namespace meterway::flow {

/// These devices as a search tells them, those of a home beside each other, its hub first:
/// [{"hub", "eui", "type", "state", "since", "firmware", "blocked", "details"}]
Result<nlohmann::json> devices_json(const store::ReadView& view, std::vector<registry::Device> devices);

/// One device with all that is known of it besides: "since", "history", "joined", "blocked", "firmware" (its version,
/// whether the certified product list has it, versions of its model that the list has now, the image that is under
/// way), "certificates", "cells" (who sits in them, as it said last), "home". Who is responsible and who changed its
/// state is told as far as it is the caller's; others are "another".
Result<nlohmann::json> device_page(const store::ReadView& view, const registry::Device& device,
                                   const std::vector<registry::Device>& home, const gateway::Caller& caller,
                                   UtcTime now);

}  // namespace meterway::flow
