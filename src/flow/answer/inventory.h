#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {

/// 8.2: what the inventory has, as DSPInventory, as far as the User may be told (inventory_search.h). By device: the
/// whole home, that is every device in the log of the same hub; by MPxN or UPRN: the homes of what is recorded with it;
/// by property: the one home there. At most 17, hub first. Written down before it is answered.
/// Refuses: NoDevice when the device that is named is not there, or not to be told of; TooManySearches.
Step<DccAnswer> read_inventory(AuthorisedRequest&& authorised, const Context& context);

/// One device as DSPInventory tells it. The texts are the device's own: it must outlive them.
duis::InventoryDevice inventory_entry(const registry::Device& device);

}  // namespace meterway::flow::answer
