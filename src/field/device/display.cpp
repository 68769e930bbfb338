#include "field/device/display.h"

#include <algorithm>
#include <utility>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/device/gbz_rules.h"
#include "standard/gbcs/gbz.h"
#include "standard/pki/certificate.h"

namespace meterway::field {
namespace {

namespace gbz = gbcs::gbz;

constexpr MessageCode kTopUp{0x009B}, kEmergency{0x0090};
constexpr std::uint16_t kPrepayment = 0x0705;
constexpr std::uint8_t kSelectEmergency = 0x00, kConsumerTopUp = 0x04, kTopUpAnswer = 0x03;
constexpr std::uint8_t kClusterSpecific = 0x01, kInHomeDisplay = 0x02;

/// The results of a top-up as gbz_credit.cpp gives them.
std::string_view refusal(std::uint8_t result) {
  switch (result) {
    case 0:
      return "";
    case 2:
      return to_string(TopUp::Duplicate);
    case 4:
      return "worth more than one top-up or the balance may be";
    default:
      return "no token for this meter";
  }
}

}  // namespace

Joined* certified_partner(DeviceState& state, Eui64 other) {
  return const_cast<Joined*>(certified_partner(std::as_const(state), other));
}

const Joined* certified_partner(const DeviceState& state, Eui64 other) {
  const auto& log = state.joined;
  const auto entry = std::find_if(log.begin(), log.end(), [&](const Joined& one) { return one.eui == other; });
  return entry == log.end() || entry->certificate.empty() ? nullptr : &*entry;
}

Result<crypto::PublicKey> partner_key(const Joined& partner) {
  METERWAY_TRY(auto certificate, pki::parse_certificate(partner.certificate));
  return std::move(certificate.public_key);
}

Result<Bytes> order_of_display(const LocalOrder& order, const Identity& self, DeviceState& state,
                               const Joined& gas_meter) {
  if (order.act == LocalAct::EnableSupply) return fail(ErrorCode::Unsupported, 0, "supply of gas from a display");
  METERWAY_TRY(const auto key, partner_key(gas_meter));
  gbz::Component part;
  part.cluster = kPrepayment;
  part.frame_control = kClusterSpecific;
  gbcs::Message message;
  message.header.kind = gbcs::Kind::Command;
  message.header.counter = OriginatorCounter{++state.alert_counter};
  message.header.originator = self.eui;
  message.header.target = gas_meter.eui;
  wire::Writer payload;
  if (order.act == LocalAct::TopUp) {
    message.header.code = kTopUp;
    part.command = kConsumerTopUp;
    const Bytes digits(
        order.token.begin(),
        order.token.begin() + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(order.token.size()), 0xFE));
    payload.u8(kInHomeDisplay).u8(digits.size()).bytes(digits);
  } else {
    message.header.code = kEmergency;
    part.command = kSelectEmergency;
    payload.u32_le(0).u8(kInHomeDisplay);
  }
  part.payload = payload.take();
  message.content = gbz::write_frames({{std::move(part)}});
  message.signature_field = gbcs::SignatureField::Empty;
  METERWAY_CHECK(gbcs::add_mac(message, self.agreement, key));
  return gbcs::write_message(message);
}

Result<LocalResult> read_gas_answer(ByteView response, const Identity& self, const Joined& gas_meter) {
  METERWAY_TRY(const auto message, gbcs::read_message(response));
  METERWAY_TRY(const auto key, partner_key(gas_meter));
  METERWAY_TRY(const auto mac_key, gbcs::mac_key(message.header, self.agreement, key));
  const auto mac = gbcs::compute_mac(mac_key, message.header.originator, gbcs::write_signed_part(message));
  if (!message.mac || !crypto::equal_constant_time(mac, *message.mac)) return fail(ErrorCode::BadMac, 0, "MAC");
  METERWAY_TRY(const auto frames, gbz::read_frames(message.content));
  if (frames.components.size() != 1) return fail(ErrorCode::BadValue, 0, "answer of a gas meter");
  const auto& answer = frames.components.front();
  wire::Reader in(answer.payload);
  if ((answer.frame_control & kClusterSpecific) != 0 && answer.command == kTopUpAnswer) {
    const auto result = in.u8("result");
    LocalResult out{refusal(result), static_cast<std::int32_t>(in.u32_le("value"))};
    if (!in.ok()) return fail(ErrorCode::BadLength, 0, "answer of a gas meter");
    return out;
  }
  in.u8("command");
  const auto status = in.u8("status");
  METERWAY_CHECK(in.finish());
  return LocalResult{status == 0 ? "" : "emergency credit is not offered"};
}

}  // namespace meterway::field
