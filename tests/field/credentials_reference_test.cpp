#include <gtest/gtest.h>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "field/device/credentials.h"
#include "field/device/test_world.h"
#include "standard/pki/certificate.h"
#include "tests/support/reference.h"

/// The reference replacements of credentials, carried out by devices whose cells hold what the reference devices held:
/// the contents of the answers are the reference answers', byte for byte.
///
/// The reference root is not published, so that the authority that issued the new certificates stands in its cell.
namespace meterway::field::test {
namespace {

using gbcs::asn1::Node;
using pki::KeyUse;

gbcs::Message reference(const std::string& name) {
  const auto path = tests::reference_path() / "hex" / (name + "_GBCS.HEX");
  const auto text = read_text_file(path);
  EXPECT_TRUE(text) << path;
  return gbcs::read_message(from_hex(text.value_or("")).value()).value();
}

std::optional<pki::Certificate> own_certificate(const std::string& stem) {
  const auto pem = read_file(tests::reference_path() / "keystore/rtds" / (stem + ".pem"));
  if (!pem) return std::nullopt;
  return pki::parse_certificate(*pem).value();
}

struct Holder {
  PartyRole role;
  const char* eui;
};

TrustAnchors anchors_as_delivered(const gbcs::Message& command, const std::vector<Holder>& holders) {
  TrustAnchors anchors;
  const auto content = gbcs::asn1::read(command.content).value();
  const auto authority = pki::parse_certificate(gbcs::asn1::write(content.items.at(2).items.at(0))).value();
  anchors.put({PartyRole::Root, KeyUse::DigitalSignature, Eui64(), authority.public_key, authority.der});
  for (const auto& [role, eui] : holders) {
    for (const auto& [suffix, use] :
         {std::pair("-ds", KeyUse::DigitalSignature), std::pair("-ka", KeyUse::KeyAgreement),
          std::pair("-pp-ka", KeyUse::PrepaymentKeyAgreement)}) {
      if (use == KeyUse::PrepaymentKeyAgreement && role != PartyRole::Supplier) continue;
      // The broker has no key for top-ups: a gas proxy is delivered with its other one in that cell.
      const bool none = std::string(eui) == "90b3d51f30000002" && use == KeyUse::PrepaymentKeyAgreement;
      if (const auto certificate = own_certificate(std::string(eui) + (none ? "-ka" : suffix)))
        anchors.put({role, use, *certificate->subject_eui, certificate->public_key, certificate->der});
    }
  }
  return anchors;
}

class ReferenceReplacement : public ::testing::TestWithParam<const char*> {};

TEST_P(ReferenceReplacement, GivesTheReferenceOutcome) {
  METERWAY_NEEDS_REFERENCE();
  const std::string name = GetParam();
  const auto command = reference(name + "_COMMAND");
  const auto expected = reference(name + "_RESPONSE");
  const bool proxy = name.find("Handover") != std::string::npos;
  const std::vector<Holder> meter{{PartyRole::Supplier, "90b3d51f30010000"},
                                  {PartyRole::NetworkOperator, "90b3d51f30020000"},
                                  {PartyRole::AccessControlBroker, "90b3d51f30000002"},
                                  {PartyRole::Recovery, "90b3d51f30000001"},
                                  {PartyRole::TransitionalCos, "90b3d51f30000004"},
                                  {PartyRole::WanProvider, "90b3d51f30000007"}};
  const std::vector<Holder> delivered{{PartyRole::Supplier, "90b3d51f30000002"},
                                      {PartyRole::NetworkOperator, "90b3d51f30000002"},
                                      {PartyRole::AccessControlBroker, "90b3d51f30000002"}};
  auto anchors = anchors_as_delivered(command, proxy ? delivered : meter);
  DeviceState state;
  const Identity self{command.header.target, proxy ? DeviceType::GPF : DeviceType::ESME, keys_of(kEsme).signing,
                      keys_of(kEsme).agreement, Eui64()};
  gbcs::Header response;
  CommandContext context{command.header, response, *from_iso8601("2016-02-01T00:00:00Z"), self, anchors, state};
  const auto content = replace_credentials(gbcs::asn1::read(command.content).value(), context);
  ASSERT_TRUE(content) << content.error().field;
  EXPECT_EQ(to_hex(gbcs::asn1::write(*content)), to_hex(expected.content));
}

INSTANTIATE_TEST_SUITE_P(Cs02b, ReferenceReplacement,
                         ::testing::Values("CS02bNOByNO_6.15.1_SUCCESS", "CS02bNOByNOHandover_6.21_SUCCESS",
                                           "CS02bSupplierBySupplierHandover_6.21_SUCCESS",
                                           "CS02bSupplierBySupplier_6.15.1_IMMEDIATE_SUCCESS",
                                           "CS02bSupplierBySupplier_6.15.1_FUTURE_DATED_SUCCESS",
                                           "CS02bSupplierByTransCoS_6.23_IMMEDIATE_SUCCESS",
                                           "CS02bSupplierByTransCoS_6.23_FUTURE_DATED_SUCCESS",
                                           "CS02bACBByACB_8.5_SUCCESS", "CS02bTransCoSByTransCoS_NA_SUCCESS",
                                           "CS02bAnyExceptAbnormalRootByRecovery_NA_SUCCESS"));

}  // namespace
}  // namespace meterway::field::test
