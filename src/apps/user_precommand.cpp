#include "apps/user_precommand.h"

#include <fmt/format.h>

#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::apps {
namespace {

std::string_view kind_name(gbcs::Kind kind) {
  switch (kind) {
    case gbcs::Kind::Command:
      return "command";
    case gbcs::Kind::Response:
      return "response";
    case gbcs::Kind::Alert:
      return "alert";
  }
  return "message";
}

}  // namespace

std::string describe_message(const gbcs::Message& message) {
  const auto& header = message.header;
  const auto* use_case = gbcs::find_use_case(header.code);
  return fmt::format("{} {} ({}) from {} to {} counter {}, {} bytes of content", kind_name(header.kind),
                     use_case == nullptr ? std::string_view("of an unknown use case") : use_case->name,
                     header.code.hex(), header.originator.dashed_upper(), header.target.dashed_upper(),
                     header.counter.value, message.content.size());
}

Status sign_precommand(gbcs::Message& message, const pki::KeyStore& keys) {
  if (message.header.kind != gbcs::Kind::Command)
    return fail(ErrorCode::BadValue, 2, "cra flag: only commands are signed here");
  if (message.mac) return fail(ErrorCode::Conflict, 0, "general ciphering: it has a MAC already");
  if (message.signature_field == gbcs::SignatureField::Present)
    return fail(ErrorCode::Conflict, 0, "signature: it is signed already");
  const auto* use_case = gbcs::find_use_case(message.header.code);
  if (use_case == nullptr) return fail(ErrorCode::UnknownCode, 0, "message code");
  if (!use_case->critical()) return fail(ErrorCode::BadValue, 0, "message code: not a critical command");
  const auto* key = keys.private_key(message.header.originator, pki::KeyUse::DigitalSignature);
  if (key == nullptr) return fail(ErrorCode::UnknownKey, 0, "digital signing private key of the originator");
  return gbcs::sign(message, *key);
}

Status check_precommand(const gbcs::Message& message, const RequestId& id, std::string_view service_reference_variant) {
  const auto& header = message.header;
  if (header.kind != gbcs::Kind::Command) return fail(ErrorCode::Conflict, 0, "pre-command: not a command");
  if (message.mac) return fail(ErrorCode::Conflict, 0, "pre-command: has a MAC");
  if (header.originator != id.originator)
    return fail(ErrorCode::Conflict, 0, "pre-command: originator is not that of the request");
  if (header.target != id.target) return fail(ErrorCode::Conflict, 0, "pre-command: target is not that of the request");
  if (header.counter != id.counter)
    return fail(ErrorCode::Conflict, 0, "pre-command: counter is not that of the request");
  const auto* use_case = gbcs::find_use_case(header.code);
  if (use_case == nullptr || !use_case->critical() || !use_case->serves(service_reference_variant)) {
    return fail(ErrorCode::Conflict, 0, "pre-command: use case does not serve the request");
  }
  return {};
}

}  // namespace meterway::apps
