#include "field/device/firmware.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/writer.h"
#include "field/device/times.h"
#include "standard/gbcs/ota_image.h"

namespace meterway::field {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;

constexpr std::uint8_t kOctets = 0x04, kNull = 0x05, kSequenceTag = 0x30;
constexpr std::size_t kHashBytes = 32;

constexpr std::uint16_t kVerified = 0x8F72, kNotVerified = 0x8F1C, kActivatedItself = 0x8F8B;
constexpr std::uint16_t kActioned = 0x8F66, kNotActioned = 0x8F67;
constexpr MessageCode kVerifiedDlms{0x00CE}, kVerifiedGbz{0x00CF}, kActivatedItselfAlert{0x012B}, kOutcome{0x00CA};

/// Results of an activation.
enum ActivationResult : std::uint64_t { kSuccess = 0, kNoImage = 1, kOtherHash = 2, kFailure = 3 };

bool is_meter(DeviceType type) { return type == DeviceType::ESME || type == DeviceType::GSME; }

AlertRequest verification(DeviceType type, std::uint16_t code, Eui64 supplier, const Bytes& hash) {
  AlertRequest alert;
  alert.alert = code;
  alert.code = type == DeviceType::ESME ? kVerifiedDlms : kVerifiedGbz;
  alert.recipient = supplier;
  alert.elements.push_back(gbcs::dlms::Data::octets(hash));
  alert.detail = wire::Writer().u8(0x09).prefixed(hash).take();
  alert.count = 1;
  return alert;
}

ImageVerdict take_signed(const Identity& self, const TrustAnchors& anchors, DeviceState& state, ByteView bytes) {
  const auto image = gbcs::read_ota_image(bytes, gbcs::ImageKind::Signed);
  const auto hash = image ? image->hash() : crypto::sha256(bytes);
  const Bytes told(hash.begin(), hash.end());
  const Cell* supplier = anchors.find(PartyRole::Supplier, pki::KeyUse::DigitalSignature);
  const Eui64 recipient = supplier == nullptr ? Eui64() : supplier->holder;
  const bool right =
      image && supplier != nullptr && supplier->key.verify(image->manufacturer_image, ByteView(*image->signature));
  if (!right) return {false, {verification(self.type, kNotVerified, recipient, told)}};
  state.image = HeldImage{told, {image->version.begin(), image->version.end()}, supplier->holder};
  return {true, {verification(self.type, kVerified, recipient, told)}};
}

ImageVerdict take_unsigned(const TrustAnchors& anchors, DeviceState& state, ByteView bytes, UtcTime now) {
  const auto image = gbcs::read_ota_image(bytes, gbcs::ImageKind::Unsigned);
  if (image) state.firmware.assign(image->version.begin(), image->version.end());
  AlertRequest alert;
  alert.alert = kActivatedItself;
  alert.code = kActivatedItselfAlert;
  if (const Cell* broker = anchors.find(PartyRole::AccessControlBroker, pki::KeyUse::KeyAgreement))
    alert.recipient = broker->holder;
  alert.asn1 = asn1::write(Node::sequence({Node::integer(kActivatedItself), generalized_time(now),
                                           Node::of(kOctets, state.firmware), Node::integer(image ? 0 : 1)}));
  return {image.has_value(), {std::move(alert)}};
}

/// What an instruction names: the hash, and the counter of whoever signed it.
ActivationResult carry_out(DeviceState& state, const Bytes& hash, Eui64 signer) {
  if (!state.image) return kNoImage;
  if (state.image->hash != hash) return kOtherHash;
  // Only the party that signed the image activates it (device rules 8.6); which code says so is ours.
  if (state.image->signer != signer) return kFailure;
  state.firmware = state.image->version;
  state.image.reset();
  return kSuccess;
}

Node outcome(ActivationResult result, const DeviceState& state) {
  return Node::sequence({Node::integer(result), Node::of(kOctets, state.firmware)});
}

}  // namespace

ImageVerdict take_image(const Identity& self, const TrustAnchors& anchors, DeviceState& state, ByteView image,
                        UtcTime now) {
  return is_meter(self.type) ? take_signed(self, anchors, state, image) : take_unsigned(anchors, state, image, now);
}

Result<Node> activate_firmware(const Node& request, CommandContext& context) {
  if (request.tag != kSequenceTag || request.items.size() < 2 || request.items.size() > 3)
    return fail(ErrorCode::BadValue, 0, "content of an activation");
  const auto& hash = request.items[0];
  if (hash.tag != kOctets || hash.value.size() != kHashBytes) return fail(ErrorCode::BadValue, 0, "image hash");
  METERWAY_TRY(const auto counter, asn1::integer_value(request.items[1]));
  if (counter != context.command.counter.value) return fail(ErrorCode::BadValue, 0, "originator counter");

  auto& pending = context.state.pending;
  const Eui64 signer = context.command.originator;
  if (request.items.size() == 3) {
    const auto& time = request.items[2];
    const bool cancels = is_never(time);
    UtcTime at{};
    if (!cancels) {
      METERWAY_TRY(at, read_generalized_time(time));
    }
    std::erase_if(pending, [](const Pending& p) { return p.trigger == kFirmwareTrigger; });
    if (!cancels && at > context.now)
      pending.push_back(
          {at, std::string(kFirmwareTrigger), context.command.code, context.command.counter, signer, hash.value});
    if (cancels || at > context.now) return Node::of(kNull, {});
  }
  return outcome(carry_out(context.state, hash.value, signer), context.state);
}

void activate_dated_firmware(DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts) {
  for (;;) {
    const auto due = std::find_if(state.pending.begin(), state.pending.end(),
                                  [&](const Pending& p) { return p.trigger == kFirmwareTrigger && p.at <= now; });
    if (due == state.pending.end()) return;
    const Pending p = std::move(*due);
    state.pending.erase(due);
    const auto result = carry_out(state, p.content, p.signer);
    AlertRequest alert;
    alert.alert = result == kSuccess ? kActioned : kNotActioned;
    alert.code = kOutcome;
    alert.recipient = p.signer;
    alert.asn1 = asn1::write(Node::sequence(
        {Node::integer(alert.alert), generalized_time(p.at), Node::integer(p.counter.value), outcome(result, state)}));
    alerts.push_back(std::move(alert));
  }
}

}  // namespace meterway::field
