#include "field/device/firmware.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/test_world.h"
#include "standard/gbcs/ota_image.h"

namespace meterway::field::test {
namespace {

using gbcs::asn1::Node;
constexpr std::array<std::uint8_t, 4> kNewVersion{0x00, 0x02, 0x00, 0x07};

gbcs::OtaImage image_of(std::string_view inside) {
  gbcs::OtaImage image;
  image.version = kNewVersion;
  image.manufacturer_image.assign(inside.begin(), inside.end());
  return image;
}

Bytes signed_image(std::string_view inside, Eui64 signer = kSupplier) {
  auto image = image_of(inside);
  const auto signature = keys_of(signer).signing.sign(image.manufacturer_image).value();
  std::copy(signature.begin(), signature.end(), image.signature.emplace().begin());
  return gbcs::write_ota_image(image);
}

Bytes hash_of(std::string_view inside) {
  const auto hash = image_of(inside).hash();
  return {hash.begin(), hash.end()};
}

Bytes activation(std::uint64_t counter, const Bytes& hash, std::optional<Node> time = std::nullopt) {
  std::vector<Node> items{Node::of(0x04, hash), Node::integer(counter)};
  if (time) items.push_back(*std::move(time));
  return gbcs::asn1::write(Node::sequence(std::move(items)));
}

struct Said {
  std::uint64_t result = 99;
  std::string version;
};
Said said(const Node& node) {
  return {gbcs::asn1::integer_value(node.items.at(0)).value(), to_hex(node.items.at(1).value)};
}

Said activate(Device& device, std::uint64_t counter, const Bytes& hash, Eui64 by = kSupplier) {
  const auto outcome = device.take(
      command({MessageCode{0x0012}, by, device.identity().eui, counter, activation(counter, hash)}), test_time());
  return said(gbcs::asn1::read(answer(outcome).content).value());
}

TEST(Firmware, AMeterVerifiesAnImageAndSaysSoWithItsHash) {
  for (const auto& [eui, type] : {std::pair{kEsme, DeviceType::ESME}, std::pair{kGsme, DeviceType::GSME}}) {
    auto device = make_device(eui, type);
    const auto alerts = device.take_image(signed_image("new program"), test_time());
    ASSERT_EQ(alerts.size(), 1u);
    const auto alert = gbcs::read_message(alerts[0]).value();
    EXPECT_EQ(alert.header.target, kSupplier);
    EXPECT_TRUE(gbcs::verify_signature(alert, keys_of(eui).signing.public_key()));
    if (type == DeviceType::ESME) {
      EXPECT_EQ(alert.header.code, MessageCode{0x00CE});
      const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body;
      EXPECT_EQ(body.items.at(0).number, 0x8F72);
      EXPECT_EQ(body.items.at(2).bytes, hash_of("new program"));
    } else {
      EXPECT_EQ(alert.header.code, MessageCode{0x00CF});
      const auto body = gbcs::gbz::read_alert(alert.content, alert.header.code).value();
      EXPECT_EQ(body.code, 0x8F72);
      EXPECT_EQ(body.count, 1);
      EXPECT_EQ(to_hex(body.detail), "0920" + to_hex(hash_of("new program")));
    }
  }
}

TEST(Firmware, AnImageThatItsSupplierHasNotSignedIsRefusedWith8F1C) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto spoilt = signed_image("new program");
  spoilt.back() ^= 1;
  for (const auto& image : {signed_image("new program", kNetwork), spoilt, Bytes{1, 2, 3}}) {
    const auto alerts = device.take_image(image, test_time());
    ASSERT_EQ(alerts.size(), 1u);
    const auto alert = gbcs::read_message(alerts[0]).value();
    const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body;
    EXPECT_EQ(body.items.at(0).number, 0x8F1C);
    EXPECT_FALSE(device.state().image);
  }
  EXPECT_EQ(activate(device, 1000, hash_of("new program")).result, 1u) << "no image is held";
}

TEST(Firmware, ActivationTakesTheImageIntoUseOnceAndAnswersTheRunningVersion) {
  auto device = make_device(kEsme, DeviceType::ESME);
  (void)device.take_image(signed_image("new program"), test_time());
  const auto other = activate(device, 1000, Bytes(32, 1));
  EXPECT_EQ(other.result, 2u) << "hash differs";
  EXPECT_EQ(other.version, "00010003");
  const auto done = activate(device, 1001, hash_of("new program"));
  EXPECT_EQ(done.result, 0u);
  EXPECT_EQ(done.version, "00020007");
  EXPECT_EQ(activate(device, 1002, hash_of("new program")).result, 1u) << "it is used up";

  const auto read = device.take(command({MessageCode{0x0059}, kSupplier, kEsme, 1003,
                                         access(1003, {{dlms::Choice::Get, 1, {0, 0, 0, 2, 1, 255}, 2, 0, {}}})}),
                                test_time());
  EXPECT_EQ(to_hex(read_access(answer(read)).data.at(0).bytes), "00020007");
}

TEST(Firmware, ADatedActivationIsAnsweredWithNothingAndToldWhenItRuns) {
  auto device = make_device(kGsme, DeviceType::GSME);
  (void)device.take_image(signed_image("new program"), test_time());
  const auto at = test_time() + std::chrono::hours(2);
  const auto accepted = device.take(command({MessageCode{0x0012}, kSupplier, kGsme, 1000,
                                             activation(1000, hash_of("new program"), generalized_time(at))}),
                                    test_time());
  EXPECT_EQ(to_hex(answer(accepted).content), "0500");
  EXPECT_TRUE(device.pass(at - std::chrono::seconds(1)).empty());
  const auto alerts = device.pass(at);
  ASSERT_EQ(alerts.size(), 1u);
  const auto alert = gbcs::read_message(alerts[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x00CA});
  const auto told = gbcs::asn1::read(alert.content).value();
  EXPECT_EQ(gbcs::asn1::integer_value(told.items.at(0)).value(), 0x8F66u);
  EXPECT_EQ(gbcs::asn1::integer_value(told.items.at(2)).value(), 1000u);
  EXPECT_EQ(said(told.items.at(3)).version, "00020007");
  EXPECT_EQ(to_hex(device.state().firmware), "00020007");
}

TEST(Firmware, NeverCancelsADatedActivation) {
  auto device = make_device(kEsme, DeviceType::ESME);
  (void)device.take_image(signed_image("new program"), test_time());
  const auto at = test_time() + std::chrono::hours(2);
  const std::string never = "99991231235959Z";
  std::uint64_t counter = 1000;
  for (const auto& time : {generalized_time(at), Node::of(0x18, Bytes(never.begin(), never.end()))}) {
    const auto outcome = device.take(
        command({MessageCode{0x0012}, kSupplier, kEsme, counter, activation(counter, hash_of("new program"), time)}),
        test_time());
    EXPECT_EQ(to_hex(answer(outcome).content), "0500");
    ++counter;
  }
  EXPECT_TRUE(device.pass(at).empty());
  EXPECT_EQ(to_hex(device.state().firmware), "00010003");
}

TEST(Firmware, ADatedActivationWithoutImageIsToldAsFailed) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto at = test_time() + std::chrono::hours(2);
  (void)device.take(
      command({MessageCode{0x0012}, kSupplier, kEsme, 1000, activation(1000, Bytes(32, 1), generalized_time(at))}),
      test_time());
  const auto alerts = device.pass(at);
  ASSERT_EQ(alerts.size(), 1u);
  const auto told = gbcs::asn1::read(gbcs::read_message(alerts[0])->content).value();
  EXPECT_EQ(gbcs::asn1::integer_value(told.items.at(0)).value(), 0x8F67u);
  EXPECT_EQ(said(told.items.at(3)).result, 1u);
}

