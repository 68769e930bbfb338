#pragma once
#include <functional>

#include "records/registration/address.h"
#include "records/registration/point.h"

/// Loads that are switched on and not yet brought into the rows of the points: readers lay them over. Not for callers
/// outside this folder.
namespace meterway::registration {

/// A load that is on and still lies in the staged rows.
struct Live {
  std::uint32_t load = 0;
  UtcTime at{};  ///< when it was turned on
};
/// Oldest first.
Result<std::vector<Live>> live_loads(const store::ReadView& view);
Result<std::vector<Operation>> staged_operations(const store::ReadView& view, std::uint32_t load, Mpxn mpxn);
/// Post codes of addresses that lie in the staged rows: a search by address finds them there (address.cpp).
Status put_staged_post_codes(store::WriteView& view, std::uint32_t load, Mpxn mpxn,
                             const std::vector<Operation>& operations);
Status erase_staged_post_codes(store::WriteView& view, std::uint32_t load, Mpxn mpxn,
                               const std::vector<Operation>& operations);
Status overlay_addresses(const store::ReadView& view, Mpxn mpxn, std::vector<Address>& addresses);
/// What operations say of addresses, in their order: those of a source are gone (none), or one is there.
Status apply_addresses(const std::vector<Operation>& operations, std::uint32_t load,
                       const std::function<Status(std::uint8_t source, const std::optional<Address>&)>& set);

}  // namespace meterway::registration
