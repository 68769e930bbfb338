#include "flow/tracing/edge.h"

#include "base/util/hex.h"
#include "flow/envelope/trace.h"
#include "records/registry/trace_reader.h"
#include "tests/support/callers_bench.h"

namespace meterway::flow::tracing {
namespace {

using gateway::Caller;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class TraceOf : public tests::CallersBench {
 protected:
  net::HttpResponse read_trace(const std::string& key, const Caller& as) { return show_trace(key, "", as, context()); }
};

TEST_F(TraceOf, ShowsATraceToItsOriginatorAndTheOperatorAndToOthersWhatTheyWouldSeeOfNone) {
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

TEST_F(TraceOf, TellsWhatTheMessagesOfATraceSayInTheFormAskedFor) {
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

TEST_F(TraceOf, ShowsTheTraceOfAnAlertToThoseItWasSentTo) {
  const std::string key = "alert:" + kMeter.plain() + ":7";
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(flow::trace(view, context(), key, {{"correlate", "alert", "", {}, {}}}));
    return registry::let_read_trace(view, key, kSupplier);
  });
  EXPECT_EQ(read_trace(key, {Caller::Kind::User, kSupplier}).status, 200);
  EXPECT_EQ(read_trace(key, {Caller::Kind::User, kOtherSupplier}).status, 404);
  EXPECT_EQ(read_trace(key, {Caller::Kind::Operator, {}}).status, 200);
}

}  // namespace
}  // namespace meterway::flow::tracing
