#include "flow/deliver/deliver.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <set>

#include "base/net/http.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::deliver {
namespace {

using std::chrono::milliseconds;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

template <class Predicate>
bool eventually(Predicate predicate) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!predicate()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

/// A User's push address that answers as the test says.
struct Receiver {
  std::atomic<int> status{204};
  std::atomic<int> posts{0};
  std::promise<void> opened;
  std::shared_future<void> gate = opened.get_future().share();
  bool slow = false;
  std::unique_ptr<net::HttpServer> server =
      *net::serve_http("127.0.0.1", 0, [this](const net::HttpRequest&) -> net::HttpResponse {
        ++posts;
        if (slow) gate.wait();
        return {status, {}, ""};
      });
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()) + "/"; }
};

class Deliver : public tests::FlowBench {
 protected:
  Deliver() { settings.delivery.pushers = 1; }

  void user(Eui64 eui, const std::string& url) {
    const registry::User user{eui, "user", {UserRole::IS}, registry::UserState::Live, url};
    write([&](auto& view) { return registry::put_user(view, user); });
  }
  Outcome outcome(Eui64 user = kSupplier) const {
    Outcome out;
    out.request.emplace();
    out.request->id = out.request->header = {user, kMeter, {1000}};
    out.request->service_reference = out.request->service = "7.4";
    out.request->send_at = clock.now();
    out.user = user;
    out.trace_key = out.request->id.text();
    out.response_code = "I99";
    out.body = duis::response_message("7.4", "7.4");
    return out;
  }
  std::optional<Due> stored(Outcome&& what) {
    auto due = store_outcome(std::move(what), context());
    EXPECT_TRUE(due) << describe(due.error());
    if (!due || due->empty()) return std::nullopt;
    return due->front();
  }
  std::unique_ptr<Postman> start() { return *Postman::start(context()); }
  long count(std::string_view hop, Eui64 user = kSupplier) {
    const auto hops = trace(RequestId{user, kMeter, {1000}}.text());
    return std::count(hops.begin(), hops.end(), hop);
  }
  std::size_t queued() {
    return read<std::vector<store::Row>>([](const auto& view) { return view.scan("delivery", "", "", 100); }).size();
  }
};

TEST(RetryDelay, DoublesUpToTheLongest) {
  DeliverySettings settings;
  SeededRandom random(1);
  for (unsigned failures = 1; failures <= 40; ++failures) {
    const auto full = std::min<std::int64_t>(2000ll << std::min(failures - 1, 20u), 300000);
    for (int i = 0; i < 50; ++i) {
      const auto delay = retry_delay(failures, settings, random).count();
      EXPECT_LE(delay, full) << failures;
      EXPECT_GE(delay, full / 2) << failures;
    }
  }
}

TEST(RetryDelay, ComesWithJitterSoThatUsersAreNotAllCalledAtOnce) {
  SeededRandom random(1);
  std::set<std::int64_t> delays;
  for (int i = 0; i < 50; ++i) delays.insert(retry_delay(3, DeliverySettings{}, random).count());
  EXPECT_GT(delays.size(), 25u);
}

TEST(RetryDelay, IsNeverNothingEvenWhenSetSo) {
  DeliverySettings settings;
  settings.first_retry = settings.longest_retry = milliseconds(0);
  SeededRandom random(1);
  EXPECT_EQ(retry_delay(5, settings, random), milliseconds(1));
}

TEST_F(Deliver, ANoContentEndsIt) {
  Receiver receiver;
  user(kSupplier, receiver.url());
  const auto due = stored(outcome());
  ASSERT_TRUE(due);
  clock.set(due->at);
  const auto postman = start();
  ASSERT_TRUE(eventually([&] { return count("deliver delivered") == 1; }));
  EXPECT_EQ(queued(), 0u);
  clock.advance(std::chrono::hours(1));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(receiver.posts, 1);
}