TEST(Firmware, APpmidTakesAnImageIntoUseAtOnceAndTellsTheBroker) {
  auto device = make_device(kPpmid, DeviceType::PPMID);
  const auto alerts = device.take_image(gbcs::write_ota_image(image_of("display")), test_time());
  ASSERT_EQ(alerts.size(), 1u);
  const auto alert = gbcs::read_message(alerts[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x012B});
  EXPECT_EQ(alert.header.target, kBroker);
  const auto told = gbcs::asn1::read(alert.content).value();
  EXPECT_EQ(to_hex(told.items.at(2).value), "00020007");
  EXPECT_EQ(gbcs::asn1::integer_value(told.items.at(3)).value(), 0u);
  EXPECT_EQ(to_hex(device.state().firmware), "00020007");
}

TEST(Firmware, AHubTellsTheBrokerWhatBecameOfATransfer) {
  auto hub = make_device(kChf, DeviceType::CHF);
  const auto alerts = hub.tell_of_transfer(kPpmid, Bytes{0, 2, 0, 7}, TransferOutcome::Success, test_time());
  ASSERT_EQ(alerts.size(), 1u);
  const auto alert = gbcs::read_message(alerts[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x0128});
  EXPECT_EQ(alert.header.target, kBroker);
  const auto told = gbcs::asn1::read(alert.content).value();
  EXPECT_EQ(gbcs::asn1::integer_value(told.items.at(0)).value(), 0x8F8Au);
  EXPECT_EQ(to_hex(told.items.at(2).value), to_hex(kPpmid.wire()));
}

TEST(Firmware, ImageAndVersionAreKept) {
  auto device = make_device(kEsme, DeviceType::ESME);
  (void)device.take_image(signed_image("new program"), test_time());
  const auto kept = read_state(write_state(device.state())).value();
  ASSERT_TRUE(kept.image);
  EXPECT_EQ(kept.image->hash, hash_of("new program"));
  EXPECT_EQ(kept.image->signer, kSupplier);
  EXPECT_EQ(to_hex(kept.firmware), "00010003");
}

}  // namespace
}  // namespace meterway::field::test
