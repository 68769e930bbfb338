#pragma once
#include "records/registration/address.h"
#include "records/registration/point.h"

/// Loads that are switched on and not yet brought into the rows of the points: readers lay them over. Not for callers
/// outside this folder.
namespace meterway::registration {

/// Numbers of the loads that are on and still lie in the staged rows, oldest first.
Result<std::vector<std::uint32_t>> live_loads(const store::ReadView& view);
Result<std::vector<Operation>> staged_operations(const store::ReadView& view, std::uint32_t load, Mpxn mpxn);
Status overlay_addresses(const store::ReadView& view, Mpxn mpxn, std::vector<Address>& addresses);
/// What operations say of addresses, in their order: those of a source are gone (none), or one is there.
Status apply_addresses(const std::vector<Operation>& operations, std::uint32_t load,
                       const std::function<Status(std::uint8_t source, const std::optional<Address>&)>& set);

}  // namespace meterway::registration
