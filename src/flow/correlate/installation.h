#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::correlate {

/// What a device's answer changes in the inventory: 8.1.1, 8.5, 8.7, 8.8, 8.11, each when it went well. States change
/// by the rows of spec/device_states.tsv alone, and only by answers that the DCC can check: signed, or for the broker.
/// What a meter says of its log to its supplier is recorded as it says it.
struct Installed {
  std::vector<registry::Device> seen, inventory;  ///< as they were, and as they are then
  std::vector<registry::JoinChange> joins;
  std::vector<Eui64> claimed;  ///< in the log that a hub reports, although they are in another's
};
Result<Installed> after_response(const store::ReadView& view, const registry::RequestRecord& record,
                                 const gbcs::Message& response, const Context& context, UtcTime at);

/// Whether the device says that it did what it was asked, as far as that can be read.
bool went_well(const gbcs::Message& response);

}  // namespace meterway::flow::correlate
