#include <gtest/gtest.h>

#include <cctype>
#include <functional>
#include <map>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "field/device/test_world.h"
#include "tests/support/reference.h"

/// The devices answer the reference commands, and the answers have the shape of the reference answers.
///
/// The devices' private keys of the reference data are not published, so the commands are protected anew with keys of
/// our own, and what is compared is structure: header fields that are present, protection, the tree of types, attribute
/// identifiers and result codes. What is encrypted is compared after decryption on both sides. Values differ: they are
/// the devices' own. An array is compared by the shape of its first element, because how many there are is a value.
namespace meterway::field::test {
namespace {

namespace gbz = gbcs::gbz;
using gbcs::asn1::Node;

std::string shape(const dlms::Data& data) {
  std::string out{dlms::to_string(data.type)};
  if (data.type == dlms::Type::Structure) {
    out += "{";
    for (const auto& item : data.items) out += shape(item) + ",";
    out += "}";
  } else if (data.type == dlms::Type::Array) {
    out += "[" + (data.items.empty() ? "" : shape(data.items.front())) + "]";
  }
  return out;
}

std::string shape(const Node& node) {
  std::string out = to_hex(Bytes{node.tag});
  if (!node.constructed()) return out;
  out += "{";
  for (const auto& item : node.items) out += shape(item) + ",";
  return out + "}";
}

/// Attribute identifiers, status and types; of other commands the size of the payload.
std::string shape(const gbz::Component& c, const Bytes& payload) {
  std::string out = to_hex(Bytes{static_cast<std::uint8_t>(c.cluster >> 8), static_cast<std::uint8_t>(c.cluster),
                                 c.frame_control, c.sequence, c.command});
  out += c.encrypted_counter ? " encrypted " : " ";
  if ((c.frame_control & 1) != 0 || c.command != 0x01) return out + std::to_string(payload.size());
  wire::Reader in(payload);
  while (!in.empty() && in.ok()) {
    out += to_hex(in.take(3, "attribute"));
    const auto type = in.u8("type");
    out += ":" + to_hex(Bytes{type}) + " ";
    const bool text = type == 0x41 || type == 0x42;
    const std::size_t size = text           ? in.u8("length")
                             : type == 0x30 ? 1
                             : type >= 0x28 ? type - 0x27u
                             : type >= 0x20 ? type - 0x1Fu
                                            : type - 0x17u;
    in.take(size, "value");
  }
  EXPECT_TRUE(in.ok());
  return out;
}

/// Decrypts blocks of either side.
using Open = std::function<Bytes(ByteView block)>;

std::string content_shape(const gbcs::Message& response, gbcs::PayloadKind kind, const Open& open) {
  std::string out;
  if (kind == gbcs::PayloadKind::Asn1) return shape(gbcs::asn1::read(response.content).value());
  if (kind == gbcs::PayloadKind::Gbz) {
    const auto frames = gbz::read_frames(response.content).value();
    for (const auto& c : frames.components) {
      out += shape(c, c.encrypted_counter ? open(c.payload) : c.payload) + "\n";
    }
    return out;
  }
  const auto access = std::get<dlms::AccessResponse>(dlms::read_apdu(response.content).value());
  for (std::size_t i = 0; i < access.data.size(); ++i) {
    const ByteView block = dlms::protected_block(access.data[i]);
    out += shape(access.data[i]);
    if (!block.empty()) out += " of " + shape(dlms::read_data(open(block)).value());
    out += "\n";
  }
  return out;
}

std::vector<int> results(const gbcs::Message& response, gbcs::PayloadKind kind) {
  std::vector<int> out;
  if (kind != gbcs::PayloadKind::Dlms) return out;
  const auto access = std::get<dlms::AccessResponse>(dlms::read_apdu(response.content).value());
  for (const auto& result : access.results) out.push_back(static_cast<int>(result.choice) << 8 | result.code);
  return out;
}

gbcs::Message load(const std::string& stem, const char* what) {
  const auto text = read_text_file(tests::reference_path() / "hex" / (stem + what + "_GBCS.HEX"));
  EXPECT_TRUE(text) << stem << what;
  return gbcs::read_message(from_hex(*text).value()).value();
}

struct Case {
  const char* stem;
  Supply supply = Supply::On;  ///< what the device must be in for the command to make sense
};

class ReferenceShape : public ::testing::TestWithParam<Case> {};

TEST_P(ReferenceShape, IsThatOfTheReferenceResponse) {
  METERWAY_NEEDS_REFERENCE();
  const std::string stem = GetParam().stem;
  const std::map<Eui64, DeviceType> types{{kEsme, DeviceType::ESME},
                                          {kGsme, DeviceType::GSME},
                                          {kChf, DeviceType::CHF},
                                          {kGpf, DeviceType::GPF},
                                          {kPpmid, DeviceType::PPMID}};
  auto message = load(stem, "_COMMAND");
  const auto expected = load(stem, "_RESPONSE");
  const Eui64 target = message.header.target;
  const DeviceType type = types.at(target);
  const auto* use_case = gbcs::find_use_case(message.header.code);
  ASSERT_NE(use_case, nullptr);

  // The reference world stands still at the beginning of 2015.
  const UtcTime now = from_iso8601("2015-01-01T00:00:00Z").value();
  DeviceState state;
  state.commissioned = state.registers.read_at = now - std::chrono::hours(48);
  state.supply = GetParam().supply;
  for (const auto eui : {kEsme, kGsme}) state.device_log.push_back({eui, Bytes(16, 1), Bytes(16, 2), now});
  state.historic_log = state.device_log;
  // A tariff with a special day, so that the shape of one is seen.
  state.stored["11/0-0:11.0.0.255/2"] = dlms::write_data(dlms::Data::array(
      {dlms::Data::structure({dlms::Data::of(dlms::Type::Uint16, 1), dlms::Data::octets(Bytes(5, 0xFF)),
                              dlms::Data::of(dlms::Type::Uint8, 1)})}));
  const Keys& keys = keys_of(target);
  Device device({target, type, keys.signing, keys.agreement, kGpf}, anchors_of(type), LoadProfile(Fuel::Gas, 1), state);

  if (message.signature_field == gbcs::SignatureField::Present) {
    ASSERT_TRUE(gbcs::sign(message, keys_of(message.header.originator).signing));
  }
  ASSERT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, keys.agreement.public_key()));
  const auto outcome = device.take(gbcs::write_message(message), now);
  ASSERT_TRUE(outcome.response) << outcome.refusal;
  const auto response = gbcs::read_message(*outcome.response).value();

