// A request is replayed on the emulator over HTTP: who may, what is told where nothing can be, and what is different.
#include "base/util/hex.h"
#include "flow/envelope/trace.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class ReplayRoute : public PortalBench {
 protected:
  ReplayRoute() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(
          registry::put_user(view, {kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
      METERWAY_CHECK(flow::trace(view, context(), key(1),
                                 {{"dispatch", "protected", "", message(gbcs::Kind::Command, 1), {}},
                                  {"correlate", "matched", "", message(gbcs::Kind::Response, 1), {}}}));
      METERWAY_CHECK(flow::trace(view, context(), key(2), {{"gateway", "refused", "no_device: x", {}, {}}}));
      return flow::trace(view, context(), RequestId{kOtherSupplier, kMeter, {3}}.text(),
                         {{"dispatch", "protected", "", message(gbcs::Kind::Command, 3), {}}});
    });
  }
  static std::string key(std::uint64_t counter) { return RequestId{kSupplier, kMeter, {counter}}.text(); }
  static Bytes message(gbcs::Kind kind, std::uint64_t counter, std::uint8_t last = 3) {
    gbcs::Message out;
    const bool command = kind == gbcs::Kind::Command;
    out.header = {kind, {counter}, command ? kSupplier : kMeter, command ? kMeter : kSupplier, {}, {0x0052}, {}, {},
                  {},   {}};
    out.content = {1, 2, last};
    out.mac.emplace().fill(9);
    return gbcs::write_message(out);
  }
  /// The homes answer this, and what they were asked stands in asked_.
  void homes_answer(Result<std::string> answer) {
    replay_ = [this, answer = std::move(answer)](ByteView command) {
      asked_ = Bytes(command.begin(), command.end());
      return answer;
    };
  }
  void homes_respond(ByteView response) {
    homes_answer(json{{"device", kMeter.plain()}, {"response", to_hex(response)}, {"alerts", json::array()}}.dump());
  }
  net::HttpResponse replay(const std::string& request, const std::string& as) {
    return ask("POST", "/api/v1/trace/" + request + "/replay", as);
  }

  Bytes asked_;
};

TEST_F(ReplayRoute, TellsTheAnswerOfTheCopyBesideTheOneThatWasGiven) {
  homes_respond(message(gbcs::Kind::Response, 1));
  const auto answer = replay(key(1), "user");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(asked_, message(gbcs::Kind::Command, 1)) << "the bytes that went to the device";
  const auto told = json::parse(answer.body);
  EXPECT_EQ(told.at("same"), true);
  EXPECT_EQ(told.at("original").at("bytes"), told.at("replayed").at("bytes"));
  homes_respond(message(gbcs::Kind::Response, 1, 4));
  const auto other = json::parse(replay(key(1), "party").body);
  EXPECT_EQ(other.at("same"), false);
  ASSERT_FALSE(other.at("differences").empty());
  EXPECT_NE(other.at("differences").at(0).at("original"), other.at("differences").at(0).at("replayed"));
}

TEST_F(ReplayRoute, IsForThoseWhoseRequestItIsAndOperations) {
  homes_respond(message(gbcs::Kind::Response, 1));
  for (const auto* as : {"user", "party", "operations", "operator"}) EXPECT_EQ(replay(key(1), as).status, 200) << as;
  for (const auto* as : {"desk", "secretary", "auditor"}) EXPECT_EQ(replay(key(1), as).status, 403) << as;
  EXPECT_EQ(replay(key(1), "public").status, 401);
  asked_.clear();
  for (const auto* as : {"user", "party"})
    EXPECT_EQ(replay(RequestId{kOtherSupplier, kMeter, {3}}.text(), as).status, 404) << as;
  EXPECT_TRUE(asked_.empty());
}

TEST_F(ReplayRoute, SaysWhyNothingCanBeReplayed) {
  EXPECT_EQ(replay(key(1), "user").status, 503) << "no emulated homes";
  homes_respond(message(gbcs::Kind::Response, 1));
  EXPECT_EQ(replay(key(2), "user").status, 409) << "nothing was sent";
  EXPECT_EQ(replay("alert:x:1", "user").status, 404);
  homes_answer(std::string("{\"error\":\"no device of this name\"}"));
  EXPECT_EQ(replay(key(1), "user").status, 409);
  homes_answer(std::string("nonsense"));
  EXPECT_EQ(replay(key(1), "user").status, 409);
  homes_answer(fail(ErrorCode::Timeout, 0, "answer of the estate"));
  EXPECT_EQ(replay(key(1), "user").status, 503);
}

TEST(ReplayDifferences, AreToldByPath) {
  const auto both = json::array(
      {json::parse(R"({"a":1,"b":{"c":[1,2]},"d":"x"})"), json::parse(R"({"a":1,"b":{"c":[1,3,4]},"e":null,"d":{}})")});
  std::vector<std::string> paths;
  for (const auto& one : differences(both[0], both[1])) paths.push_back(one.at("path"));
  EXPECT_EQ(paths, (std::vector<std::string>{"b.c[1]", "b.c[2]", "d"}));
  EXPECT_TRUE(differences(both[0], both[0]).empty());
}

}  // namespace
}  // namespace meterway::portal
