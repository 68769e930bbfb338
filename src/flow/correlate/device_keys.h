#pragma once
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "standard/gbcs/message.h"

/// By which certificate a device is believed, when it renews its own keys (6.15.2).
///
/// A certificate that a device has been told to take is pending (gateway/acknowledge). It is in use from the first
/// message on that shows that the device goes by it: one that its key has made, an answer to 6.24.2 that shows it, or,
/// for the agreement key, the answer that it was taken. Until then the one before it is believed as well: messages of
/// the old signing key may be under way, the last of them the answer to 6.15.2 itself. So nobody is locked out when
/// that answer is lost, and the old key is believed no longer than the device uses it. Source:  GBCS use cases CS02d
/// and CS02e. When a device begins to use a new key is not public: both ways are taken.
namespace meterway::flow::correlate {

/// The certificates whose keys the device has shown with a message, pending ones alone.
using Shown = std::vector<pki::SmkiSerial>;

/// Whether a pending key of the originator has signed it; then its certificate is added.
bool signed_by_pending(const gbcs::Message& message, const Context& context, Shown& shown);
/// The same of a MAC for the broker.
bool mac_by_pending(const gbcs::Message& message, const Context& context, Shown& shown);

/// What the device has told by a message that was checked: into the outcome, to be stored with it. `command`: bytes of
/// the command that a response answers.
void note_keys(const gbcs::Message& message, ByteView command, const Shown& shown, Outcome& out);

}  // namespace meterway::flow::correlate
