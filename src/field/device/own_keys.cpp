#include "field/device/own_keys.h"

#include <algorithm>

#include "field/device/faults.h"
#include "standard/pki/certificate.h"
#include "standard/pki/signing_request.h"

namespace meterway::field {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;
using pki::KeyUse;
using Stage = OwnKey::Stage;

constexpr std::uint8_t kBits = 0x03;
enum IssueResult : std::uint64_t { kUnknownUsage = 1, kNoKeyPair = 2, kNoRequest = 3 };
enum UpdateResult : std::uint64_t { kUpdated = 0, kNoCertificate = 1, kOtherDevice = 2, kWrongUsage = 3, kNoPair = 4 };
enum ProvideResult : std::uint64_t { kUsageNotKnown = 1, kNoneHeld = 2, kNotRead = 3 };

std::optional<KeyUse> use_of(const Node& request) {
  if (request.items.size() != 1 || request.items[0].tag != kBits) return std::nullopt;
  const auto& bits = request.items[0].value;
  if (bits == Bytes{0x07, 0x80}) return KeyUse::DigitalSignature;
  if (bits == Bytes{0x03, 0x08}) return KeyUse::KeyAgreement;
  return std::nullopt;
}

/// The command is answered, and has not been carried out.
Node refused(std::uint64_t why, CommandContext& context) {
  context.done = false;
  return Node::integer(why);
}

const Bytes& certificate_of(const Identity& self, KeyUse use) {
  return use == KeyUse::DigitalSignature ? self.signing_certificate : self.agreement_certificate;
}

OwnKey* find(DeviceState& state, KeyUse use, Stage stage) {
  const auto found = std::find_if(state.own_keys.begin(), state.own_keys.end(),
                                  [&](const OwnKey& key) { return key.use == use && key.stage == stage; });
  return found == state.own_keys.end() ? nullptr : &*found;
}

void remove(DeviceState& state, KeyUse use, Stage stage) {
  std::erase_if(state.own_keys, [&](const OwnKey& key) { return key.use == use && key.stage == stage; });
}

/// Both name the same authority's key, as far as they name one.
bool same_issuer(const pki::Certificate& certificate, ByteView before) {
  const auto old = pki::parse_certificate(before);
  return !old || old->authority_key_identifier.empty() ||
         old->authority_key_identifier == certificate.authority_key_identifier;
}

/// What stands against it; kUpdated when nothing does.
std::uint64_t judge_certificate(const Result<pki::Certificate>& certificate, CommandContext& context, KeyUse& use) {
  if (!certificate) return kNoCertificate;
  if (certificate->device_eui != context.self.eui) return kOtherDevice;
  if (certificate->key_usage != pki::kUsageDigitalSignature && certificate->key_usage != pki::kUsageKeyAgreement)
    return kWrongUsage;
  use = certificate->key_usage == pki::kUsageDigitalSignature ? KeyUse::DigitalSignature : KeyUse::KeyAgreement;
  const auto* waiting = find(context.state, use, Stage::Asked);
  if (waiting == nullptr) return kNoPair;
  const auto key = crypto::PrivateKey::from_encoded(waiting->key);
  if (!key || !(key->public_key() == certificate->public_key)) return kNoPair;
  return same_issuer(*certificate, certificate_of(context.self, use)) ? kUpdated : kNoCertificate;
}

}  // namespace

Result<Node> issue_credentials(const Node& request, CommandContext& context) {
  if (const auto broken = fault_of(context.state, context.command.code)) return refused(broken, context);
  const auto use = use_of(request);
  if (!use) return refused(kUnknownUsage, context);
  const auto key = crypto::PrivateKey::generate();
  if (!key) return refused(kNoKeyPair, context);
  const auto wanted = pki::make_device_request(*key, context.self.eui, *use);
  if (!wanted) return refused(kNoRequest, context);
  remove(context.state, *use, Stage::Asked);
  context.state.own_keys.push_back({*use, Stage::Asked, key->to_pkcs8(), {}});
  return asn1::read(*wanted);
}

Result<Node> update_certificate(const Node& request, CommandContext& context) {
  if (const auto broken = fault_of(context.state, context.command.code)) return refused(broken, context);
  auto certificate = pki::parse_certificate(asn1::write(request));
  KeyUse use = KeyUse::DigitalSignature;
  if (const auto wrong = judge_certificate(certificate, context, use)) return refused(wrong, context);
  auto& state = context.state;
  remove(state, use, Stage::InUse);
  auto* taken = find(state, use, Stage::Asked);
  taken->stage = Stage::InUse;
  taken->certificate = std::move(certificate->der);
  if (use == KeyUse::KeyAgreement) {
    remove(state, use, Stage::Former);
    state.own_keys.push_back(
        {use, Stage::Former, context.self.agreement.to_pkcs8(), context.self.agreement_certificate});
  }
  return Node::integer(kUpdated);
}

Result<Node> provide_certificate(const Node& request, CommandContext& context) {
  if (const auto broken = fault_of(context.state, context.command.code)) return refused(broken, context);
  const auto use = use_of(request);
  if (!use) return refused(kUsageNotKnown, context);
  const auto& held = certificate_of(context.self, *use);
  if (held.empty()) return refused(kNoneHeld, context);
  auto certificate = asn1::read(held);
  return certificate ? std::move(certificate) : refused(kNotRead, context);
}

void adopt_own_keys(const DeviceState& state, Identity& identity) {
  for (const auto& own : state.own_keys) {
    if (own.stage != Stage::InUse) continue;
    auto key = crypto::PrivateKey::from_encoded(own.key);
    if (!key) continue;
    const bool signing = own.use == KeyUse::DigitalSignature;
    (signing ? identity.signing : identity.agreement) = *std::move(key);
    (signing ? identity.signing_certificate : identity.agreement_certificate) = own.certificate;
  }
}

std::optional<crypto::PrivateKey> former_agreement(const DeviceState& state) {
  for (const auto& own : state.own_keys) {
    if (own.stage != Stage::Former || own.use != KeyUse::KeyAgreement) continue;
    if (auto key = crypto::PrivateKey::from_encoded(own.key)) return *std::move(key);
  }
  return std::nullopt;
}

void forget_former_agreement(DeviceState& state) { remove(state, KeyUse::KeyAgreement, Stage::Former); }

}  // namespace meterway::field
