#include "flow/correlate/device_keys.h"

#include "flow/correlate/correlate.h"
#include "records/registry/certificates.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/protect.h"
#include "tests/support/flow_bench.h"

/// By which key a device is believed while it renews its own: messages in, what the store then has in use.
namespace meterway::flow::correlate {
namespace {

using pki::CertificateStatus;
using pki::KeyUse;
using tests::kBroker;
using tests::kHub;
using tests::kSupplier;

constexpr Eui64 kDevice{0x00DB1234567890A1};  // its certificates stand in the store alone, as on a platform
constexpr MessageCode kTake{0x000B}, kShow{0x000C}, kNetworkDetails{0x0008};

struct Pair {
  crypto::PrivateKey key;
  pki::Certificate certificate;
};

class DeviceKeys : public tests::FlowBench {
 protected:
  DeviceKeys() {
    old_signing = make(KeyUse::DigitalSignature);
    old_agreement = make(KeyUse::KeyAgreement);
    write([&](auto& view) -> Status {
      METERWAY_CHECK(registry::add_certificate(view, old_signing->certificate, KeyUse::DigitalSignature, ""));
      METERWAY_CHECK(registry::add_certificate(view, old_agreement->certificate, KeyUse::KeyAgreement, ""));
      return {};
    });
    for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
      auto own = record(kBroker, use);
      EXPECT_TRUE(directory->add(std::move(own)));
    }
    directory->set_source(registry::certificate_source(FlowBench::context().store));
    keys = pki::key_store_of(directory);
  }
  Context context() {
    const auto& c = FlowBench::context();
    return {c.store, *directory, *keys, c.signer, c.broker, c.clock, c.random, c.executor, c.network, c.settings};
  }

  std::optional<Pair> make(KeyUse use) {
    auto key = crypto::PrivateKey::generate().value();
    auto certificate = pki::issue_device(issuer, {kDevice, use}, clock.now(), key.public_key(), random).value();
    return Pair{std::move(key), std::move(certificate)};
  }
  /// 6.15.2 has been accepted.
  void expect(const Pair& pair, KeyUse use) {
    write([&](auto& view) { return registry::expect_certificate(view, pair.certificate, use); });
    directory->forget(kDevice);
  }
  CertificateStatus status(const Pair& pair) {
    return read<std::optional<registry::StoredCertificate>>(
               [&](const auto& view) { return registry::find_certificate(view, pair.certificate.serial); })
        ->status;
  }

  /// A critical command of the supplier is on its way.
  std::uint64_t sent(MessageCode code, Bytes content) {
    gbcs::Message command;
    command.header = {gbcs::Kind::Command, {++counter_}, kSupplier, kDevice, {}, code, {}, {}, {}, {}};
    command.content = std::move(content);
    registry::RequestRecord record;
    record.id = record.header = {kSupplier, kDevice, {counter_}};
    record.service_reference = record.service = "6.24.2";
    record.code = code;
    record.critical = true;
    record.progress = registry::Progress::Sent;
    record.message = gbcs::write_message(command);
    write([&](auto& view) { return registry::put_request(view, record); });
    return counter_;
  }
  /// Whether the device's answer is believed; what comes of it is stored.
  bool answered(MessageCode code, std::uint64_t counter, Bytes content, const crypto::PrivateKey& by) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Response, {counter}, kDevice, kSupplier, {}, code, {}, {}, {}, {}};
    message.content = std::move(content);
    EXPECT_TRUE(gbcs::sign(message, by));
    return taken(message);
  }
  bool taken(const gbcs::Message& message) {
    auto outcome = correlate({kHub, kDevice, gbcs::write_message(message), clock.now()}, context());
    if (!outcome) return false;
    if (outcome->change) write([&](auto& view) { return outcome->change(view); });
    if (outcome->keys_of) directory->forget(*outcome->keys_of);
    return true;
  }
  bool asked(const crypto::PrivateKey& by) { return answered(kShow, sent(kShow, {}), number(3), by); }
  static Bytes number(std::uint64_t value) { return gbcs::asn1::write(gbcs::asn1::Node::integer(value)); }

  pki::Authority issuer = pki::issue_root("ISSUING", pki::Validity::years(tests::bench_time(), 10), random).value();
  std::optional<Pair> old_signing, old_agreement;
  std::shared_ptr<pki::CertificateDirectory> directory = std::make_shared<pki::CertificateDirectory>();
  std::unique_ptr<pki::KeyStore> keys;

 private:
  std::uint64_t counter_ = 1000;
};

