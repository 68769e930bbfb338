#include "standard/mmc/mmc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "standard/duis/schema.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::mmc {
namespace {

using testing::HasSubstr;

const pki::KeyStore& keys() {
  static const auto store = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds");
  return **store;
}

std::string mapped(const std::string& name) {
  const auto text = read_text_file(tests::reference_path() / "hex" / (name + "_GBCS.HEX"));
  EXPECT_TRUE(text) << name;
  if (!text) return {};
  const auto out = to_mmc(*from_hex(*text), {.keys = &keys()});
  EXPECT_TRUE(out) << describe(out.error());
  return out ? *out : std::string();
}

/// What stands between the tags of the elements of that name, in order.
std::vector<std::string> texts(const std::string& xml, const std::string& name) {
  std::vector<std::string> found;
  for (auto at = xml.find("<ra:" + name); at != std::string::npos; at = xml.find("<ra:" + name, at + 1)) {
    const auto end = xml.find('>', at);
    const auto next = xml[at + 4 + name.size()];
    if (next == '>' || next == ' ') found.push_back(xml.substr(end + 1, xml.find('<', end) - end - 1));
  }
  return found;
}

TEST(ReferenceMapping, EveryResponseAndAlertIsValidByOurSchema) {
  METERWAY_NEEDS_REFERENCE();
  std::size_t count = 0;
  for (const auto& message : tests::reference_messages()) {
    if (message.name.find("RESPONSE") == std::string::npos && message.name.find("ALERT") == std::string::npos) continue;
    if (message.name.find("COMMAND") != std::string::npos) continue;
    ++count;
    const auto text = to_mmc(message.bytes, {.keys = &keys()});
    ASSERT_TRUE(text) << message.name << ": " << describe(text.error());
    const auto document = xml::Document::parse(*text);
    ASSERT_TRUE(document) << message.name;
    const auto valid = duis::validate_mapped(*document);
    EXPECT_TRUE(valid) << message.name << ": " << valid.error().element << ": " << valid.error().rule;
  }
  EXPECT_EQ(count, 452u);
}

TEST(ReferenceMapping, NoSuccessIsLeftOutForWantOfRoom) {
  METERWAY_NEEDS_REFERENCE();
  std::size_t count = 0;
  for (const auto& message : tests::reference_messages()) {
    const auto end = message.name.find("SUCCESS_RESPONSE");
    const auto first = message.name.find('_') + 1;  // CASE_SERVICE_...
    const auto service = message.name.substr(first, message.name.find('_', first) - first);
    if (end == std::string::npos || service == "NA") continue;
    ++count;
    const auto text = to_mmc(message.bytes, {.keys = &keys(), .service = service});
    ASSERT_TRUE(text) << message.name << ": " << describe(text.error());
    const bool is_told = text->find("MessageSuccess=\"true\"") != std::string::npos;
    const bool has_debug = text->find("<ra:DebugInfo>") != std::string::npos;
    EXPECT_EQ(is_told, service != "6.14.3") << message.name;
    EXPECT_EQ(has_debug, service == "6.14.3") << message.name;
  }
  EXPECT_GT(count, 200u);
}

TEST(ReferenceMapping, WhateverADeviceWritesTheDocumentIsValid) {
  METERWAY_NEEDS_REFERENCE();
  std::mt19937 random(20261123);
  std::size_t made = 0;
  for (const auto& message : tests::reference_messages()) {
    if (message.name.find("COMMAND") != std::string::npos) continue;
    for (int i = 0; i < 12; ++i) {
      auto changed = message.bytes;
      for (int k = 0; k < 3; ++k) changed[40 + random() % (changed.size() - 40)] = static_cast<std::uint8_t>(random());
      const auto text = to_mmc(changed, {.keys = &keys()});
      if (!text) continue;
      ++made;
      const auto document = xml::Document::parse(*text);
      ASSERT_TRUE(document) << message.name << " " << to_hex(changed);
      const auto valid = duis::validate_mapped(*document);
      ASSERT_TRUE(valid) << message.name << ": " << valid.error().element << ": " << valid.error().rule;
    }
  }
  EXPECT_GT(made, 1000u);
}

// 0A 1E: 10 Wh with scaler 0; the second pair is varh (content decrypted by hand in the message sheet, 9.5).
TEST(ReferenceMapping, ImportRegistersOfElectricityAreDecrypted) {
  METERWAY_NEEDS_REFERENCE();
  const auto xml = mapped("ECS17b_4.1.1_SINGLE_SUCCESS_RESPONSE");
  EXPECT_THAT(texts(xml, "Value"), testing::ElementsAre("10", "10"));
  EXPECT_THAT(xml, HasSubstr("<ra:ReactiveEnergyUnit>varh<"));
  EXPECT_THAT(xml, HasSubstr("<ra:ServiceReferenceVariant>4.1.1<"));
}

// 25 393000000000 with divisor 1000 (message sheet, 9.6): 12345 litres.
TEST(ReferenceMapping, ConsumptionOfGasIsInCubicMetres) {
  METERWAY_NEEDS_REFERENCE();
  EXPECT_THAT(texts(mapped("GCS13a_4.1.1_SUCCESS_RELIABLE_GPF_RESPONSE"), "Value"), testing::ElementsAre("12.345"));
}

// The request of the same case sets what the answer reads: 6.2.3 quarterly on the first at noon.
TEST(ReferenceMapping, BillingCalendarIsToldByItsDates) {
  METERWAY_NEEDS_REFERENCE();
  const auto xml = mapped("ECS26l_6.2.3_SUCCESS_RESPONSE");
  EXPECT_THAT(texts(xml, "BillingTime"), testing::ElementsAre("12:00:00Z"));
  EXPECT_THAT(xml, HasSubstr("<ra:Quarterly>"));
  EXPECT_THAT(texts(xml, "BillingPeriodStartMonth"), testing::ElementsAre("1"));
}

// 07EE010F FF 090000: 15 January 2030, 09:00; 0019 | 3F0 | 2328 00005E2C8002 06.
TEST(ReferenceMapping, OutcomeOfAFutureDatedCommandNamesWhatWasSet) {
  METERWAY_NEEDS_REFERENCE();
  const auto xml = mapped("ECS01a_1.1.1_8F66_FUTURE_DATED_TOU_BLOCK_SUCCESS_ALERT_STANDING_CHARGE");
  EXPECT_THAT(texts(xml, "GBCSHexAlertCode"), testing::ElementsAre("8F66"));
  EXPECT_THAT(texts(xml, "FutureDatedCommandMessageCode"), testing::ElementsAre("0019"));
  EXPECT_THAT(texts(xml, "FutureDatedCommandOriginatorCounter"), testing::ElementsAre("1008"));
  EXPECT_THAT(texts(xml, "ClassId"), testing::ElementsAre("0071"));
  EXPECT_THAT(texts(xml, "InstanceId"), testing::ElementsAre("0000131404FF"));
}

TEST(ReferenceMapping, CredentialsAreListedByCertificate) {
  METERWAY_NEEDS_REFERENCE();
  const auto xml = mapped("CS02aMAC_6.24.1_SUCCESS_RESPONSE");
  EXPECT_THAT(
      texts(xml, "CertificateUsage"),
      testing::ElementsAre("DigitalSigning", "KeyAgreement", "KeyAgreementTopUp", "DigitalSigning", "KeyAgreement"));
  EXPECT_THAT(texts(xml, "RemotePartyRole"),
              testing::ElementsAre("Supplier", "Supplier", "Supplier", "NetworkOperator", "NetworkOperator"));
}

// First entry at 2014-12-30T00:00Z, then half-hours; 97 samples of 24 bits.
TEST(ReferenceMapping, ProfileOfGasHasATimeForEverySample) {
  METERWAY_NEEDS_REFERENCE();
  const auto xml = mapped("GCS17_4.8.1_SUCCESS_RESPONSE");
  const auto times = texts(xml, "Timestamp");
  ASSERT_EQ(times.size(), 97u + (xml.find("<ra:Timestamp") < xml.find("<ra:Body>") ? 1u : 0u));
  EXPECT_EQ(times[times.size() - 97], "2014-12-30T00:00:00Z");
  EXPECT_EQ(times[times.size() - 96], "2014-12-30T00:30:00Z");
  EXPECT_EQ(texts(xml, "PrimaryValue").front(), "4767.306");
}

}  // namespace
}  // namespace meterway::mmc
