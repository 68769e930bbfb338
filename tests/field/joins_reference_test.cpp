#include <gtest/gtest.h>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "field/device/test_world.h"
#include "standard/pki/certificate.h"
#include "tests/support/reference.h"

/// The reference joins and unjoins, given to devices whose logs hold what the reference devices' did: the answers have
/// the reference answers' headers and, byte for byte, their contents.
///
/// The devices' private keys are not published: the commands are protected anew with keys of our own.
namespace meterway::field::test {
namespace {

struct Case {
  const char* name;
  DeviceType type;
  std::vector<Joined> log = {};  ///< what the device has joined before
};

constexpr Eui64 kFirst{0x00DB12345678909A}, kSecond{0x00DB123456789099}, kThird{0x0102030405060708};

gbcs::Message reference(const std::string& name) {
  const auto text = read_text_file(tests::reference_path() / "hex" / (name + "_GBCS.HEX"));
  EXPECT_TRUE(text) << name;
  return gbcs::read_message(from_hex(text.value_or("")).value()).value();
}

class ReferenceJoin : public ::testing::TestWithParam<Case> {};

TEST_P(ReferenceJoin, GivesTheReferenceResult) {
  METERWAY_NEEDS_REFERENCE();
  const auto& one = GetParam();
  auto message = reference(std::string(one.name) + "_COMMAND");
  const auto expected = reference(std::string(one.name) + "_RESPONSE");
  // This one names another device than its certificate does. The reference device takes it; ours wants the two to
  // agree.
  const bool disagrees = std::string(one.name) == "CS03CNonCritical_8.7.2_SUCCESS";
  if (disagrees) {
    auto content = gbcs::asn1::read(message.content).value();
    const auto certificate = pki::parse_certificate(gbcs::asn1::write(content.items.at(3))).value();
    const auto named = certificate.device_eui->wire();
    ASSERT_NE(to_hex(content.items.at(1).value), to_hex(named));
    content.items.at(1).value.assign(named.begin(), named.end());
    message.content = gbcs::asn1::write(content);
  }
  DeviceState state;
  state.joined = one.log;
  const Eui64 target = message.header.target;
  const Keys& keys = keys_of(target);
  Device device({target, one.type, keys.signing, keys.agreement, kGpf}, anchors_of(one.type), LoadProfile(Fuel::Gas, 1),
                state);
  const auto* use_case = gbcs::find_use_case(message.header.code);
  ASSERT_NE(use_case, nullptr);
  message.mac.reset();
  if (use_case->critical()) {
    ASSERT_TRUE(gbcs::sign(message, keys_of(message.header.originator).signing));
  }
  ASSERT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, keys.agreement.public_key()));
  const auto outcome =
      device.take(gbcs::write_message(message), *from_iso8601("2016-06-01T00:00:00Z"), [](Eui64) { return true; });
  ASSERT_TRUE(outcome.response) << outcome.refusal;
  const auto response = gbcs::read_message(*outcome.response).value();
  EXPECT_EQ(to_hex(response.content), to_hex(expected.content));
  EXPECT_EQ(response.header.code, expected.header.code);
  EXPECT_EQ(response.header.counter, expected.header.counter);
  EXPECT_EQ(response.header.originator, expected.header.originator);
  EXPECT_EQ(response.header.target, expected.header.target);
  EXPECT_EQ(response.header.supplementary_party, expected.header.supplementary_party);
  EXPECT_EQ(response.header.supplementary_counter, expected.header.supplementary_counter);
  EXPECT_EQ(response.mac.has_value(), expected.mac.has_value());
  EXPECT_EQ(response.signature_field, expected.signature_field);
  const bool done = to_hex(response.content) == "020100", parts = std::string(one.name).starts_with("CS04");
  const auto change = done ? (parts ? -1 : 1) : 0;
  EXPECT_EQ(static_cast<int>(device.state().joined.size()), static_cast<int>(one.log.size()) + change);
}

const Case kCases[] = {
    {"CS03A1_8.7.1_SUCCESS", DeviceType::ESME},
    {"CS03A1_8.7.1_ERROR", DeviceType::ESME, {{kFirst, 4, 0, {}}}},
    {"CS03A2Critical_8.7.1_SUCCESS", DeviceType::HCALCS},
    {"CS03A2NonCritical_8.7.2_SUCCESS", DeviceType::PPMID},
    {"CS03B_8.7.2_SUCCESS", DeviceType::GSME},
    {"CS03B_8.7.2_ERROR", DeviceType::GSME},
    {"CS03CCritical_8.7.1_SUCCESS", DeviceType::GSME},
    {"CS03CNonCritical_8.7.2_SUCCESS", DeviceType::PPMID},
    {"CS03CNonCritical_8.7.2_ERROR", DeviceType::PPMID},
    {"CS04ACCritical_8.8.1_SUCCESS", DeviceType::ESME, {{kSecond, 4, 0, {}}}},
    {"CS04ACCritical_8.8.1_ERROR", DeviceType::ESME, {{kSecond, 4, 0, {}}}},
    {"CS04ACNonCritical_8.8.2_SUCCESS", DeviceType::PPMID, {{kThird, 1, 1, {}}}},
    {"CS04B_8.8.2_SUCCESS", DeviceType::GSME, {{kThird, 3, 2, {}}}},
};

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : std::string_view(info.param.name)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Field, ReferenceJoin, ::testing::ValuesIn(kCases), name_of);

}  // namespace
}  // namespace meterway::field::test
