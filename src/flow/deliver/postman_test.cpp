#include "flow/deliver/postman.h"

#include <algorithm>
#include <set>

#include "base/util/gzip.h"
#include "tests/support/fake_network.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::deliver {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::kOtherSupplier;
using tests::kSupplier;

/// A store whose disk fails when the test says so.
class FailingStore final : public store::Store {
 public:
  explicit FailingStore(store::Store& inner) : inner_(inner) {}
  Status read(const std::function<Status(const store::ReadView&)>& work) const override { return inner_.read(work); }
  Status write(const std::function<Status(store::WriteView&)>& work) override {
    if (fails) return fail(ErrorCode::Full, 0, "disk");
    ++writes;
    return inner_.write(work);
  }
  Status backup(const std::string& path) const override { return inner_.backup(path); }
  bool fails = false;
  unsigned writes = 0;

 private:
  store::Store& inner_;
};

/// A Postman on a clock, an executor and a network that stand still until the test moves them.
class PostmanTest : public tests::FlowBench {
 protected:
  PostmanTest() {
    settings.delivery.gather = milliseconds(0);
    settings.delivery.pushers = 4;
  }
  ~PostmanTest() override { postman.reset(); }

  void user(Eui64 eui, std::uint32_t rate = 0, bool gzip = true) {
    const registry::User user{eui,  "user", {UserRole::IS}, registry::UserState::Live, "http://" + eui.plain() + "/",
                              gzip, rate};
    write([&](auto& view) { return registry::put_user(view, user); });
  }
  Place put(Eui64 eui, DeliveryClass one = DeliveryClass::OnDemand, std::string document = "<Response/>") {
    return put_many(eui, 1, one, std::move(document)).front();
  }
  /// Queued in one transaction, so that thousands take no time.
  std::vector<Place> put_many(Eui64 eui, std::size_t count, DeliveryClass one = DeliveryClass::OnDemand,
                              std::string document = "<Response/>") {
    std::vector<Place> places;
    write([&](store::WriteView& view) -> Status {
      for (std::size_t i = 0; i < count; ++i) {
        ++number;
        METERWAY_TRY(const auto place, enqueue(view, {eui, one, clock.now(), number}, clock.now(),
                                               {"key" + std::to_string(number), document}));
        places.push_back(place);
      }
      return {};
    });
    if (postman) {
      for (const auto& place : places) postman->post(place);
    }
    return places;
  }
  void start() {
    failing.emplace(context().store);
    const auto& c = context();
    own.emplace(flow::Context{*failing, c.certificates, c.keys, c.signer, c.broker, c.clock, c.random, c.executor,
                              network, c.settings});
    postman = *Postman::start(*own);
    executor.run();
  }
  void restart() {
    failing->fails = true;  // who is killed writes nothing on his way
    postman.reset();
    network.waiting.clear();  // what a dead process had on the line
    open();
    start();
  }
  void advance(std::chrono::microseconds by) {
    clock.advance(by);
    executor.run();
  }
  void answer(int status, net::Headers headers = {}) {
    network.answer(status, std::move(headers));
    executor.run();
  }
  /// Lets time pass until nothing is left to do, answering as `status` says; gives how many were answered.
  std::size_t serve(const std::function<int(const net::HttpCall&)>& status, std::size_t most = 1'000'000) {
    std::size_t answered = 0;
    for (; answered < most; ++answered) {
      executor.run();
      while (network.waiting.empty() && executor.next()) {
        clock.set(std::max(clock.now(), *executor.next()));
        executor.run();
      }
      if (network.waiting.empty()) break;
      network.answer(status(network.waiting.front().call));
    }
    executor.run();
    return answered;
  }
  std::size_t queued() {
    return read<std::vector<Place>>([](const auto& view) { return places_after(view, nullptr, 100'000); }).size();
  }
  std::size_t given_up() {
    return read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 100'000); })
        .size();
  }
  UserBacklog backlog(Eui64 eui) {
    const auto all = postman->backlog(eui);
    EXPECT_TRUE(all);
    return all && !all->empty() ? all->front() : UserBacklog{};
  }
  static std::string url(Eui64 eui) { return "http://" + eui.plain() + "/"; }

  tests::FakeNetwork network;
  std::optional<FailingStore> failing;
  std::optional<flow::Context> own;
  std::unique_ptr<Postman> postman;
  std::uint64_t number = 0;
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
  std::set<milliseconds> delays;
  for (int i = 0; i < 50; ++i) delays.insert(retry_delay(3, DeliverySettings{}, random));
  EXPECT_GT(delays.size(), 25u);
}

TEST(RetryDelay, IsNeverNothingEvenWhenSetSo) {
  DeliverySettings settings;
  settings.first_retry = settings.longest_retry = milliseconds(0);
  SeededRandom random(1);
  EXPECT_EQ(retry_delay(5, settings, random), milliseconds(1));
}

TEST_F(PostmanTest, ANoContentEndsIt) {
  user(kSupplier);
  start();
  put(kSupplier);
  executor.run();
  ASSERT_EQ(network.waiting.size(), 1u);
  EXPECT_EQ(network.waiting.front().call.url, url(kSupplier));
  EXPECT_EQ(network.waiting.front().call.headers.at("content-type"), "application/xml");
  answer(204);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(trace("key1"), (std::vector<std::string>{"deliver pushed", "deliver delivered"}));
  advance(hours(100));
  EXPECT_EQ(network.calls[url(kSupplier)], 1u);
}

TEST_F(PostmanTest, NothingIsPushedBeforeItIsDue) {
  user(kSupplier);
  start();
  Place later;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(later, enqueue(view, {kSupplier, DeliveryClass::OnDemand, clock.now(), 1}, clock.now() + seconds(1),
                                {"key1", "<Response/>"}));
    return {};
  });
  postman->post(later);
  advance(milliseconds(999));
  EXPECT_TRUE(network.waiting.empty());
  advance(milliseconds(1));
  EXPECT_EQ(network.waiting.size(), 1u);
}

TEST_F(PostmanTest, AnyOtherAnswerIsAFailureThatIsTriedAgainAfterAGrowingDelay) {
  user(kSupplier);
  start();
  put(kSupplier);
  executor.run();
  for (unsigned failures = 1; failures <= 12; ++failures) {
    ASSERT_EQ(network.waiting.size(), 1u) << failures;
    const auto failed_at = clock.now();
    answer(failures % 2 ? 500 : 200);  // 200 is not 204
    EXPECT_EQ(queued(), 1u);
    ASSERT_TRUE(network.waiting.empty());
    while (network.waiting.empty()) {
      ASSERT_TRUE(executor.next());
      clock.set(*executor.next());
      executor.run();
    }
    const auto full = std::min<std::int64_t>(2000ll << (failures - 1), 300000);
    const auto waited = std::chrono::duration_cast<milliseconds>(clock.now() - failed_at).count();
    EXPECT_GE(waited, full / 2) << failures;
    EXPECT_LE(waited, full) << failures;
  }
  answer(204);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PostmanTest, ABusyUserIsLeftAloneAsLongAsHeAsks) {
  user(kSupplier);
  start();
  put(kSupplier);
  executor.run();
  answer(503, {{"retry-after", "120"}});
  advance(seconds(119));
  EXPECT_TRUE(network.waiting.empty());
  advance(seconds(1));
  EXPECT_EQ(network.waiting.size(), 1u);
}

TEST_F(PostmanTest, OneDocumentThatIsRefusedHoldsUpNoOther) {
  user(kSupplier);
  settings.delivery.pushers = 1;
  start();
  put(kSupplier, DeliveryClass::OnDemand, "poison");
  put_many(kSupplier, 20);
  const auto before = clock.now();
  std::size_t poisoned = 0, taken = 0;
  while (taken < 20) {
    executor.run();
    ASSERT_FALSE(network.waiting.empty());
    const bool poison = network.waiting.front().call.body == "poison";
    poison ? ++poisoned : ++taken;
    network.answer(poison ? 400 : 204);
  }
  executor.run();
  EXPECT_EQ(clock.now(), before) << "no time had to pass";
  EXPECT_EQ(poisoned, 1u);
  EXPECT_EQ(queued(), 1u);
}

TEST_F(PostmanTest, NoMoreThanTheSetNumberIsUnderWayToOneUser) {
  user(kSupplier);
  put_many(kSupplier, 50);
  start();
  EXPECT_EQ(network.waiting.size(), 4u);
  EXPECT_EQ(postman->under_way(), 4u);
  EXPECT_EQ(serve([](const auto&) { return 204; }), 50u);
  EXPECT_EQ(network.most_waiting, 4u);
  EXPECT_EQ(queued(), 0u);
}

// The steps that another User's delivery takes, with and without ten thousand that wait for a User who does not answer.
TEST_F(PostmanTest, ADeadUserFarBehindDelaysNoOther) {
  const auto steps_for_another = [&] {
    const auto calls = network.calls[url(kOtherSupplier)];
    put(kOtherSupplier);
    std::size_t steps = 0;
    while (network.calls[url(kOtherSupplier)] == calls) {
      ++steps;
      EXPECT_TRUE(executor.step());
    }
    network.waiting.back().done(net::HttpResponse{204, {}, {}});
    network.waiting.pop_back();
    while (executor.step()) ++steps;
    return steps;
  };
  user(kSupplier);
  user(kOtherSupplier);
  start();
  const auto alone = steps_for_another();
  put_many(kSupplier, 10'000);
  executor.run();
  EXPECT_EQ(network.waiting.size(), 4u);
  const auto now = clock.now();
  EXPECT_EQ(steps_for_another(), alone) << "his pushes hang";
  for (int i = 0; i < 4; ++i) network.answer(fail(ErrorCode::Timeout, 0, "answer"));
  executor.run();
  EXPECT_TRUE(network.waiting.empty()) << "he is left alone";
  EXPECT_EQ(steps_for_another(), alone) << "he waits for his retry";
  EXPECT_EQ(clock.now(), now) << "and no time has passed";

  const auto before = network.calls[url(kSupplier)];
  serve([&](const net::HttpCall&) { return 503; }, 30);
  EXPECT_EQ(network.calls[url(kSupplier)] - before, 30u);
  EXPECT_GT(clock.now() - now, hours(1)) << "a dead User costs a push in five minutes, however much he is owed";

  const auto left = queued();
  serve([](const auto&) { return 204; }, 100);
  EXPECT_EQ(left - queued(), 100u) << "back again, he is served at once";
}

TEST_F(PostmanTest, HigherClassesDrainFirstAndNoneStarves) {
  user(kSupplier);
  settings.delivery.pushers = 1;
  const std::vector<DeliveryClass> classes{DeliveryClass::Bulk, DeliveryClass::Scheduled, DeliveryClass::OnDemand,
                                           DeliveryClass::Prepayment};
  for (const auto one : classes) put_many(kSupplier, 300, one, std::string(name(one)));
  start();
  std::vector<std::string> order;
  serve([&](const net::HttpCall& call) {
    order.push_back(call.body);
    return 204;
  });
  ASSERT_EQ(order.size(), 1200u);
  const auto last = [&](DeliveryClass one) {
    return order.rend() - std::find(order.rbegin(), order.rend(), name(one));
  };
  EXPECT_LT(last(DeliveryClass::Prepayment), last(DeliveryClass::OnDemand));
  EXPECT_LT(last(DeliveryClass::OnDemand), last(DeliveryClass::Scheduled));
  EXPECT_LT(last(DeliveryClass::Scheduled), last(DeliveryClass::Bulk));
  for (const auto one : classes) {
    const auto first = std::find(order.begin(), order.end(), name(one)) - order.begin();
    EXPECT_LE(first, waits_at_most(one) + static_cast<long>(kDeliveryClasses)) << name(one);
  }
  const auto top = std::count(order.begin(), order.begin() + 300, name(DeliveryClass::Prepayment));
  EXPECT_GT(top, 280);
}

TEST_F(PostmanTest, NeverPushesFasterThanIsAgreed) {
  user(kSupplier, 50);
  put_many(kSupplier, 500, DeliveryClass::Bulk);
  put_many(kSupplier, 500, DeliveryClass::Prepayment);
  start();
  std::vector<UtcTime> at;
  const auto began = clock.now();
  serve([&](const auto&) {
    at.push_back(clock.now());
    return 204;
  });
  ASSERT_EQ(at.size(), 1000u);
  for (std::size_t i = 50; i < at.size(); ++i) EXPECT_GE(at[i] - at[i - 50], seconds(1)) << i;
  EXPECT_LE(clock.now() - began, seconds(21)) << "nor much slower";
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PostmanTest, ALargeBodyIsCompressed) {
  user(kSupplier);
  start();
  const std::string large(150'000, 'x');
  put(kSupplier, DeliveryClass::OnDemand, large);
  put(kSupplier, DeliveryClass::OnDemand, std::string(100'000, 'y'));
  executor.run();
  ASSERT_EQ(network.waiting.size(), 2u);
  const auto& call = network.waiting[0].call;
  EXPECT_EQ(call.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(*gunzip(call.body, large.size()), large);
  EXPECT_EQ(network.waiting[1].call.headers.count("content-encoding"), 0u) << "100 kB may go as they are";
}

TEST_F(PostmanTest, WhatIsTooLargeEvenSoIsKeptVisiblyAndNotPushed) {
  user(kSupplier);
  user(kOtherSupplier, 0, false);
  start();
  std::string noise(150'000, '\0');
  for (auto& c : noise) c = static_cast<char>('!' + random.next_u64() % 90);
  put(kSupplier, DeliveryClass::OnDemand, noise);
  put(kOtherSupplier, DeliveryClass::Bulk, std::string(150'000, 'x'));  // would shrink, but he takes no gzip
  executor.run();
  EXPECT_TRUE(network.waiting.empty());
  EXPECT_EQ(backlog(kSupplier).classes[index(DeliveryClass::OnDemand)].too_large, 1u);
  EXPECT_EQ(backlog(kOtherSupplier).classes[index(DeliveryClass::Bulk)].too_large, 1u);
  EXPECT_EQ(backlog(kSupplier).depth(), 0u);
  EXPECT_EQ(trace("key1"), std::vector<std::string>{"deliver too large"});
  EXPECT_EQ(given_up(), 2u);
}

TEST_F(PostmanTest, AfterTheKeepingTimeItIsOnlyRecordedUntilTheOperatorSaysOtherwise) {
  user(kSupplier);
  start();
  const auto place = put(kSupplier);
  executor.run();
  const auto made = clock.now();
  serve([](const auto&) { return 500; });
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(given_up(), 1u);
  EXPECT_GE(clock.now() - made, settings.delivery.keep);
  EXPECT_EQ(backlog(kSupplier).classes[index(DeliveryClass::OnDemand)].given_up, 1u);

  const auto again = postman->retry(place.id);
  ASSERT_TRUE(again && *again);
  EXPECT_EQ(backlog(kSupplier).classes[index(DeliveryClass::OnDemand)].given_up, 0u);
  serve([](const auto&) { return 204; });
  EXPECT_EQ(queued() + given_up(), 0u);
  EXPECT_FALSE(*postman->retry(place.id)) << "it has been delivered";
  EXPECT_FALSE(*postman->drop(place.id));
}

TEST_F(PostmanTest, TheRestOfASilentUsersQueueIsGivenUpWhenItsTimeIsOver) {
  user(kSupplier);
  put_many(kSupplier, 1000);
  start();
  serve([](const auto&) { return 503; });
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(given_up(), 1000u);
  EXPECT_LT(network.calls[url(kSupplier)], 1000u) << "without a push for each";
}

TEST_F(PostmanTest, WhatWasGivenUpIsForgottenAfterTheDaysThatAreSet) {
  settings.retention.undelivered_days = 3;
  user(kSupplier);
  const auto places = put_many(kSupplier, 250);
  write([&](store::WriteView& view) -> Status {
    for (const auto& place : places) {
      const auto when = clock.now() - (place.id.chance <= 200 ? hours(80) : hours(60));
      METERWAY_CHECK(give_up(view, place, GivenUp::Expired, when, "nobody listens"));
    }
    return {};
  });
  start();
  for (int i = 0; i < 10; ++i) advance(milliseconds(50));
  EXPECT_EQ(given_up(), 50u);
  EXPECT_EQ(backlog(kSupplier).classes[index(DeliveryClass::OnDemand)].given_up, 50u);
  advance(hours(13));
  for (int i = 0; i < 10; ++i) advance(milliseconds(50));
  EXPECT_EQ(given_up(), 0u);
}

TEST_F(PostmanTest, A204ThatCouldNotBeStoredIsRepeated) {
  user(kSupplier);
  start();
  put(kSupplier);
  executor.run();
  failing->fails = true;
  answer(204);
  EXPECT_EQ(queued(), 1u);
  failing->fails = false;
  EXPECT_EQ(serve([](const auto&) { return 204; }), 1u);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(backlog(kSupplier).depth(), 0u);
}

TEST_F(PostmanTest, AFullNetworkIsNotTheUsersFailure) {
  user(kSupplier);
  start();
  put(kSupplier);
  executor.run();
  network.answer(fail(ErrorCode::Full, 0, "calls"));
  executor.run();
  EXPECT_EQ(backlog(kSupplier).failures, 0u);
  EXPECT_EQ(serve([](const auto&) { return 204; }), 1u);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PostmanTest, AUserWithoutAnAddressIsToldOnceItIsKnown) {
  write([&](auto& view) {
    return registry::put_user(view, registry::User{kSupplier, "user", {UserRole::IS}, registry::UserState::Live, ""});
  });
  start();
  put(kSupplier);
  executor.run();
  EXPECT_EQ(trace("key1"), (std::vector<std::string>{"deliver pushed", "deliver failed"}));
  user(kSupplier);
  EXPECT_EQ(serve([](const auto&) { return 204; }), 1u);
}

// The process dies after every number of steps; what was taken with 204 and stored is not pushed again, the rest is.
TEST_F(PostmanTest, ARestartAtAnyPointLosesNothing) {
  user(kSupplier);
  for (std::size_t after = 0;; ++after) {
    const auto places = put_many(kSupplier, 6);
    std::map<std::string, int> taken;
    start();
    std::size_t steps = 0;
    int answers = 0;
    bool died = false;
    while (queued() > 0 && !died) {
      if (steps++ == after) {
        died = true;
      } else if (!network.waiting.empty() && steps % 3 == 0) {
        network.answer(++answers % 4 == 0 ? 500 : 204);
      } else if (!executor.step() && network.waiting.empty()) {
        ASSERT_TRUE(executor.next());
        clock.set(std::max(clock.now(), *executor.next()));
      }
    }
    const auto left = queued();
    const auto calls = network.calls[url(kSupplier)];
    restart();
    serve([](const auto&) { return 204; });
    EXPECT_EQ(network.calls[url(kSupplier)] - calls, left) << "after " << after << " steps";
    EXPECT_EQ(queued(), 0u) << "after " << after << " steps";
    EXPECT_EQ(given_up(), 0u);
    for (const auto& place : places) {
      const auto hops = trace("key" + std::to_string(place.id.chance));
      EXPECT_EQ(std::count(hops.begin(), hops.end(), "deliver delivered"), 1) << "after " << after << " steps";
    }
    postman.reset();
    if (!died) break;
    ASSERT_LT(after, 500u);
  }
}

TEST_F(PostmanTest, WhatIsTakenWithinAMomentIsWrittenDownTogether) {
  settings.delivery.gather = milliseconds(10);
  settings.delivery.pushers = 2;
  user(kSupplier);
  start();
  put_many(kSupplier, 6);
  executor.run();
  const auto before = failing->writes;
  for (int i = 0; i < 4; ++i) answer(204);
  EXPECT_EQ(network.waiting.size(), 2u) << "those that were taken hold up no other";
  EXPECT_EQ(queued(), 6u);
  EXPECT_EQ(failing->writes, before);
  advance(milliseconds(10));
  EXPECT_EQ(queued(), 2u);
  EXPECT_EQ(failing->writes, before + 1);

  answer(204);
  answer(500);
  EXPECT_EQ(queued(), 1u) << "a failure does not wait";
  EXPECT_EQ(backlog(kSupplier).classes[index(DeliveryClass::OnDemand)].depth, 1u);
}

TEST_F(PostmanTest, WhatWasTakenIsWrittenDownBeforeItStops) {
  settings.delivery.gather = milliseconds(10);
  user(kSupplier);
  start();
  put_many(kSupplier, 3);
  executor.run();
  for (int i = 0; i < 3; ++i) answer(204);
  EXPECT_EQ(queued(), 3u);
  postman->stop();
  EXPECT_EQ(queued(), 0u);
}

// Whatever happens, the counters say what a scan of the store says.
TEST_F(PostmanTest, TheBacklogIsWhatTheStoreHas) {
  user(kSupplier);
  user(kOtherSupplier);
  settings.delivery.keep = std::chrono::minutes(10);
  start();
  const auto agree = [&](int step) {
    std::map<std::pair<Eui64, DeliveryClass>, std::uint64_t> depth, gone;
    std::map<std::pair<Eui64, DeliveryClass>, UtcTime> oldest_made;
    for (const auto& place :
         read<std::vector<Place>>([](const auto& view) { return places_after(view, nullptr, 100'000); })) {
      const std::pair key{place.id.user, place.id.delivery_class};
      ++depth[key];
      auto& made = oldest_made.emplace(key, place.id.made).first->second;
      made = std::min(made, place.id.made);
    }
    for (const auto& one :
         read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 100'000); }))
      ++gone[{one.id.user, one.id.delivery_class}];
    for (const auto eui : {kSupplier, kOtherSupplier}) {
      const auto said = backlog(eui);
      for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
        const std::pair key{eui, delivery_class_at(i)};
        ASSERT_EQ(said.classes[i].depth, depth[key]) << "step " << step << " class " << i;
        ASSERT_EQ(said.classes[i].given_up, gone[key]) << "step " << step << " class " << i;
        if (said.classes[i].depth == 0) continue;
        ASSERT_EQ(said.classes[i].oldest, oldest_made[key]) << "step " << step;
      }
    }
  };
  for (int step = 0; step < 400; ++step) {
    const auto eui = random.next_u64() % 2 ? kSupplier : kOtherSupplier;
    const auto one = delivery_class_at(random.next_u64() % kDeliveryClasses);
    switch (random.next_u64() % 8) {
      case 0:
        put_many(eui, 1 + random.next_u64() % 100, one);
        break;
      case 1:
        advance(seconds(random.next_u64() % 300));
        break;
      case 2:
        failing->fails = random.next_u64() % 4 == 0;
        break;
      case 3:
        if (step % 10 == 0) restart();
        break;
      case 4: {
        const auto all =
            read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 10); });
        if (all.empty() || failing->fails) break;
        EXPECT_TRUE(random.next_u64() % 2 ? postman->retry(all.back().id) : postman->drop(all.back().id));
        break;
      }
      default:
        for (int i = 0; i < 8 && !network.waiting.empty(); ++i) {
          const auto what = random.next_u64() % 6;
          if (what == 5) {
            network.answer(fail(ErrorCode::Timeout, 0, "answer"));
          } else {
            network.answer(what == 4 ? 500 : what == 3 ? 400 : 204);
          }
        }
        executor.run();
    }
    agree(step);
    if (HasFatalFailure()) return;
  }
}

TEST_F(PostmanTest, SaysHowLongTheBacklogWillTake) {
  user(kSupplier, 10);
  put_many(kSupplier, 1200);
  start();
  serve([](const auto&) { return 204; }, 600);
  const auto said = backlog(kSupplier);
  EXPECT_NEAR(static_cast<double>(said.taken_last_minute), 600, 15);
  ASSERT_TRUE(said.drain);
  EXPECT_NEAR(static_cast<double>(said.drain->count()), 60, 3);
}

}  // namespace
}  // namespace meterway::flow::deliver
