#include "flow/transform/transform.h"

#include <algorithm>

#include "base/util/base64.h"
#include "flow/transform/asn1_credentials.h"
#include "flow/transform/body_rules.h"
#include "flow/transform/payload.h"
#include "flow/transform/use_case_choice.h"
#include "standard/duis/services.h"
#include "standard/gbcs/use_cases.h"
#include "standard/pki/certificate.h"

namespace meterway::flow::transform {
namespace {

/// The key agreement certificate that an unknown party's command carries: the one the repository holds of that party
/// when it certifies the same key as the one handed in (a party may hand in a renewal), otherwise the one handed in.
Result<Bytes> certificate_to_carry(Eui64 party, std::string_view handed_in, const pki::KeyStore* keys) {
  METERWAY_TRY(auto der, from_base64(handed_in));
  const auto known = keys == nullptr ? ByteView() : keys->certificate(party, pki::KeyUse::KeyAgreement);
  if (!known.empty() && std::equal(known.begin(), known.end(), der.begin(), der.end()))
    return der;  // nothing to read in it
  const auto certificate = pki::parse_certificate(der);
  if (!certificate) return fail(ErrorCode::BadCertificate, 0, "KAPublicSecurityCredentials");
  if (keys == nullptr) return der;
  const auto held = keys->certificate(party, pki::KeyUse::KeyAgreement);
  const auto* held_key = keys->public_key(party, pki::KeyUse::KeyAgreement);
  if (!held.empty() && held_key != nullptr && *held_key == certificate->public_key) {
    der.assign(held.begin(), held.end());
  }
  return der;
}

/// Who stands in the header. The user does, except where the device does not know it: then the ACB asks in its place,
/// with a counter of its own, and names the user as supplementary remote party. A party that hands in its key agreement
/// certificate says that the device does not know it; where the answer is encrypted the certificate travels along.
Status fill_parties(const duis::Request& request, const Context& context, Route route, bool encrypted,
                    gbcs::Header& header) {
  header.target = request.id.target;
  const auto* credentials = request.body.child("KAPublicSecurityCredentials");
  if (credentials != nullptr && route == Route::User) route = Route::Broker;
  if (route == Route::User || request.id.originator == context.access_control_broker) {
    header.originator = request.id.originator;
    header.counter = request.id.counter;
    return {};
  }
  if (!context.dcc_counter) return fail(ErrorCode::BadRequest, 0, "counter of the access control broker");
  header.originator = context.access_control_broker;
  if (route == Route::TransitionalCos) {
    if (!context.transitional_cos) return fail(ErrorCode::Unsupported, 0, "transitional change of supplier party");
    header.originator = *context.transitional_cos;
  }
  header.counter = *context.dcc_counter;
  if (route != Route::Broker) return {};
  header.supplementary_party = request.id.originator;
  header.supplementary_counter = request.id.counter;
  if (credentials == nullptr) return {};
  METERWAY_TRY(auto certificate, certificate_to_carry(request.id.originator, credentials->text, context.keys));
  if (encrypted) header.supplementary_certificate = std::move(certificate);
  return {};
}

Result<Bytes> build(gbcs::PayloadKind kind, const PayloadInput& input) {
  switch (kind) {
    case gbcs::PayloadKind::Dlms:
      return build_dlms(input);
    case gbcs::PayloadKind::Gbz:
      return build_gbz(input);
    case gbcs::PayloadKind::Asn1:
      return build_asn1(input);
    default:
      return fail(ErrorCode::Unsupported, 0, "kind of payload");
  }
}

}  // namespace

Result<Transformed> transform(const duis::Request& request, const Context& context) {
  const auto* service = duis::find_service(request.service_reference_variant);
  if (service == nullptr || service->non_device) return fail(ErrorCode::Unsupported, 0, "service without a command");
  if (request.body.name == "SignedPreCommand") return fail(ErrorCode::Unsupported, 0, "SignedPreCommand");
  if (request.body.name != service->body_element) return fail(ErrorCode::BadRequest, 0, "body of another service");

  METERWAY_CHECK(check_body(service->variant, request.body));

  const auto role = context.keys != nullptr ? context.keys->role(request.id.originator) : std::nullopt;
  const Circumstances circumstances{role == PartyRole::NetworkOperator, role == PartyRole::LoadController,
                                    context.facts, context.other_type};
  std::optional<std::string_view> wanted;
  if (context.use_case) wanted = *context.use_case;
  METERWAY_TRY(const auto choice,
               choose_use_case(service->variant, context.target_type, wanted, request.body, circumstances));
  const auto* use_case = gbcs::find_use_case(choice.code);
  if (use_case == nullptr) return fail(ErrorCode::UnknownCode, 0, "message code");

  Transformed result;
  result.use_case = choice.use_case;
  result.critical = service->critical;
  result.signed_by_broker =
      !service->critical && (use_case->critical() || signed_on_hub(choice.code, context.target_type));
  auto& header = result.message.header;
  METERWAY_CHECK(fill_parties(request, context, choice.route, use_case->encrypted, header));
  header.kind = gbcs::Kind::Command;
  header.code = choice.code;
  const PayloadInput input{.body = request.body,
                           .service = service->variant,
                           .use_case = choice.use_case,
                           .code = choice.code,
                           .originator = header.originator,
                           .target = header.target,
                           .counter = header.counter,
                           .user = request.id.originator,
                           .user_counter = request.id.counter,
                           .now = context.now,
                           .cin = context.cin ? std::string_view(*context.cin) : std::string_view(),
                           .keys = context.keys,
                           .target_type = context.target_type,
                           .other_type = context.other_type,
                           .party_role = role.value_or(PartyRole::Supplier),
                           .facts = context.facts,
                           .log = context.log ? &*context.log : nullptr};
  METERWAY_TRY(result.message.content, build(use_case->payload, input));
  result.message.signature_field = gbcs::SignatureField::Empty;
  return result;
}

}  // namespace meterway::flow::transform
