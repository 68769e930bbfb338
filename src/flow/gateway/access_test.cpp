#include "flow/gateway/access.h"

#include "tests/support/callers_bench.h"

namespace meterway::flow::gateway {
namespace {

using tests::kOtherSupplier;
using tests::kSupplier;

using Access = tests::CallersBench;

TEST_F(Access, KnowsTheOperatorAndEachUserByTheirTokens) {
  const auto operators = let_in(std::nullopt), users = let_in(kSupplier);
  EXPECT_EQ(operators.size(), 43u) << "32 bytes in base64url";
  EXPECT_TRUE(caller("Bearer " + operators).is_operator());
  EXPECT_TRUE(caller("bearer  " + users + " ").is_user(kSupplier));
  EXPECT_FALSE(caller("Bearer " + users).is_user(kOtherSupplier));
}

TEST_F(Access, IsNobodyWithoutATokenWithAWrongOneAndWithAnotherScheme) {
  const auto operators = let_in(std::nullopt);
  auto wrong = operators;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  for (const auto& text : {std::string(), std::string("Bearer"), std::string("Bearer "), "Bearer " + wrong,
                           "Basic " + operators, operators, "Bearer " + operators + operators}) {
    EXPECT_EQ(caller(text).kind, Caller::Kind::Nobody) << text;
  }
}

TEST_F(Access, KnowsAUserByTheCertificateOfItsConnectionUnlessItsTokenSaysOtherwise) {
  EXPECT_TRUE(caller("", certificate_of(kSupplier)).is_user(kSupplier));
  const auto users = let_in(kSupplier), operators = let_in(std::nullopt);
  EXPECT_TRUE(caller("Bearer " + users, certificate_of(kSupplier)).is_user(kSupplier));
  EXPECT_EQ(caller("Bearer " + users, certificate_of(kOtherSupplier)).kind, Caller::Kind::Nobody);
  EXPECT_EQ(caller("Bearer wrong", certificate_of(kSupplier)).kind, Caller::Kind::Nobody);
  EXPECT_TRUE(caller("Bearer " + operators, certificate_of(kSupplier)).is_operator());
}

TEST_F(Access, ForgetsARevokedTokenAndTheOperatorsEarlierOne) {
  const auto users = let_in(kSupplier);
  const auto id = made_.id;
  EXPECT_FALSE(
      context().store.write([&](store::WriteView& view) { return registry::revoke_token(view, kOtherSupplier, id); }));
  write([&](store::WriteView& view) { return registry::revoke_token(view, kSupplier, id); });
  EXPECT_EQ(caller("Bearer " + users).kind, Caller::Kind::Nobody);
  const auto first = let_in(std::nullopt), second = let_in(std::nullopt);
  EXPECT_EQ(caller("Bearer " + first).kind, Caller::Kind::Nobody);
  EXPECT_TRUE(caller("Bearer " + second).is_operator());
}

TEST_F(Access, KeepsTheDigestOfATokenAndNotTheToken) {
  const auto secret = let_in(kSupplier);
  const auto rows =
      read<std::vector<store::Row>>([](const auto& view) { return view.scan("access-token", "", "", 9); });
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ((rows[0].key + rows[0].value).find(secret), std::string::npos);
}

TEST_F(Access, RefusesAnotherOriginatorThanTheConnectionsUnlessTheSettingSaysOtherwise) {
  EXPECT_TRUE(check_connection(std::nullopt, kSupplier, context())) << "the plain port";
  EXPECT_TRUE(check_connection(kSupplier, kSupplier, context()));
  const auto refused = check_connection(kOtherSupplier, kSupplier, context());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, Refusal::NotTheCaller);
  settings.check_connection = false;
  EXPECT_TRUE(check_connection(kOtherSupplier, kSupplier, context()));
}

}  // namespace
}  // namespace meterway::flow::gateway
