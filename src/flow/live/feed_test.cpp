#include "flow/live/feed.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "flow/envelope/trace.h"
#include "flow/live/feed_edge.h"
#include "records/registry/device.h"
#include "records/registry/trace_reader.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::live {
namespace {

using gateway::Caller;
using nlohmann::json;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

const Caller kOperator{Caller::Kind::Operator, {}, {}};

std::string request_of(Eui64 user, std::uint64_t counter, Eui64 device = kMeter) {
  return RequestId{user, device, {counter}}.text();
}

class LiveFeed : public tests::FlowBench {
 protected:
  void happens(const std::string& key, const std::vector<Hop>& hops) {
    write([&](store::WriteView& view) { return flow::trace(view, context(), key, hops); });
  }
  /// A request that is received, refused or delivered.
  void road(const std::string& key, bool refused = false) {
    if (refused) return happens(key, {{"gateway", "refused", "not_schema: Body", {}, {}}});
    happens(key, {{"gateway", "received", "1 byte", {}, {}}, {"verify", "passed", "schema", {}, {}}});
    happens(key, {{"deliver", "delivered", "taken with 204", {1, 2, 3}, {}}});
  }
  json ask(const std::string& query, const Caller& as = kOperator) {
    const auto answer = show_events({"GET", "/api/v1/events", query, {}, "", {}}, as, context());
    EXPECT_EQ(answer.status, 200) << query << ": " << answer.body;
    return json::parse(answer.body);
  }
  int status(const std::string& query, const Caller& as = kOperator) {
    return show_events({"GET", "/api/v1/events", query, {}, "", {}}, as, context()).status;
  }
  /// The sequences of all pages, in the order in which they come.
  std::vector<std::uint64_t> walk(const std::string& query, const Caller& as = kOperator) {
    std::vector<std::uint64_t> out;
    std::string after;
    for (bool more = true; more;) {
      const auto page = ask(query + after, as);
      for (const auto& one : page.at("events")) out.push_back(one.at("sequence"));
      after = "&after=" + page.at("next").dump();
      more = page.at("more");
    }
    return out;
  }
};

TEST_F(LiveFeed, GivesEveryEventOnceOldestFirstAndNewestFirst) {
  for (std::uint64_t i = 1; i <= 200; ++i) road(request_of(kSupplier, i));
  auto forth = walk("limit=7");
  ASSERT_EQ(forth.size(), 600u);
  for (std::size_t i = 0; i < forth.size(); ++i) EXPECT_EQ(forth[i], i + 1);
  auto back = walk("limit=7&order=newest");
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(back, forth);
}

TEST_F(LiveFeed, GoesOnWithTheSameCursorWhenMoreHasHappened) {
  road(request_of(kSupplier, 1));
  auto first = ask("after=0");
  EXPECT_EQ(first.at("shown"), 3);
  EXPECT_FALSE(first.at("more"));
  const auto cursor = "after=" + first.at("next").dump();
  EXPECT_EQ(ask(cursor).at("shown"), 0);
  road(request_of(kSupplier, 2));
  const auto then = ask(cursor);
  ASSERT_EQ(then.at("shown"), 3);
  EXPECT_EQ(then.at("events")[0].at("sequence"), 4);
  EXPECT_EQ(then.at("newest"), 6);
}

TEST_F(LiveFeed, FiltersOnWhatTheEventTheKeyAndTheInventorySay) {
  write([&](store::WriteView& view) -> Status {
    registry::Device hub;
    hub.eui = kHub;
    hub.type = DeviceType::CHF;
    hub.hub = kHub;
    hub.details["CSPRegion"] = "North";
    METERWAY_CHECK(registry::put_device(view, hub));
    registry::Device meter;
    meter.eui = kMeter;
    meter.type = DeviceType::ESME;
    meter.hub = kHub;
    return registry::put_device(view, meter);
  });
  const Eui64 elsewhere(0x00DB1234567899A0);
  road(request_of(kSupplier, 1));
  road(request_of(kOtherSupplier, 2), true);
  road(request_of(kSupplier, 3, elsewhere));
  const auto shown = [&](const std::string& query) { return ask(query).at("shown").get<int>(); };
  EXPECT_EQ(shown(""), 7);
  EXPECT_EQ(shown("user=" + kSupplier.plain()), 6);
  EXPECT_EQ(shown("user=" + kSupplier.dashed_upper()), 6);
  EXPECT_EQ(shown("device=" + kMeter.plain()), 4);
  EXPECT_EQ(shown("hub=" + kHub.plain()), 4);
  EXPECT_EQ(shown("region=North"), 4);
  EXPECT_EQ(shown("region=unknown"), 3);
  EXPECT_EQ(shown("region=North,unknown"), 7);
  EXPECT_EQ(shown("area=XSD"), 1);
  EXPECT_EQ(shown("area=XSD,DELIVERY"), 3);
  EXPECT_EQ(shown("tone=refused"), 1);
  EXPECT_EQ(shown("outcome=delivered&user=" + kSupplier.plain()), 2);
  EXPECT_EQ(shown("q=NOT_Schema"), 1);
  EXPECT_EQ(shown("q=" + kOtherSupplier.dashed_upper()), 1);
  EXPECT_EQ(shown("service=4.1.1"), 0);
  const auto line = ask("area=DELIVERY").at("events")[0];
  EXPECT_EQ(line.at("hub"), kHub.plain());
  EXPECT_EQ(line.at("region"), "North");
  EXPECT_EQ(line.at("bytes"), 3) << "how long the message is, and not the message";
}

TEST_F(LiveFeed, FindsASpanOfTimeInALongLogAndNothingElse) {
  for (std::uint64_t i = 0; i < 3000; ++i) {
    clock.set(tests::bench_time() + std::chrono::minutes(i));
    happens(request_of(kSupplier, i + 1), {{"gateway", "received", "", {}, {}}});
  }
  const auto found = walk("from=2026-06-02T00:00:00Z&to=2026-06-02T01:00:00Z");
  ASSERT_EQ(found.size(), 60u);
  EXPECT_EQ(found.front(), 24u * 60 + 1);
  auto back = walk("order=newest&limit=9&from=2026-06-02T00:00:00Z&to=2026-06-02T01:00:00Z");
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(back, found);
  const auto some = ask("from=2026-06-02T00:00:00Z&to=2026-06-02T01:00:00Z&limit=500");
  EXPECT_LT(some.at("looked_at"), 2500) << "not the whole log";
}

TEST_F(LiveFeed, SaysWhatASampleLeavesOutAndCountsItRight) {
  for (std::uint64_t i = 1; i <= 1000; ++i) road(request_of(kSupplier, i));
  for (const int limit : {1, 2, 7, 100, 499}) {
    const auto feed = ask("sample=yes&limit=" + std::to_string(limit));
    const auto one_in = feed.at("one_in").get<std::size_t>();
    EXPECT_EQ(feed.at("looked_at"), 3000);
    EXPECT_EQ(feed.at("fitted"), 3000);
    EXPECT_GT(one_in, 1u);
    EXPECT_LE(feed.at("shown"), limit);
    EXPECT_EQ(feed.at("shown"), (3000 + one_in - 1) / one_in) << "1 in " << one_in;
    EXPECT_EQ(feed.at("events").size(), feed.at("shown"));
    EXPECT_EQ(feed.at("next"), 3000);
    EXPECT_FALSE(feed.at("more"));
  }
  const auto all = ask("sample=yes&limit=500&outcome=delivered&from=2026-06-01T00:00:00Z&user=" + kSupplier.plain() +
                       "&device=" + kMeter.plain() + "&q=:5");
  EXPECT_EQ(all.at("one_in"), 1) << "what fits is shown whole";
  EXPECT_EQ(all.at("shown"), all.at("fitted"));
}

TEST_F(LiveFeed, GroupsByRequestWithTheLastStepOfEach) {
  for (std::uint64_t i = 1; i <= 50; ++i) road(request_of(kSupplier, i), i % 5 == 0);
  const auto live = ask("grouped=request&limit=500");
  EXPECT_EQ(live.at("shown"), 50);
  EXPECT_EQ(live.at("requests"), 50);
  EXPECT_EQ(live.at("fitted"), 130);
  EXPECT_EQ(live.at("events")[0].at("outcome"), "delivered");
  EXPECT_EQ(live.at("events")[0].at("events"), 3);
  EXPECT_EQ(live.at("events")[4].at("outcome"), "refused");
  std::set<std::string> keys;
  std::string after;
  std::size_t lines = 0;
  for (bool more = true; more;) {
    const auto page = ask("grouped=request&order=newest&limit=7" + after);
    for (const auto& one : page.at("events")) {
      keys.insert(one.at("key"));
      EXPECT_NE(one.at("outcome"), "received");
      ++lines;
    }
    after = "&after=" + page.at("next").dump();
    more = page.at("more");
  }
  EXPECT_EQ(keys.size(), 50u);
  EXPECT_EQ(lines, 50u) << "a line a request over all pages";
  const auto thinned = ask("grouped=request&sample=yes&limit=20");
  EXPECT_EQ(thinned.at("requests"), 50);
  EXPECT_EQ(thinned.at("one_in"), 4);
  EXPECT_EQ(thinned.at("shown"), 13);
}

TEST_F(LiveFeed, ShowsAUserItsOwnRequestsAndTheAlertsItWasSentAndCountsNoOthers) {
  const auto alert = "alert:" + kMeter.plain() + ":7", another = "alert:" + kMeter.plain() + ":8";
  road(request_of(kSupplier, 1));
  road(request_of(kOtherSupplier, 1));
  happens(alert, {{"correlate", "alert", "8F3E", {}, {}}});
  happens(another, {{"correlate", "alert", "8F3E", {}, {}}});
  happens("user:" + kSupplier.plain(), {{"admin", "added", "", {}, {}}});
  write([&](store::WriteView& view) { return registry::let_read_trace(view, alert, kSupplier); });
  const Caller user{Caller::Kind::User, kSupplier, {}};
  const auto feed = ask("", user);
  EXPECT_EQ(feed.at("shown"), 4);
  EXPECT_EQ(feed.at("looked_at"), 4);
  for (const auto& one : feed.at("events")) {
    const auto key = one.at("key").get<std::string>();
    EXPECT_TRUE(key == alert || key == request_of(kSupplier, 1)) << key;
  }
  EXPECT_EQ(ask("user=" + kOtherSupplier.plain(), user).at("shown"), 0);
  EXPECT_EQ(ask("order=newest", user).at("shown"), 4);
  EXPECT_EQ(ask("user=" + kSupplier.plain()).at("shown"), 5) << "an alert is whose it was sent to";
  EXPECT_EQ(status("", Caller{}), 404);
}

TEST_F(LiveFeed, RefusesWhatItCannotReadAndSaysWhich) {
  for (const auto* query : {"user=me",
                            "device=1",
                            "hub=x",
                            "limit=0",
                            "limit=501",
                            "limit=ten",
                            "after=-1",
                            "after=x",
                            "from=yesterday",
                            "to=1",
                            "order=best",
                            "grouped=day",
                            "sample=maybe",
                            "format=xml",
                            "area=xsd",
                            "tone=loud",
                            "tea=1",
                            "limit=1&limit=2",
                            "sample=yes&order=newest",
                            "after=99999999999999999999"})
    EXPECT_EQ(status(query), 400) << query;
  for (const auto* query : {"", "&", "after=0", "after=9999999", "q=%00", "q=%ff", "region=", "limit=500&format=json"})
    EXPECT_EQ(status(query), 200) << query;
}

TEST_F(LiveFeed, AsCsvHasALineAnEventAndGuardsAgainstFormulas) {
  happens(request_of(kSupplier, 1), {{"gateway", "received", "=1+1,\"x\"", {}, {}}});
  const auto answer = show_events({"GET", "/api/v1/events", "format=csv", {}, "", {}}, kOperator, context());
  EXPECT_EQ(answer.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_NE(answer.body.find("\"'=1+1,\"\"x\"\"\""), std::string::npos) << answer.body;
  EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 2);
}

TEST_F(LiveFeed, ForgetsNothingOverWhatRetentionHasTakenAway) {
  for (std::uint64_t i = 1; i <= 400; ++i) road(request_of(kSupplier, i));
  write([&](store::WriteView& view) -> Status {
    const auto keep = [](std::string_view key) -> Result<bool> { return key.ends_with(":7"); };
    METERWAY_TRY(const auto next, store::remove_events(view, 1, clock.now() + std::chrono::hours(1), 300, keep));
    static_cast<void>(next);
    return {};
  });
  const auto forth = walk("limit=50");
  auto back = walk("limit=50&order=newest");
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(forth, back);
  EXPECT_LT(forth.size(), 1200u);
  EXPECT_TRUE(ask("").contains("removed"));
  EXPECT_EQ(ask("to=2026-05-01T00:00:00Z").at("shown"), 0);
}

TEST_F(LiveFeed, ACursorHasNeitherGapNorRepeatWhileWritersWrite) {
  constexpr std::uint64_t kWriters = 4, kEach = 150;
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const auto key = request_of(Eui64(kSupplier.value() + writer), i + 1);
        const auto done = context().store.write([&](store::WriteView& view) {
          return flow::trace(view, context(), key,
                             {{"gateway", "received", "", {}, {}}, {"verify", "passed", "", {}, {}}});
        });
        EXPECT_TRUE(done);
      }
    });
  }
  std::vector<std::uint64_t> seen;
  std::uint64_t next = 0, sampled = 0, cursor = 0;
  while (seen.size() < kWriters * kEach * 2) {
    const auto page = ask("limit=11&after=" + std::to_string(next));
    for (const auto& one : page.at("events")) seen.push_back(one.at("sequence"));
    next = page.at("next");
    const auto thin = ask("limit=11&sample=yes&after=" + std::to_string(cursor));
    sampled += thin.at("fitted").get<std::uint64_t>();
    cursor = thin.at("next");
  }
  for (auto& writer : writers) writer.join();
  sampled += ask("limit=11&sample=yes&after=" + std::to_string(cursor)).at("fitted").get<std::uint64_t>();
  for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], i + 1);
  EXPECT_EQ(sampled, seen.size()) << "what a sample counts is all there is";
}

}  // namespace
}  // namespace meterway::flow::live
