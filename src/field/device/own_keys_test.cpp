#include "field/device/own_keys.h"

#include "base/util/random.h"
#include "field/device/test_world.h"
#include "standard/pki/issue.h"
#include "standard/pki/signing_request.h"

/// A device's own keys as a supplier renews them, judged from outside: commands in, what its messages are then
/// protected with.
namespace meterway::field::test {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;
using pki::KeyUse;

constexpr MessageCode kIssue{0x000A}, kProvide{0x000C}, kDetails{0x0008};

struct Smki {
  SeededRandom random{5};
  pki::Validity validity = pki::Validity::years(test_time(), 10);
  pki::Authority issuing = pki::issue_root("ISSUING", validity, random).value();
  pki::Authority elsewhere = pki::issue_root("OTHER", validity, random).value();
};

Bytes usage(KeyUse use) {
  return asn1::write(
      Node::sequence({Node::of(0x03, use == KeyUse::DigitalSignature ? Bytes{0x07, 0x80} : Bytes{0x03, 0x08})}));
}

class OwnKeys : public ::testing::TestWithParam<DeviceType> {
 protected:
  void SetUp() override { device_ = deliver({}); }

  Device deliver(DeviceState state) {
    const Device plain = make_device(eui(), GetParam());
    auto identity = plain.identity();
    identity.signing_certificate = certify(KeyUse::DigitalSignature, identity.signing.public_key()).der;
    identity.agreement_certificate = certify(KeyUse::KeyAgreement, identity.agreement.public_key()).der;
    state.commissioned = state.registers.read_at = test_time();
    return Device(std::move(identity), plain.anchors(), LoadProfile(Fuel::Gas, 1), std::move(state));
  }
  /// What a power cut leaves of it.
  void restart() { device_ = deliver(read_state(write_state(device_->state())).value()); }

  Eui64 eui() const { return GetParam() == DeviceType::GSME ? kGsme : kEsme; }
  pki::Certificate certify(KeyUse use, const crypto::PublicKey& key) {
    return pki::issue_device(smki_.issuing, {eui(), use}, test_time(), key, smki_.random).value();
  }

  /// A command that the broker writes by this agreement key of the device.
  Bytes write(MessageCode code, Bytes content, const crypto::PublicKey& agreement) {
    auto message = build({code, kSupplier, eui(), ++counter_, std::move(content)});
    message.mac.reset();
    EXPECT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, agreement));
    return gbcs::write_message(message);
  }
  Outcome ask(MessageCode code, Bytes content) {
    return device_->take(write(code, std::move(content), agreement_), test_time());
  }
  /// The content of the answer, which the key in force signs.
  Bytes content(const Outcome& outcome) {
    EXPECT_TRUE(outcome.response) << outcome.refusal;
    if (!outcome.response) return {};
    const auto message = gbcs::read_message(*outcome.response);
    EXPECT_TRUE(gbcs::verify_signature(*message, signing_)) << "signed by another key";
    return message->content;
  }
  std::uint64_t number(const Outcome& outcome) {
    const auto node = asn1::read(content(outcome));
    return node ? asn1::integer_value(*node).value_or(99) : 99;
  }
  pki::SigningRequest issue(KeyUse use) {
    return pki::parse_signing_request_der(content(ask(kIssue, usage(use)))).value();
  }

  Smki smki_;
  std::uint64_t counter_ = 1000;
  crypto::PublicKey signing_ = keys_of(eui()).signing.public_key();
  crypto::PublicKey agreement_ = keys_of(eui()).agreement.public_key();
  std::optional<Device> device_;
};

INSTANTIATE_TEST_SUITE_P(Devices, OwnKeys, ::testing::Values(DeviceType::ESME, DeviceType::GSME),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST_P(OwnKeys, ANewPairIsAskedForWithAProofAndTheDevicesName) {
  for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
    const auto request = issue(use);
    EXPECT_EQ(request.device, eui());
    EXPECT_EQ(request.key_usage,
              use == KeyUse::DigitalSignature ? pki::kUsageDigitalSignature : pki::kUsageKeyAgreement);
    EXPECT_FALSE(request.key == signing_ || request.key == agreement_) << "it is to be a new one";
  }
}

TEST_P(OwnKeys, TheSigningKeyIsTheNewOneAfterTheAnswerThatItsCertificateWasTaken) {
  const auto request = issue(KeyUse::DigitalSignature);
  restart();
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(KeyUse::DigitalSignature, request.key).der)), 0u);
  signing_ = request.key;
  EXPECT_EQ(content(ask(kProvide, usage(KeyUse::DigitalSignature))), device_->identity().signing_certificate);
  restart();
  const auto shown = pki::parse_certificate(content(ask(kProvide, usage(KeyUse::DigitalSignature)))).value();
  EXPECT_TRUE(shown.public_key == request.key);
}

