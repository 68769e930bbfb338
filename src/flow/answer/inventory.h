#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {

/// In place of step 4 for a request that no device takes part in: the DCC's own answer (CV 8).
///
/// Receives: an authorised request.
/// Gives:    the content of its ResponseMessage.
/// Refuses:  NoDevice (8.2 by an identifier that the inventory does not have); NotCarried for services not offered yet.
Step<DccAnswer> answer(AuthorisedRequest&& authorised, const Context& context);

/// 8.2: the devices that ReadInventory asks for. By device: the whole home, that is every device in the log of the same
/// hub; by MPxN, UPRN or property: the devices recorded with it and their homes. At most 17, hub first.
/// Errors: NotFound when a device is named that is not there.
Result<std::vector<registry::Device>> select(const duis::Element& read_inventory,
                                             const std::vector<registry::Device>& all);

/// One device as DSPInventory tells it. The texts are the device's own: it must outlive them.
duis::InventoryDevice inventory_entry(const registry::Device& device);

}  // namespace meterway::flow::answer
