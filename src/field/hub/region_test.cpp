#include "field/hub/region.h"

#include <gtest/gtest.h>

#include <future>

#include "field/device/test_world.h"

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

Home small_home() {
  std::vector<Installed> units;
  units.push_back({make_device(kChf, DeviceType::CHF), {}});
  units.push_back({make_device(kGpf, DeviceType::GPF), {}});
  return Home(std::move(units), {1ms, 0ms});
}

Bytes read_proxy(std::uint64_t counter) {
  return command({{0x0074}, kSupplier, kGpf, counter, zcl(0x0702, 0, 0, {0x00, 0x00})});
}

TEST(Region, GreetsCarriesAndKeepsAnswersUntilTheyAreAcknowledged) {
  const ManualClock clock(test_time());
  std::atomic<int> saves = 0;
  std::vector<Unacknowledged> kept;
  std::mutex kept_mutex;
  const SaveRegion save = [&](const std::vector<const Home*>&, const std::vector<Unacknowledged>& outbox) -> Status {
    const std::lock_guard lock(kept_mutex);
    kept = outbox;
    ++saves;
    return {};
  };
  std::uint64_t inbound = 0;
  {
    Platform platform;
    std::vector<Home> homes;
    homes.push_back(small_home());
    SystemClock system;
    Region region(system, std::move(homes), {}, save);
    ASSERT_TRUE(region.connect("127.0.0.1", platform.port(), 50ms));
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
    EXPECT_GE(saves, 1) << "saved before it was said";
  }
  // Not acknowledged: after a restart it is sent again under the same number.
  Platform platform;
  std::vector<Home> homes;
  homes.push_back(small_home());
  Region region(clock, std::move(homes), kept, save);
  ASSERT_TRUE(region.connect("127.0.0.1", platform.port(), 50ms));
  platform.next<wire::LinkHello>();
  platform.send(wire::LinkAck{0});
  EXPECT_EQ(platform.next<wire::LinkInbound>().transaction, inbound);
  platform.send(wire::LinkAck{inbound});
  for (int i = 0; i < 200; ++i) {
    std::this_thread::sleep_for(20ms);
    const std::lock_guard lock(kept_mutex);
    if (kept.empty()) return;
  }
  FAIL() << "the acknowledged message is still kept";
}

TEST(Region, SaysNothingThatItCouldNotSave) {
  SystemClock clock;
  std::atomic<bool> broken = true;
  Platform platform;
  std::vector<Home> homes;
  homes.push_back(small_home());
  Region region(clock, std::move(homes), {}, [&](const auto&, const auto&) -> Status {
    return broken ? Status(fail(ErrorCode::Io, 0, "disk")) : Status();
  });
  ASSERT_TRUE(region.connect("127.0.0.1", platform.port(), 50ms));
  platform.next<wire::LinkHello>();
  platform.send(wire::LinkAck{0});
  platform.send(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  std::this_thread::sleep_for(100ms);
  platform.send(wire::LinkDeliver{7, 99, 99, {1}});
  EXPECT_EQ(platform.next<wire::LinkDeliverFailed>().transaction, 7u) << "nothing of 6 was said before";
  broken = false;
  EXPECT_EQ(platform.next<wire::LinkAck>().transaction, 6u);
  platform.next<wire::LinkInbound>();
}

}  // namespace
}  // namespace meterway::field
