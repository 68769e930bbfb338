#include "standard/pki/path.h"

#include <gtest/gtest.h>

#include "base/util/random.h"
#include "standard/pki/issue.h"

namespace meterway::pki {
namespace {

const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");

struct Chain {
  SeededRandom random{7};
  Validity validity = Validity::years(kNow - std::chrono::hours(48), 10);
  Authority root = issue_root("ROOT", validity, random).value();
  Authority issuing = issue_authority(root, "ISSUING", validity, random).value();
  Authority stranger = issue_root("ROOT", validity, random).value();
  crypto::PrivateKey key = crypto::PrivateKey::generate().value();
  Certificate leaf(const Authority& by, Validity dates) {
    return issue_organisation(by, {Eui64(0x51), PartyRole::Supplier, "", KeyUse::DigitalSignature}, dates,
                              key.public_key(), random)
        .value();
  }
};

TEST(Path, LeadsFromACertificateOverItsIssuerToTheRoot) {
  Chain chain;
  const std::vector<Certificate> issuers{chain.stranger.certificate, chain.issuing.certificate};
  EXPECT_TRUE(verify_path(chain.leaf(chain.issuing, chain.validity), issuers, chain.root.certificate, kNow));
  EXPECT_TRUE(verify_path(chain.issuing.certificate, {}, chain.root.certificate, kNow));
}

TEST(Path, WithoutTheIssuerOrToAnotherRootOfTheSameNameThereIsNone) {
  Chain chain;
  const auto leaf = chain.leaf(chain.issuing, chain.validity);
  const std::vector<Certificate> issuers{chain.issuing.certificate};
  EXPECT_EQ(verify_path(leaf, {}, chain.root.certificate, kNow).error().code, ErrorCode::UnknownKey);
  EXPECT_EQ(verify_path(leaf, issuers, chain.stranger.certificate, kNow).error().code, ErrorCode::UnknownKey);
}

TEST(Path, OutsideItsDatesItDoesNotHoldUnlessNobodyAsksForThem) {
  Chain chain;
  const auto old = chain.leaf(chain.issuing, {kNow - std::chrono::hours(24), kNow - std::chrono::hours(1)});
  const std::vector<Certificate> issuers{chain.issuing.certificate};
  EXPECT_EQ(verify_path(old, issuers, chain.root.certificate, kNow).error().code, ErrorCode::BadCertificate);
  EXPECT_TRUE(verify_path(old, issuers, chain.root.certificate, std::nullopt));
}

TEST(Path, WhoIsNoAuthorityIssuesNothing) {
  Chain chain;
  const auto party = chain.leaf(chain.issuing, chain.validity);
  Authority impostor{party, chain.key};
  const auto forged = chain.leaf(impostor, chain.validity);
  const std::vector<Certificate> issuers{chain.issuing.certificate, party};
  EXPECT_FALSE(verify_path(forged, issuers, chain.root.certificate, kNow));
}

}  // namespace
}  // namespace meterway::pki
