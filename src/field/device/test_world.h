#pragma once
#include <gtest/gtest.h>

#include <map>

#include "field/device/device.h"
#include "field/device/times.h"
#include "standard/gbcs/gbz.h"

/// Parties and devices with keys made on the spot, and commands as the platform and a User would build them: with
/// standard/gbcs alone, so that the device is judged by the standard and not by its own code.
namespace meterway::field::test {

inline constexpr Eui64 kBroker{0x90B3D51F30000002}, kSupplier{0x90B3D51F30010000}, kNetwork{0x90B3D51F30020000},
    kStranger{0x90B3D51F30030000}, kLoadController{0x90B3D51F30010008};
inline constexpr Eui64 kEsme{0x00DB1234567890A0}, kGsme{0x00DB1234567890A1}, kChf{0x00DB1234567890A2},
    kGpf{0x00DB1234567890A3}, kPpmid{0x00DB1234567890A4};

struct Keys {
  crypto::PrivateKey signing = crypto::PrivateKey::generate().value();
  crypto::PrivateKey agreement = crypto::PrivateKey::generate().value();
  crypto::PrivateKey prepayment = crypto::PrivateKey::generate().value();
};

/// The same keys for the whole run.
inline const Keys& keys_of(Eui64 who) {
  static std::map<Eui64, Keys> keys;
  return keys[who];
}

inline UtcTime test_time() { return from_iso8601("2026-01-12T09:00:00Z").value(); }

inline Eui64 holder(DeviceType type, PartyRole role) {
  // A gas proxy leaves the factory with the broker in everybody's cells.
  if (type == DeviceType::GPF)
    return role == PartyRole::Root ? Eui64() : role == PartyRole::Supplier ? kSupplier : kBroker;
  switch (role) {
    case PartyRole::Supplier:
      return kSupplier;
    case PartyRole::NetworkOperator:
      return kNetwork;
    case PartyRole::AccessControlBroker:
      return kBroker;
    case PartyRole::TransitionalCos:
      return Eui64(0x90B3D51F30000004);
    case PartyRole::Recovery:
      return Eui64(0x90B3D51F30000001);
    case PartyRole::WanProvider:
      return Eui64(0x90B3D51F30000007);
    case PartyRole::LoadController:
      return kLoadController;
    default:
      return Eui64();
  }
}

inline TrustAnchors anchors_of(DeviceType type) {
  TrustAnchors anchors;
  for (const auto& kind : cells_of(type)) {
    const Eui64 who = holder(type, kind.role);
    const Keys& keys = keys_of(who);
    const auto& key = kind.use == pki::KeyUse::DigitalSignature ? keys.signing
                      : kind.use == pki::KeyUse::KeyAgreement   ? keys.agreement
                                                                : keys.prepayment;
    anchors.put({kind.role, kind.use, who, key.public_key(), {}});
  }
  return anchors;
}

inline Device make_device(Eui64 eui, DeviceType type, std::string variant = "A") {
  DeviceState state;
  state.commissioned = state.registers.read_at = test_time();
  const Keys& keys = keys_of(eui);
  return Device({eui, type, keys.signing, keys.agreement, kGpf, std::move(variant)}, anchors_of(type),
                LoadProfile(type == DeviceType::ESME ? Fuel::Electricity : Fuel::Gas, 1), std::move(state));
}

struct Order {
  MessageCode code;
  Eui64 originator = kSupplier;
  Eui64 target = kEsme;
  std::uint64_t counter = 1000;
  Bytes content;
  std::optional<Eui64> on_behalf_of = std::nullopt;
};

/// Signed where the use case is critical, with the broker's MAC where it has one.
inline gbcs::Message build(const Order& order) {
  gbcs::Message m;
  m.header.kind = gbcs::Kind::Command;
  m.header.code = order.code;
  m.header.originator = order.originator;
  m.header.target = order.target;
  m.header.counter = {order.counter};
  if (order.on_behalf_of) {
    m.header.supplementary_party = order.on_behalf_of;
    m.header.supplementary_counter = OriginatorCounter{order.counter};
  }
  m.content = order.content;
  const auto* use_case = gbcs::find_use_case(order.code);
  if (use_case != nullptr && use_case->critical()) {
    EXPECT_TRUE(gbcs::sign(m, keys_of(order.originator).signing));
  }
  EXPECT_TRUE(gbcs::add_mac(m, keys_of(kBroker).agreement, keys_of(order.target).agreement.public_key()));
  return m;
}
inline Bytes command(const Order& order) { return gbcs::write_message(build(order)); }

/// The response, its protection checked with the keys of whoever it is for.
inline gbcs::Message answer(const Outcome& outcome) {
  if (!outcome.response) {
    ADD_FAILURE() << "no response: " << outcome.refusal;
    return {};
  }
  auto message = gbcs::read_message(*outcome.response);
  EXPECT_TRUE(message);
  const auto& h = message->header;
  EXPECT_EQ(h.kind, gbcs::Kind::Response);
  const auto* use_case = gbcs::find_use_case(h.code);
  EXPECT_EQ(use_case->date_time, h.date_time.has_value());
  if (use_case->response == gbcs::Protection::Sign) {
    EXPECT_TRUE(gbcs::verify_signature(*message, keys_of(h.originator).signing.public_key()));
    EXPECT_FALSE(message->mac);
  } else {
    const auto key = gbcs::mac_key(h, keys_of(h.target).agreement, keys_of(h.originator).agreement.public_key());
    EXPECT_EQ(message->mac, std::optional(gbcs::compute_mac(*key, h.originator, gbcs::write_signed_part(*message))));
  }
  return *message;
}

namespace dlms = gbcs::dlms;
inline Bytes access(std::uint64_t counter, std::vector<dlms::Specification> specifications,
                    std::vector<dlms::Data> data = {}) {
  data.resize(specifications.size());
  return dlms::write_apdu(dlms::AccessRequest{dlms::invoke_id({counter}), std::move(specifications), std::move(data)});
}
inline dlms::AccessResponse read_access(const gbcs::Message& message) {
  auto apdu = dlms::read_apdu(message.content);
  EXPECT_TRUE(apdu);
  return std::get<dlms::AccessResponse>(*apdu);
}

/// get protected attributes of one object: what ECS17b and its like ask.
inline Bytes protected_read(std::uint64_t counter, Eui64 asker, Eui64 device, std::uint8_t object,
                            dlms::Obis instance) {
  using dlms::Data;
  using dlms::Type;
  const auto selection =
      Data::structure({Data::of(Type::Uint16, 1), Data::octets(instance), Data::of(Type::Int8, 2),
                       Data::of(Type::Uint16, 0), Data::structure({Data::of(Type::Enum, 0), Data::null()})});
  const auto argument =
      Data::structure({Data::array({selection}), dlms::protection_parameters({{counter}, asker, device})});
  return access(counter, {{dlms::Choice::Action, 30, {0, 0, 43, 2, object, 255}, 1, 0, {}}}, {argument});
}

/// What the party that asked sees in the protected block.
inline dlms::Data open_block(const gbcs::Message& response, ByteView block) {
  const Eui64 reader = response.header.supplementary_party.value_or(response.header.target);
  const auto key = gbcs::encryption_key(response.header, keys_of(reader).agreement,
                                        keys_of(response.header.originator).agreement.public_key());
  const auto plain = gbcs::decrypt_attribute(*key, response.header.originator, block);
  EXPECT_TRUE(plain);
  return dlms::read_data(*plain).value();
}

inline Bytes zcl(std::uint16_t cluster, std::uint8_t control, std::uint8_t id, Bytes payload) {
  gbcs::gbz::Component c;
  c.cluster = cluster;
  c.frame_control = control;
  c.command = id;
  c.payload = std::move(payload);
  return gbcs::gbz::write_frames({{c}});
}

}  // namespace meterway::field::test
