#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::alert {

/// What hubs and displays tell the access control broker, in the words that the schema has for it: DualBandCHAlert for
/// the radio of a hub (8F20 to 8F2D), CommsHubAlert for the transfer of firmware (8F89, 8F8A), PPMIDAlert for its
/// activation (8F8B). Which DCC alert codes carry them is not public: until configuration gives hub_radio, hub_firmware
/// or display_firmware one, Users get the device's own message.
///
/// Source:  schema 5.4, DCCAlert; contents of 0110 to 0115, 0128 and 012B from the reference messages.

/// The one element inside DCCAlert; none for another alert. What of its content cannot be read, or has no word in the
/// schema, is left out where the schema allows that.
std::optional<duis::Element> dcc_form(const gbcs::Message& alert, std::uint16_t code);
/// Which event it would be told as.
std::optional<DccEvent> dcc_event_of(std::uint16_t code);

/// The body in which a User is told of a device's message, with what it sums up of a storm: the DCC alert where it was
/// for the broker and its event has a code, else the device's alert.
duis::Element told_body(std::uint16_t code, const Bytes& message, const std::optional<duis::Throttled>& storm,
                        const Context& context);

/// Step 8b: gives the bodies of an alert for the broker that is passed on the form of told_body().
void tell_as_dcc_alert(Outcome& outcome, const Context& context);

}  // namespace meterway::flow::alert