TEST_F(DeviceKeys, ANewSigningKeyIsBelievedFromItsFirstMessageAndTheOldOneUntilThen) {
  const auto fresh = make(KeyUse::DigitalSignature);
  EXPECT_FALSE(asked(fresh->key)) << "nobody has told the device to take it";
  expect(*fresh, KeyUse::DigitalSignature);
  EXPECT_TRUE(answered(kTake, sent(kTake, fresh->certificate.der), number(0), old_signing->key));
  EXPECT_TRUE(asked(old_signing->key)) << "may have been under way";
  EXPECT_EQ(status(*fresh), CertificateStatus::Pending);
  EXPECT_TRUE(asked(fresh->key));
  EXPECT_EQ(status(*fresh), CertificateStatus::InUse);
  EXPECT_EQ(status(*old_signing), CertificateStatus::NotInUse);
  EXPECT_FALSE(asked(old_signing->key));
  EXPECT_TRUE(asked(fresh->key));
}

TEST_F(DeviceKeys, NobodyIsLockedOutWhenTheAnswerIsLost) {
  const auto fresh = make(KeyUse::DigitalSignature);
  expect(*fresh, KeyUse::DigitalSignature);
  EXPECT_TRUE(asked(fresh->key));
  EXPECT_EQ(status(*fresh), CertificateStatus::InUse);
}

TEST_F(DeviceKeys, ARefusedCertificateIsExpectedNoLonger) {
  const auto fresh = make(KeyUse::DigitalSignature);
  expect(*fresh, KeyUse::DigitalSignature);
  EXPECT_TRUE(answered(kTake, sent(kTake, fresh->certificate.der), number(4), old_signing->key));
  EXPECT_EQ(status(*fresh), CertificateStatus::NotInUse);
  EXPECT_FALSE(asked(fresh->key));
  EXPECT_TRUE(asked(old_signing->key));
}

TEST_F(DeviceKeys, ANewAgreementKeyIsInUseWithTheAnswerThatItWasTaken) {
  const auto fresh = make(KeyUse::KeyAgreement);
  expect(*fresh, KeyUse::KeyAgreement);
  EXPECT_TRUE(answered(kTake, sent(kTake, fresh->certificate.der), number(0), old_signing->key));
  EXPECT_EQ(status(*fresh), CertificateStatus::InUse);
  EXPECT_TRUE(*context().keys.public_key(kDevice, KeyUse::KeyAgreement) == fresh->key.public_key());
}

TEST_F(DeviceKeys, TheCertificateThatADeviceShowsIsInUseWhenItWasExpected) {
  const auto fresh = make(KeyUse::KeyAgreement), other = make(KeyUse::KeyAgreement);
  expect(*fresh, KeyUse::KeyAgreement);
  EXPECT_TRUE(answered(kShow, sent(kShow, {}), other->certificate.der, old_signing->key));
  EXPECT_EQ(status(*old_agreement), CertificateStatus::InUse) << "nobody has let the other one in";
  EXPECT_TRUE(answered(kShow, sent(kShow, {}), fresh->certificate.der, old_signing->key));
  EXPECT_EQ(status(*fresh), CertificateStatus::InUse);
}

TEST_F(DeviceKeys, AMacForTheBrokerShowsTheNewAgreementKey) {
  const auto fresh = make(KeyUse::KeyAgreement);
  const auto report = [&](const crypto::PrivateKey& by) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Response, {77}, kDevice, kBroker, {}, kNetworkDetails, {}, {}, {}, {}};
    message.content = number(0);
    EXPECT_TRUE(gbcs::add_mac(message, by, record(kBroker, KeyUse::KeyAgreement).certificate.public_key));
    return message;
  };
  Shown shown;
  EXPECT_FALSE(mac_by_pending(report(fresh->key), context(), shown));
  expect(*fresh, KeyUse::KeyAgreement);
  EXPECT_FALSE(mac_by_pending(report(old_agreement->key), context(), shown));
  EXPECT_TRUE(shown.empty());
  EXPECT_TRUE(mac_by_pending(report(fresh->key), context(), shown));
  EXPECT_EQ(shown, Shown{fresh->certificate.serial});
}

}  // namespace
}  // namespace meterway::flow::correlate