TEST_P(OwnKeys, CommandsGoByTheOldAgreementKeyUntilOneComesByTheNew) {
  const auto old = agreement_;
  const auto request = issue(KeyUse::KeyAgreement);
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(KeyUse::KeyAgreement, request.key).der)), 0u);
  restart();
  EXPECT_FALSE(content(ask(kProvide, usage(KeyUse::KeyAgreement))).empty()) << "whoever missed the answer";
  agreement_ = request.key;
  EXPECT_FALSE(content(ask(kProvide, usage(KeyUse::KeyAgreement))).empty());
  agreement_ = old;
  EXPECT_FALSE(ask(kProvide, usage(KeyUse::KeyAgreement)).response) << "the old key is no longer believed";
  restart();
  EXPECT_FALSE(ask(kProvide, usage(KeyUse::KeyAgreement)).response);
}

TEST_P(OwnKeys, AnAnswerWithAMacGoesByTheKeyThatItsCommandWasWrittenFor) {
  const auto old = agreement_;
  const auto request = issue(KeyUse::KeyAgreement);
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(KeyUse::KeyAgreement, request.key).der)), 0u);
  const auto details = asn1::write(Node::sequence(
      {Node::sequence({Node::integer(2), Node::of(0x03, Bytes{0x03, 0x08})}), Node::sequence({Node::integer(2)})}));
  for (const auto& key : {old, request.key}) {
    auto message = build({kDetails, kBroker, eui(), ++counter_, details});
    EXPECT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, key));
    const auto outcome = device_->take(gbcs::write_message(message), test_time());
    ASSERT_TRUE(outcome.response) << outcome.refusal;
    const auto answer = gbcs::read_message(*outcome.response);
    const auto mac = gbcs::mac_key(answer->header, keys_of(kBroker).agreement, key);
    EXPECT_EQ(answer->mac, std::optional(gbcs::compute_mac(*mac, eui(), gbcs::write_signed_part(*answer))));
  }
}

TEST_P(OwnKeys, OnlyTheCertificateOfThePairThatWaitsIsTaken) {
  const auto use = KeyUse::DigitalSignature;
  const auto stranger = crypto::PrivateKey::generate().value().public_key();
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, stranger).der)), 4u) << "no pair waits";
  const auto first = issue(use);
  const auto second = issue(use);
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, stranger).der)), 4u);
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, first.key).der)), 4u) << "it gave way to the second";
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(KeyUse::KeyAgreement, second.key).der)), 4u) << "of another use";
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, second.key).der)), 0u);
  signing_ = second.key;
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, second.key).der)), 4u) << "it is in use already";
}

TEST_P(OwnKeys, ACertificateOfAnotherDeviceIssuerOrKindIsRefused) {
  const auto use = KeyUse::DigitalSignature;
  const auto request = issue(use);
  const auto other = pki::issue_device(smki_.issuing, {kGpf, use}, test_time(), request.key, smki_.random).value();
  EXPECT_EQ(number(ask(kUpdateCertificate, other.der)), 2u);
  const auto elsewhere =
      pki::issue_device(smki_.elsewhere, {eui(), use}, test_time(), request.key, smki_.random).value();
  EXPECT_EQ(number(ask(kUpdateCertificate, elsewhere.der)), 1u);
  EXPECT_EQ(number(ask(kUpdateCertificate, asn1::write(Node::integer(5)))), 1u);
  EXPECT_EQ(number(ask(kUpdateCertificate, certify(use, request.key).der)), 0u) << "the pair still waits";
}

TEST_P(OwnKeys, WhatCannotBeAskedForHasTheNumberOfItsUseCase) {
  const auto nonsense = asn1::write(Node::sequence({Node::of(0x03, Bytes{0x02, 0x04})}));
  EXPECT_EQ(number(ask(kIssue, nonsense)), 1u);
  EXPECT_EQ(number(ask(kProvide, nonsense)), 1u);
  device_->set_fault({"000A", 3});
  EXPECT_EQ(number(ask(kIssue, usage(KeyUse::KeyAgreement))), 3u);
  EXPECT_EQ(number(ask(kProvide, usage(KeyUse::KeyAgreement))), 99u) << "the certificate itself";
}

TEST(OwnKeysOfADevice, WithoutACertificateItHasNoneToShow) {
  Device device = make_device(kEsme, DeviceType::ESME);
  const auto outcome =
      device.take(command({kProvide, kSupplier, kEsme, 1000, usage(KeyUse::KeyAgreement)}), test_time());
  EXPECT_EQ(answer(outcome).content, asn1::write(Node::integer(2)));
}

}  // namespace
}  // namespace meterway::field::test
