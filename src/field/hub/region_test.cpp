#include "field/hub/region_worker.h"

#include <gtest/gtest.h>

#include <future>

#include "field/hub/test_region.h"

namespace meterway::field {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// The platform's end of the link, as docs/wire/link.md tells it.
class Platform {
 public:
  Platform() {
    net::FramedEvents events;
    events.connected = [this](std::shared_ptr<net::FramedConnection> c) {
      const std::lock_guard lock(mutex_);
      connection_ = std::move(c);
    };
    events.frame = [this](const std::shared_ptr<net::FramedConnection>&, Bytes frame) {
      const std::lock_guard lock(mutex_);
      frames_.push_back(wire::read_link_frame(frame).value());
      arrived_.notify_all();
    };
    events.closed = [](const std::shared_ptr<net::FramedConnection>&) {};
    endpoint_ = net::listen_framed("127.0.0.1", 0, std::move(events)).value();
  }
  std::uint16_t port() const { return endpoint_->port(); }
  void send(const wire::LinkFrame& frame) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(connection_->send(wire::write_link_frame(frame)));
  }
  /// The next frame, which must be of this kind.
  template <class T>
  T next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(arrived_.wait_for(lock, 10s, [this] { return !frames_.empty(); }));
    if (frames_.empty()) return {};
    const auto frame = frames_.front();
    frames_.pop_front();
    EXPECT_TRUE(std::holds_alternative<T>(frame)) << frame.index();
    return std::holds_alternative<T>(frame) ? std::get<T>(frame) : T{};
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<wire::LinkFrame> frames_;
  std::shared_ptr<net::FramedConnection> connection_;
  std::unique_ptr<net::FramedEndpoint> endpoint_;
};

TEST(RegionWorker, GreetsCarriesAndKeepsAnswersUntilTheyAreAcknowledged) {
  const SystemClock clock;
  auto store = homes_of(small_home());
  std::uint64_t inbound = 0;
  {
    Platform platform;
    Region region(clock, store);
    RegionWorker worker(clock, region);
    ASSERT_TRUE(worker.connect("127.0.0.1", platform.port(), 50ms));
    EXPECT_EQ(platform.next<wire::LinkHello>().hubs, std::vector<std::uint64_t>{kChf.value()});
    platform.send(wire::LinkAck{0});
    platform.send(wire::LinkDeliver{5, 99, kGpf.value(), read_proxy(1)});
    EXPECT_EQ(platform.next<wire::LinkDeliverFailed>().reason, wire::LinkFailure::UnknownHub);
    platform.send(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
    EXPECT_EQ(platform.next<wire::LinkAck>().transaction, 6u);
    const auto answered = platform.next<wire::LinkInbound>();
    EXPECT_EQ(answered.device, kGpf.value());
    EXPECT_EQ(gbcs::read_message(answered.message)->header.counter.value, 2u);
    inbound = answered.transaction;
    EXPECT_EQ(store.outbox().size(), 1u) << "kept before it was said";
  }
  // Not acknowledged: after a restart it is sent again under the same number.
  Platform platform;
  Region region(clock, store);
  RegionWorker worker(clock, region);
  ASSERT_TRUE(worker.connect("127.0.0.1", platform.port(), 50ms));
  platform.next<wire::LinkHello>();
  platform.send(wire::LinkAck{0});
  EXPECT_EQ(platform.next<wire::LinkInbound>().transaction, inbound);
  platform.send(wire::LinkAck{inbound});
  for (int i = 0; i < 200; ++i) {
    std::this_thread::sleep_for(20ms);
    bool kept = true;
    worker.with([&](Region&) { kept = !store.outbox().empty(); });
    if (!kept) return;
  }
  FAIL() << "the acknowledged message is still kept";
}

TEST(Region, SaysNothingThatItCouldNotKeep) {
  Bench bench(homes_of(small_home()));
  bench.store.broken = true;
  bench.say(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  bench.pass(1s);
  EXPECT_EQ(bench.all<wire::LinkAck>().size() + bench.all<wire::LinkInbound>().size(), 0u);
  EXPECT_TRUE(bench.arrivals.empty());
  bench.store.broken = false;
  bench.pass(1s);
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 1u);
  EXPECT_EQ(bench.all<wire::LinkInbound>().size(), 1u);
  EXPECT_EQ(bench.arrivals, std::vector<std::uint64_t>{6});
}

TEST(Region, AcknowledgesARepeatedTransactionWithoutGivingItToTheDeviceAgain) {
  Bench bench(homes_of(small_home()));
  const wire::LinkDeliver deliver{6, kChf.value(), kGpf.value(), read_proxy(2)};
  bench.say(deliver);
  bench.say(deliver);  // while the first is still on its way to the device
  bench.pass(1s);
  EXPECT_EQ(bench.arrivals, std::vector<std::uint64_t>{6});
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 1u) << "both repeats are one delivery";
  bench.say(deliver);
  bench.pass(1s);
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 2u);
  bench.start();  // the region ends and starts again: what it took is on disk
  bench.say(deliver);
  bench.pass(1s);
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 1u);
  EXPECT_EQ(bench.arrivals, std::vector<std::uint64_t>{6});
  EXPECT_EQ(bench.repeats.size(), 2u);
  EXPECT_EQ(bench.all<wire::LinkInbound>().size(), 1u) << "the one answer, not yet acknowledged";
}

