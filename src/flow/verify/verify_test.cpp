#include "flow/verify/verify.h"

#include "standard/duis/signature.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::verify {
namespace {

using pki::KeyUse;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

constexpr std::string_view kBody = "<sr:ReadSupplyStatus/>";

class Verify : public tests::FlowBench {
 protected:
  static std::string request(std::string_view body = kBody) {
    return "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\">"
           "<sr:Header><sr:RequestID>" +
           RequestId{kSupplier, kMeter, {1000}}.text() +
           "</sr:RequestID><sr:CommandVariant>1</sr:CommandVariant><sr:ServiceReference>7.4</sr:ServiceReference>"
           "<sr:ServiceReferenceVariant>7.4</sr:ServiceReferenceVariant></sr:Header><sr:Body>" +
           std::string(body) + "</sr:Body></sr:Request>";
  }
  static std::string signed_as(const pki::CertificateRecord& signer, const crypto::PrivateKey& key,
                               const std::string& document = request()) {
    return *duis::sign_document(document, key, {signer.certificate.issuer, signer.certificate.serial.decimal()});
  }
  static std::string signed_by(Eui64 user, KeyUse use = KeyUse::XmlSigning) {
    return signed_as(record(user, use), secret(user, use));
  }
  Step<VerifiedRequest> take(std::string document) {
    return verify({duis::WebService::Send, std::move(document), clock.now(), {}}, context());
  }
  Refused refused(std::string document) {
    auto taken = take(std::move(document));
    EXPECT_FALSE(taken);
    return taken ? Refused{} : taken.error();
  }
  /// As if a request of this digest had been answered under the same RequestID.
  void answered(const std::string& digest) {
    registry::RequestRecord earlier;
    earlier.id = earlier.header = {kSupplier, kMeter, {1000}};
    earlier.digest = digest;
    earlier.answer = "<answered/>";
    write([&](auto& view) -> Status {
      METERWAY_CHECK(registry::advance_counter(view, earlier.id, registry::CounterKind::Ordinary));
      return registry::put_request(view, earlier);
    });
  }
};

TEST_F(Verify, TheOriginatorsSignaturePasses) {
  for (const auto use : {KeyUse::XmlSigning, KeyUse::DigitalSignature}) {  // some Users sign with the latter
    const auto out = take(signed_by(kSupplier, use));
    ASSERT_TRUE(out) << out.error().detail;
    EXPECT_EQ(out->request.id.originator, kSupplier);
    EXPECT_FALSE(out->digest.empty());
    EXPECT_FALSE(out->answered);
    EXPECT_FALSE(out->reused);
  }
}

TEST_F(Verify, AnotherUsersCertificateIsRefusedHoweverRightTheSignature) {
  const auto why = refused(signed_by(kOtherSupplier));
  EXPECT_EQ(why.why, Refusal::BadSignature);
  EXPECT_EQ(why.detail, "the certificate is not of " + kSupplier.dashed_upper());
}

TEST_F(Verify, AnotherKeyUnderTheOriginatorsCertificateIsRefused) {
  const auto why =
      refused(signed_as(record(kSupplier, KeyUse::XmlSigning), secret(kOtherSupplier, KeyUse::XmlSigning)));
  EXPECT_EQ(why.why, Refusal::BadSignature);
}

TEST_F(Verify, ACertificateForKeyAgreementSignsNothing) {
  const auto why = refused(signed_by(kSupplier, KeyUse::KeyAgreement));
  EXPECT_EQ(why.why, Refusal::BadSignature);
  EXPECT_EQ(why.detail, "the certificate is not for signing");
}

TEST_F(Verify, WhatWasChangedAfterSigningIsRefused) {
  auto document = signed_by(kSupplier);
  const auto at = document.find(":1000<");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(refused(document.replace(at, 5, ":1001")).why, Refusal::BadSignature);
}

TEST_F(Verify, AnUnsignedDocumentIsRefused) { EXPECT_EQ(refused(request()).why, Refusal::BadSignature); }

TEST_F(Verify, DatesAreJudgedOnlyWhenTheOperatorWishes) {
  clock.advance(std::chrono::hours(24 * 365 * 100));
  EXPECT_TRUE(take(signed_by(kSupplier)));
  settings.check_dates = true;
  EXPECT_EQ(refused(signed_by(kSupplier)).detail, "the certificate is not valid today");
}

TEST_F(Verify, TextThatIsNoXmlAndXmlThatIsNoRequestAreToldApart) {
  EXPECT_EQ(refused("<a>").why, Refusal::NotXml);
  EXPECT_EQ(refused(request("<sr:NoSuchService/>")).why, Refusal::NotSchema);
}

TEST_F(Verify, TheSameRequestAgainBringsTheAnswerItWasGiven) {
  const auto first = take(signed_by(kSupplier));
  ASSERT_TRUE(first);
  answered(first->digest);
  const auto again = take(signed_by(kSupplier));  // the signature is another, what it signs the same
  ASSERT_TRUE(again);
  EXPECT_EQ(again->answered, "<answered/>");
  EXPECT_FALSE(again->reused);
}

TEST_F(Verify, TheSameRequestIdWithOtherContentIsNotedAsReused) {
  answered("another digest");
  const auto out = take(signed_by(kSupplier));
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->answered);
  EXPECT_TRUE(out->reused);
}

}  // namespace
}  // namespace meterway::flow::verify
