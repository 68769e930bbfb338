#include "flow/live/alert_list.h"

#include <nlohmann/json.hpp>
#include <set>

#include "flow/alert/throttle.h"
#include "flow/deliver/deliver.h"
#include "flow/envelope/trace.h"
#include "flow/live/alert_edge.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::live {
namespace {

using gateway::Caller;
using nlohmann::json;
using std::chrono::minutes;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;
const Caller kAll{Caller::Kind::Operator, {}, {}};

/// Alerts as the road leaves them: the step that reads them, the throttle, the queue.
class AlertInbox : public tests::FlowBench {
 protected:
  AlertInbox() {
    settings.throttle.alerts = 3;
    settings.throttle.window = minutes(10);
    open();
    throttle_ = *alert::Throttle::start(context(), [this](Outcome&& outcome) { return keep(std::move(outcome)); });
  }
  bool keep(Outcome&& outcome) { return deliver::store_outcome(std::move(outcome), context()).has_value(); }

  std::string come(std::uint16_t code, Eui64 user = kSupplier, Eui64 device = kMeter) {
    clock.advance(std::chrono::seconds(1));
    const MessageCode code_text{code};
    Outcome out;
    out.user = user;
    out.delivery_class = DeliveryClass::Alert;
    out.response_id = RequestId{device, user, {++counter_}};
    out.response_code = "I0";
    out.trace_key = out.alert_key = "alert:" + device.plain() + ":" + std::to_string(counter_);
    out.body = duis::device_alert_message(code_text, Bytes{1, 2, 3});
    out.hops.push_back({"correlate",
                        "alert",
                        "alert " + code_text.hex() + " of " + device.dashed_upper() + ", MAC",
                        {1, 2, 3},
                        clock.now()});
    const auto key = out.trace_key;
    EXPECT_TRUE(throttle_->apply(out));
    EXPECT_TRUE(keep(std::move(out)));
    return key;
  }
  json ask(const std::string& query = "", const Caller& as = kAll) {
    const auto answer = show_alerts({"GET", "/api/v1/alerts", query, {}, "", {}}, as, context());
    EXPECT_EQ(answer.status, 200) << query << answer.body;
    return json::parse(answer.body);
  }
  json storms(const Caller& as = kAll) {
    const auto answer = show_storms({"GET", "/api/v1/alerts/storms", "", {}, "", {}}, as, context());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("storms");
  }
  /// Lets time pass, and what falls due in it happen at its moment.
  void wait(minutes how_long) {
    const auto end = clock.now() + how_long;
    for (executor.run(); executor.next() && *executor.next() <= end; executor.run())
      clock.set(std::max(clock.now(), *executor.next()));
    clock.set(end);
  }
  void happens(const std::string& key, const std::vector<Hop>& hops) {
    write([&](store::WriteView& view) { return flow::trace(view, context(), key, hops); });
  }

 private:
  std::shared_ptr<alert::Throttle> throttle_;
  std::uint64_t counter_ = 0;
};

TEST_F(AlertInbox, SaysWhatEachMeansWhoWasToldAndWhatBecameOfIt) {
  const auto first = come(0x8F3E), second = come(0x8F36, kOtherSupplier);
  happens(first, {{"deliver", "pushed", "to http://x", {}, {}}, {"deliver", "delivered", "taken with 204", {}, {}}});
  happens(RequestId{kSupplier, kMeter, {1}}.text(), {{"gateway", "received", "", {}, {}}});
  const auto list = ask().at("alerts");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].at("key"), second) << "the latest first";
  EXPECT_EQ(list[0].at("state"), "queued");
  EXPECT_EQ(list[1].at("code"), "8F3E");
  EXPECT_EQ(list[1].at("meaning"), meaning_of_alert("8F3E"));
  EXPECT_FALSE(list[1].at("meaning").is_null());
  EXPECT_EQ(list[1].at("device"), kMeter.plain());
  EXPECT_EQ(list[1].at("by"), "device");
  EXPECT_EQ(list[1].at("state"), "delivered");
  EXPECT_EQ(list[1].at("told")[0].at("user"), kSupplier.plain());
  EXPECT_EQ(list[1].at("told")[0].at("class"), "alert");
}