  EXPECT_EQ(response.header.counter, expected.header.counter);
  EXPECT_EQ(response.header.originator, expected.header.originator);
  EXPECT_EQ(response.header.target, expected.header.target);
  EXPECT_EQ(response.header.supplementary_party, expected.header.supplementary_party);
  EXPECT_EQ(response.header.supplementary_counter, expected.header.supplementary_counter);
  EXPECT_EQ(response.header.date_time.has_value(), expected.header.date_time.has_value());
  EXPECT_EQ(response.mac.has_value(), expected.mac.has_value());
  EXPECT_EQ(response.signature_field, expected.signature_field);

  const auto store = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds").value();
  const Open open_ours = [&](ByteView block) {
    const Eui64 reader = response.header.supplementary_party.value_or(response.header.target);
    const auto key = gbcs::encryption_key(response.header, keys_of(reader).agreement, keys.agreement.public_key());
    return gbcs::decrypt_attribute(*key, target, block).value();
  };
  const Open open_theirs = [&](ByteView block) {
    const auto key = gbcs::encryption_key(expected.header, *store);
    return gbcs::decrypt_attribute(*key, target, block).value();
  };
  EXPECT_EQ(content_shape(response, use_case->payload, open_ours),
            content_shape(expected, use_case->payload, open_theirs));
  // The reference tokens were made for other keys: the meter is right to refuse them.
  if (use_case->code != MessageCode{0x0007}) {
    EXPECT_EQ(results(response, use_case->payload), results(expected, use_case->payload));
  }
}

const Case kCases[] = {
    {"CCS01_8.11_SUCCESS"},
    {"CCS02_8.11_SUCCESS"},
    {"CCS05CCS04_8.9_SUCCESS"},
    {"CCS06_8.9_SUCCESS"},
    {"CCS07_8.9_SUCCESS"},
    {"CS01a_2.2_SUCCESS"},
    {"CS01b_2.2_SUCCESS"},
    {"CS08_11.2_SUCCESS"},
    {"ECS01a_1.1.1_IMMEDIATE_TOU_SUCCESS"},
    {"ECS01a_1.1.1_IMMEDIATE_BLOCK_SUCCESS"},
    {"ECS01a_1.1.1_FUTURE_DATED_TOU_BLOCK_SUCCESS"},
    {"ECS10_3.1_SUCCESS"},
    {"ECS17a_4.2_SUCCESS"},
    {"ECS17b_4.1.1_SINGLE_SUCCESS"},
    {"ECS17c_4.16_SUCCESS"},
    {"ECS17e_4.1.3_SUCCESS"},
    {"ECS24_4.11.1_SUCCESS"},
    {"ECS42_7.1_SUCCESS"},
    {"ECS43_7.2_SUCCESS"},
    {"ECS44_7.3_SUCCESS", Supply::Off},
    {"ECS45_7.4_SUCCESS"},
    {"ECS50_9.1_SUCCESS"},
    {"ECS52_11.2_SUCCESS"},
    {"ECS70_6.11_SUCCESS"},
    {"ECS70Commission_8.1.1_SUCCESS"},
    {"ECS82_4.18_SUCCESS"},
    {"GCS13a_4.1.1_SUCCESS_RELIABLE_GPF"},
    {"GCS13a_4.1.1_SUCCESS_UNRELIABLE"},
    {"GCS28_6.11_SUCCESS"},
    {"GCS28Commission_8.1.1_SUCCESS"},
    {"GCS32_7.2_SUCCESS"},
    {"GCS33_7.4_SUCCESS"},
    {"GCS38_11.2_SUCCESS"},
    {"GCS39_7.3_SUCCESS", Supply::Off},
    {"GCS40a_1.5_SUCCESS"},
    {"GCS40b_1.5_SUCCESS"},
    {"GCS40c_1.5_SUCCESS"},
    {"GCS40d_1.5_SUCCESS"},
    {"GCS60_4.18_SUCCESS"},
    {"GCS60a_4.18_SUCCESS_RELIABLE_GPF"},
};

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : std::string_view(info.param.stem)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Field, ReferenceShape, ::testing::ValuesIn(kCases), name_of);

}  // namespace
}  // namespace meterway::field::test
