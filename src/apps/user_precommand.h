#pragma once
#include <string>

#include "standard/duis/request.h"
#include "standard/gbcs/message.h"
#include "standard/pki/key_store.h"

/// The User's side of a critical request: look at the pre-command, then sign it. No platform state here.
namespace meterway::apps {

/// "command ECS01a (0019) from 90-B3-... to 00-DB-... counter 1000, 412 bytes of DLMS": what a person checks.
std::string describe_message(const gbcs::Message& message);

/// Signs with the originator's digital signing key. The signature field may be absent or empty.
/// Errors: BadValue (not a command, or not a critical one), Conflict (signed already, or it has a MAC already),
/// UnknownKey.
Status sign_precommand(gbcs::Message& message, const pki::KeyStore& keys);

/// The pre-command is for what was asked: a command from and to the parties of the request, with its counter, of a use
/// case that serves the service reference variant. Errors: Conflict, naming the field that differs.
Status check_precommand(const gbcs::Message& message, const RequestId& id, std::string_view service_reference_variant);

}  // namespace meterway::apps