TEST_F(AlertInbox, FiltersByCodeDeviceUserAndTime) {
  const Eui64 other(kMeter.value() + 0x100);
  come(0x8F3E);
  come(0x8F36, kOtherSupplier, other);
  const auto count = [&](const std::string& query) { return ask(query).at("alerts").size(); };
  EXPECT_EQ(count("code=8f3e"), 1u);
  EXPECT_EQ(count("code=8F36"), 1u);
  EXPECT_EQ(count("code=8F3"), 0u) << "a code is whole";
  EXPECT_EQ(count("device=" + other.plain()), 1u);
  EXPECT_EQ(count("user=" + kOtherSupplier.plain()), 1u);
  EXPECT_EQ(count("to=2026-06-01T00:00:02Z"), 1u);
  EXPECT_EQ(count("from=2026-06-01T00:00:02Z"), 1u);
  for (const auto* wrong : {"code=8F3E&code=1", "device=x", "limit=501", "tea=1", "format=pdf", "after=x"})
    EXPECT_EQ(show_alerts({"GET", "/api/v1/alerts", wrong, {}, "", {}}, kAll, context()).status, 400) << wrong;
}

TEST_F(AlertInbox, AStormIsShownAsHeldWithWhyAndInTheListOfStorms) {
  for (int i = 0; i < 8; ++i) come(0x8F3E);
  const auto list = ask().at("alerts");
  ASSERT_EQ(list.size(), 8u) << "each is in the log";
  EXPECT_EQ(list[0].at("state"), "held");
  EXPECT_NE(list[0].at("held").get<std::string>().find("more than 3"), std::string::npos);
  EXPECT_EQ(list[7].at("state"), "queued");
  const auto now = storms();
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(now[0].at("held"), 5);
  EXPECT_EQ(now[0].at("code"), MessageCode{0x8F3E}.hex());
  EXPECT_EQ(now[0].at("users")[0], kSupplier.plain());
  EXPECT_NE(now[0].at("why").get<std::string>().find("more than 3 of this code"), std::string::npos);
  EXPECT_EQ(storms({Caller::Kind::User, kSupplier, {}}).size(), 1u);
  EXPECT_EQ(storms({Caller::Kind::User, kOtherSupplier, {}}).size(), 0u);
  wait(minutes(11));
  const auto going_on = storms();
  ASSERT_EQ(going_on.size(), 1u) << "the window held more than it would have told";
  EXPECT_EQ(going_on[0].at("held"), 0);
  wait(minutes(11));
  const auto after = ask().at("alerts");
  EXPECT_EQ(after[0].at("state"), "queued") << "the last one goes out for all";
  EXPECT_NE(after[0].at("held").get<std::string>().find("5 held"), std::string::npos);
  EXPECT_EQ(storms().size(), 0u);
}

TEST_F(AlertInbox, PagesHaveNeitherGapNorRepeatAndAUserSeesItsOwn) {
  std::size_t own = 0;
  for (int i = 0; i < 60; ++i) {
    const bool his = i % 3 == 0;
    come(static_cast<std::uint16_t>(0x8F00 + i), his ? kSupplier : kOtherSupplier);
    own += his ? 1 : 0;
    for (int n = 0; n < 20; ++n)
      happens(RequestId{kSupplier, kMeter, {static_cast<std::uint64_t>(i * 20 + n + 1)}}.text(),
              {{"gateway", "received", "", {}, {}}});
  }
  for (const auto& [caller, expected] : {std::pair{kAll, std::size_t{60}},
                                         {Caller{Caller::Kind::User, kSupplier, {}}, own},
                                         {Caller{Caller::Kind::Party, {}, "eva", {kOtherSupplier}}, 60 - own},
                                         {Caller{Caller::Kind::Party, {}, "no one", {}}, std::size_t{0}}}) {
    std::set<std::string> keys;
    std::size_t lines = 0;
    std::string after;
    for (bool more = true; more;) {
      const auto page = ask("limit=7" + after, caller);
      for (const auto& one : page.at("alerts")) {
        keys.insert(one.at("key"));
        ++lines;
      }
      more = page.at("more");
      if (more) after = "&after=" + page.at("next").dump();
    }
    EXPECT_EQ(keys.size(), expected);
    EXPECT_EQ(lines, expected);
  }
  EXPECT_EQ(show_alerts({"GET", "/api/v1/alerts", "", {}, "", {}}, {}, context()).status, 404);
}

}  // namespace
}  // namespace meterway::flow::live