TEST(Region, CarriesACommandThatWasLostWithTheHubsMemory) {
  Bench bench(homes_of(small_home({1h, 0ms})));
  const wire::LinkDeliver deliver{6, kChf.value(), kGpf.value(), read_proxy(2)};
  bench.say(deliver);
  bench.start();
  bench.say(deliver);
  bench.pass(2h);
  EXPECT_EQ(bench.arrivals, std::vector<std::uint64_t>{6});
}

TEST(Region, SendsAgainWhatIsNotAcknowledged) {
  Bench bench(homes_of(small_home()), {10s, 30s});
  bench.say(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  auto next = bench.pass(1s);
  EXPECT_EQ(next, bench.clock.now() + 10s);
  bench.pass(10s);
  EXPECT_EQ(bench.all<wire::LinkInbound>().size(), 2u);
  next = bench.pass(19s);
  EXPECT_EQ(next, bench.clock.now() + 1s) << "twice as long the second time";
  bench.pass(1s);
  const auto sent = bench.all<wire::LinkInbound>();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0], sent[2]);
  bench.say(wire::LinkAck{sent[0].transaction});
  bench.pass(1h);
  EXPECT_EQ(bench.all<wire::LinkInbound>().size(), 3u);
}

TEST(Region, ReportsALossOfSupplyAfterThreeMinutesAndItsReturn) {
  Bench bench(homes_of(small_home({1ms, 0ms, 3min, 0ms, 4min})));
  const auto lost = bench.clock.now();
  EXPECT_EQ(bench.region->lose_supply(nullptr, 100), 1u);
  EXPECT_EQ(bench.region->lose_supply(nullptr, 100), 0u) << "only once";
  EXPECT_EQ(bench.pass(), lost + 60s) << "nothing to do for a while";
  EXPECT_EQ(bench.pass(2min + 30s), lost + 3min);
  bench.say(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  EXPECT_EQ(bench.all<wire::LinkDeliverFailed>().at(0).reason, wire::LinkFailure::HubOffline);
  EXPECT_TRUE(bench.all<wire::LinkHubEvent>().empty());
  bench.pass(30s);
  auto events = bench.all<wire::LinkHubEvent>();
  ASSERT_EQ(events.size(), 1u);
  const auto us = [](UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); };
  EXPECT_EQ(events[0], (wire::LinkHubEvent{events[0].transaction, kChf.value(), wire::LinkHubEvent::Kind::SupplyLost,
                                           us(lost), 0, us(lost + 3min), us(lost + 3min), us(lost + 3min)}));
  bench.start();  // a restart does not make it forget, nor tell it twice
  EXPECT_EQ(bench.all<wire::LinkHubEvent>().size(), 1u);
  bench.say(wire::LinkAck{events[0].transaction});
  bench.pass(1h);
  EXPECT_EQ(bench.region->restore_supply(nullptr, 100), 1u);
  bench.pass();
  events = bench.all<wire::LinkHubEvent>();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].kind, wire::LinkHubEvent::Kind::SupplyRestored);
  EXPECT_EQ(events[1].lost, us(lost));
  EXPECT_EQ(events[1].restored, us(bench.clock.now()));
}

TEST(Region, CarriesEverythingOnceOverABadRadio) {
  Bench bench(homes_of(small_home()), {1s, 2s, 2000, {0.3, 0.3, 10ms, 200ms, 7}});
  std::set<std::uint64_t> open;
  for (std::uint64_t i = 1; i <= 40; ++i) open.insert(i);
  std::set<std::uint64_t> answered;
  for (int round = 0; round < 200 && (!open.empty() || answered.size() < 40); ++round) {
    for (const auto i : open) bench.say(wire::LinkDeliver{i, kChf.value(), kGpf.value(), read_proxy(100 + i)});
    for (int i = 0; i < 40; ++i) bench.pass(50ms);
    if (!bench.region->accepted()) bench.say(wire::LinkAck{0});
    for (const auto& ack : bench.all<wire::LinkAck>()) open.erase(ack.transaction);
    for (const auto& inbound : bench.all<wire::LinkInbound>()) {
      bench.say(wire::LinkAck{inbound.transaction});
      answered.insert(inbound.transaction);
    }
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(bench.arrivals.size(), 40u);
  EXPECT_EQ(std::set(bench.arrivals.begin(), bench.arrivals.end()).size(), 40u);
  EXPECT_GE(answered.size(), 40u);
  EXPECT_GT(bench.region->counts().lost, 10u);
}

TEST(Region, LetsIdleHomesSleepAndWakesThemWithWhatTheyRemember) {
  Bench bench(homes_of(small_home()), {10s, 30s, 0});
  for (std::uint64_t i = 1; i <= 3; ++i) {
    bench.say(wire::LinkDeliver{i, kChf.value(), kGpf.value(), read_proxy(i)});
    EXPECT_EQ(bench.region->homes_awake(), 1u) << "something waits for it";
    bench.pass(1s);
    EXPECT_EQ(bench.region->homes_awake(), 0u);
  }
  EXPECT_EQ(bench.region->counts().executed, 3u);
  bench.say(wire::LinkDeliver{4, kChf.value(), kGpf.value(), read_proxy(3)});
  bench.pass(1s);
  EXPECT_EQ(bench.region->counts().refused, 1u) << "the counter was used before it slept";
}

}  // namespace
}  // namespace meterway::field