TEST_F(Deliver, TheUserIsNotToldBeforeTheAcknowledgementHasHadTime) {
  const auto due = stored(outcome());
  ASSERT_TRUE(due);
  EXPECT_EQ(due->at, clock.now() + settings.delivery.least_delay);
}

TEST_F(Deliver, AnyOtherAnswerIsAFailureAndIsTriedAgainInItsTime) {
  Receiver receiver;
  receiver.status = 200;
  user(kSupplier, receiver.url());
  clock.set(stored(outcome())->at);
  const auto postman = start();
  ASSERT_TRUE(eventually([&] { return count("deliver failed") == 1; }));
  EXPECT_EQ(queued(), 1u);
  clock.advance(settings.delivery.first_retry / 2 - milliseconds(1));  // jitter takes no more than half
  std::this_thread::sleep_for(milliseconds(150));
  EXPECT_EQ(receiver.posts, 1) << "too soon";
  receiver.status = 204;
  clock.advance(settings.delivery.first_retry);
  ASSERT_TRUE(eventually([&] { return count("deliver delivered") == 1; }));
  EXPECT_EQ(receiver.posts, 2);
}

TEST_F(Deliver, WhatIsQueuedSurvivesARestart) {
  user(kSupplier, "http://127.0.0.1:1/");
  clock.set(stored(outcome())->at);
  auto postman = start();
  ASSERT_TRUE(eventually([&] { return count("deliver failed") == 1; }));
  postman.reset();
  open();
  Receiver receiver;
  user(kSupplier, receiver.url());
  clock.advance(settings.delivery.first_retry);
  postman = start();
  EXPECT_TRUE(eventually([&] { return count("deliver delivered") == 1; }));
}

TEST_F(Deliver, AfterTheKeepingTimeItIsOnlyRecorded) {
  user(kSupplier, "http://127.0.0.1:1/");
  ASSERT_TRUE(stored(outcome()));
  clock.advance(settings.delivery.keep);
  const auto postman = start();
  ASSERT_TRUE(eventually([&] { return count("deliver given up") == 1; }));
  EXPECT_EQ(queued(), 0u);
}

TEST_F(Deliver, ASlowUserDoesNotHoldUpAnother) {
  settings.delivery.pushers = 2;
  Receiver slow, quick;
  slow.slow = true;
  user(kSupplier, slow.url());
  user(kOtherSupplier, quick.url());
  stored(outcome(kSupplier));
  clock.advance(milliseconds(1));
  clock.set(stored(outcome(kOtherSupplier))->at);
  const auto postman = start();
  EXPECT_TRUE(eventually([&] { return slow.posts == 1 && count("deliver delivered", kOtherSupplier) == 1; }));
  EXPECT_EQ(count("deliver delivered"), 0);
  slow.opened.set_value();
  EXPECT_TRUE(eventually([&] { return count("deliver delivered") == 1; }));
}

TEST_F(Deliver, ARequestHasOneOutcome) {
  ASSERT_TRUE(stored(outcome()));
  EXPECT_FALSE(stored(outcome()));
  EXPECT_EQ(queued(), 1u);
  const auto record = read<std::optional<registry::RequestRecord>>([](const auto& view) {
    return registry::find_request(view, {kSupplier, kMeter, {1000}}, registry::Leg::Request);
  });
  ASSERT_TRUE(record);
  EXPECT_EQ(record->progress, registry::Progress::Done);
  EXPECT_EQ(record->outcome, "I99");
}

TEST_F(Deliver, AnAlertIsToldOnce) {
  const auto alert = [&] {
    Outcome out;
    out.user = kSupplier;
    out.trace_key = out.alert_key = "alert:1";
    out.response_code = "I0";
    out.body = duis::device_alert_message({0x8F36}, Bytes{1});
    return out;
  };
  EXPECT_TRUE(stored(alert()));
  EXPECT_FALSE(stored(alert()));
}

}  // namespace
}  // namespace meterway::flow::deliver
