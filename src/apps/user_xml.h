#pragma once
#include <string>

#include "apps/user_keys.h"
#include "standard/gbcs/message.h"

/// The seam to the standard's XML signature and readings: what the User's commands need of them, and no more.
namespace meterway::apps {

/// The document with the User's enveloped signature. Errors: UnknownKey, BadXml, CryptoFailure.
Result<std::string> sign_as_user(const std::string& xml, const UserKeys& keys);

/// The DCC's signature on a response. Errors: NoSignature, BadDigest, BadSignature, UnknownKey, BadXml.
Status check_dcc_signature(const std::string& xml, const UserKeys& keys);

/// What a device's answer itself says of not having done what it was asked, in words; empty when it has, or does not
/// say.
std::string not_done(const gbcs::Message& message);

/// The content of a device's message in words, decrypted with the User's keys: readings with their units where the use
/// case has some; which items of a command were done; otherwise the content as a tree of names.
Result<std::vector<std::string>> reading_lines(const gbcs::Message& message, const UserKeys& keys);

}  // namespace meterway::apps
