#include "flow/gateway/access.h"

#include "base/util/hex.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/http_edge.h"
#include "records/registry/access_token.h"
#include "records/registry/trace_reader.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::gateway {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class Access : public tests::FlowBench {
 protected:
  std::string let_in(std::optional<Eui64> user) {
    auto secret = registry::new_token(random);
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(made_, registry::put_token(view, secret, user, clock.now()));
      return {};
    });
    return secret;
  }
  Caller caller(const std::string& authorization, Bytes certificate = {}) {
    net::HttpRequest http{"GET", "/", "", {}, "", std::move(certificate)};
    if (!authorization.empty()) http.headers["authorization"] = authorization;
    const auto found = who_calls(http, context());
    EXPECT_TRUE(found);
    return found ? *found : Caller{};
  }
  Bytes certificate_of(Eui64 user) { return record(user, pki::KeyUse::DigitalSignature).certificate.der; }
  net::HttpResponse read_trace(const std::string& key, const Caller& as) { return show_trace(key, "", as, context()); }

  registry::AccessToken made_;
};

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

TEST_F(Access, ShowsATraceToItsOriginatorAndTheOperatorAndToOthersWhatTheyWouldSeeOfNone) {
  const std::string id = RequestId{kSupplier, kMeter, {1000}}.text();
  const std::string unknown = RequestId{kSupplier, kMeter, {1001}}.text();
  write([&](store::WriteView& view) {
    return flow::trace(view, context(), id, {{"gateway", "received", "", {}, {}}});
  });
  const Caller op{Caller::Kind::Operator, {}}, own{Caller::Kind::User, kSupplier},
      other{Caller::Kind::User, kOtherSupplier};
  EXPECT_EQ(read_trace(id, op).status, 200);
  EXPECT_EQ(read_trace(id, own).status, 200);
  for (const auto& as : {other, Caller{}}) {
    const auto hidden = read_trace(id, as), none = read_trace(unknown, as);
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(hidden.headers, none.headers);
    auto body = none.body;
    body.replace(body.find(unknown), unknown.size(), id);
    EXPECT_EQ(hidden.body, body);
  }
}

TEST_F(Access, TellsWhatTheMessagesOfATraceSayInTheFormAskedFor) {
  const auto response = from_hex(
      "df09020000000000001b5a0800db1234567890f00890b3d51f30aa00010002004f0cda20001b5a00000100010300403c1e3b"
      "c963bb689491fa6369671f81897fe2c866be146065c5e67367cc4406ad6e79ff8747a21347a9389231bdab77711c3d308232"
      "4ad4c4a2ec28f8a43f6cff");
  const std::string id = RequestId{kSupplier, kMeter, {1000}}.text(),
                    none = RequestId{kSupplier, kMeter, {1001}}.text();
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(flow::trace(view, context(), id, {{"correlate", "passed", "", *response, {}}}));
    return flow::trace(view, context(), none, {{"gateway", "received", "", {}, {}}});
  });
  const Caller own{Caller::Kind::User, kSupplier}, other{Caller::Kind::User, kOtherSupplier};
  const auto ask = [&](const std::string& what, const char* query, const Caller& as) {
    return show_trace(what, query, as, context());
  };
  EXPECT_EQ(ask(id, "", own).body.find("\"message\""), std::string::npos);
  EXPECT_NE(ask(id, "format=json", own).body.find("\"message\":{"), std::string::npos);
  EXPECT_NE(ask(id, "format=text", own).body.find("kind: response"), std::string::npos);
  const auto mapped = ask(id + "/answer", "format=mmc", own);
  EXPECT_EQ(mapped.status, 200);
  EXPECT_EQ(mapped.headers.at("content-type"), "application/xml");
  EXPECT_NE(mapped.body.find("GBCSResponse"), std::string::npos);
  EXPECT_EQ(ask(id + "/answer", "", own).headers.at("content-type"), "application/json");
  EXPECT_EQ(ask(id + "/answer", "format=mmc", other).status, 404) << "another User's";
  EXPECT_EQ(ask(none + "/answer", "format=mmc", own).status, 404) << "no answer yet";
  EXPECT_EQ(ask(id, "format=pdf", own).status, 400);
  EXPECT_EQ(ask(id, "form", own).status, 400);
}

TEST_F(Access, ShowsTheTraceOfAnAlertToThoseItWasSentTo) {
  const std::string key = "alert:" + kMeter.plain() + ":7";
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(flow::trace(view, context(), key, {{"correlate", "alert", "", {}, {}}}));
    return registry::let_read_trace(view, key, kSupplier);
  });
  EXPECT_EQ(read_trace(key, {Caller::Kind::User, kSupplier}).status, 200);
  EXPECT_EQ(read_trace(key, {Caller::Kind::User, kOtherSupplier}).status, 404);
  EXPECT_EQ(read_trace(key, {Caller::Kind::Operator, {}}).status, 200);
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
