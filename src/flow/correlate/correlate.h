#pragma once
#include "flow/correlate/installation.h"
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::correlate {

/// Step 8: what a device sent is matched to who waits for it, and checked as far as the DCC's keys reach.
///
/// Receives: bytes from a hub.
/// Gives:    a response for the User whose request it answers; an alert for the User it names; or, for what is
///           addressed to the access control broker, the change to the inventory.
/// Refuses:  a message that cannot be read or that came from another device than it says; a wrong device signature; a
///           wrong MAC of a message to the broker; a response that no request waits for, or that comes after the User
///           was told that there is none ("late"). The MAC of a message to a User is the User's to check: the platform
///           lacks the key.
struct Unmatched {
  std::string trace_key;  ///< what the event log keeps the reason under
  Hop hop;
  bool repeat = false;  ///< it was told before: nothing is wrong
};
Result<Outcome, Unmatched> correlate(InboundMessage&& inbound, const Context& context);

/// 8.13: the answer to a command that the User took to the device himself, brought back by him. It is found by the
/// command it answers and checked as if it had come over the WAN.
/// Gives:    the outcome that ends the request of the command (nobody is pushed what he has brought, unless he was
///           promised it: CV 3, 7); none when it has ended already with this answer.
/// Refuses:  LocalResponse when no local command of this User has this response, when OriginalRequestID names another,
///           or when a check fails; StaleCounter; Busy.
Step<std::optional<Outcome>> returned(const duis::Request& request, const Context& context);

/// When the time is up: Accepted has not been sent (E20), Sent has not been answered (E21).
Outcome give_up(registry::RequestRecord&& record, Refusal why, const Context& context);

/// The devices whose entries change when a hub reports its device log (alert 8F12). A device in the log of another hub
/// that is at work stays where it is: that is moved by the answer to a request (8.11), whose sender may be asked.
Result<Installed> after_device_log_report(const store::ReadView& view, const gbcs::Message& alert, UtcTime at);

}  // namespace meterway::flow::correlate
