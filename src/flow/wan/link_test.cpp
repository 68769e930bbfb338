#include "flow/wan/link.h"

#include <gtest/gtest.h>

#include <condition_variable>

namespace meterway::flow::wan {
namespace {

constexpr Eui64 kHub(0x00db1234567890a1), kMeter(0x00db1234567890a0);

OutboundCommand command(std::uint64_t counter) {
  OutboundCommand sent;
  sent.record.header.target = kMeter;
  sent.record.header.counter.value = counter;
  sent.record.transaction = counter;
  sent.hub = kHub;
  sent.message = {1, 2, 3};
  return sent;
}

/// A platform's end, and regions that come to it by connections of their own.
class LinkOfRegions : public ::testing::Test {
 protected:
  void SetUp() override {
    LinkEvents events;
    events.inbound = [](InboundMessage, std::function<void()>) -> Status { return {}; };
    events.joined = [this](std::vector<Eui64>, std::uint64_t connection) {
      // The hub can be reached by now, whatever else is still to be done about its joining.
      note(connection, link_->send(command(100 + connection)));
    };
    events.arrived = [](Eui64, std::uint64_t) {};
    events.failed = [](Eui64, std::uint64_t, wire::LinkFailure) {};
    link_ = std::make_unique<Link>(clock_, std::move(events));
    ASSERT_TRUE(link_->listen(*network_, "127.0.0.1", 0));
  }

  std::unique_ptr<net::FramedEndpoint> region() {
    net::FramedEvents events;
    events.connected = [this](const std::shared_ptr<net::FramedConnection>& connection) {
      {
        const std::lock_guard lock(mutex_);
        connections_.push_back(connection);
      }
      say_hello(connection);
    };
    events.frame = [](const std::shared_ptr<net::FramedConnection>&, const Bytes&) {};
    return *network_->connect_framed("127.0.0.1", link_->port(), events, std::chrono::milliseconds(10),
                                     wire::kLinkMaxFrameBytes);
  }

  static void say_hello(const std::shared_ptr<net::FramedConnection>& connection) {
    (void)connection->send(wire::write_link_frame(wire::LinkHello{wire::kLinkVersion, {kHub.value()}}));
  }

  void note(std::uint64_t connection, Result<std::uint64_t> sent) {
    const std::lock_guard lock(mutex_);
    joined_.push_back(connection);
    sent_.push_back(sent ? *sent : 0);
    changed_.notify_all();
  }
  bool wait_for_joins(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return joined_.size() >= count; });
  }

  SystemClock clock_;
  std::unique_ptr<net::Network> network_ = net::system_network();
  std::unique_ptr<Link> link_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> joined_, sent_;
  std::vector<std::shared_ptr<net::FramedConnection>> connections_;  ///< of the regions, in the order of their coming
};

TEST_F(LinkOfRegions, SaysByWhichConnectionACommandWent) {
  const auto none = link_->send(command(1));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::Network);
  const auto first = region();
  ASSERT_TRUE(wait_for_joins(1));
  EXPECT_EQ(*link_->send(command(2)), 1u);
  const auto second = region();
  ASSERT_TRUE(wait_for_joins(2));
  EXPECT_EQ(*link_->send(command(3)), 2u);
  EXPECT_EQ(*link_->send(command(2)), 2u) << "sent again, by the connection that the hub has now";
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(joined_, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(sent_, joined_) << "what goes out once a hub has joined goes by the connection it joined with";
}

TEST_F(LinkOfRegions, AHubThatComesBackToAnOlderConnectionIsReachedByItFromThenOn) {
  const auto first = region();
  ASSERT_TRUE(wait_for_joins(1));
  const auto second = region();
  ASSERT_TRUE(wait_for_joins(2));
  std::shared_ptr<net::FramedConnection> older;
  {
    const std::lock_guard lock(mutex_);
    older = connections_.front();
  }
  say_hello(older);
  ASSERT_TRUE(wait_for_joins(3));
  EXPECT_EQ(*link_->send(command(3)), 3u) << "not less than what the joining said: it would count as lost for ever";
  {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(joined_, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(sent_, joined_);
    connections_.clear();
  }
}

}  // namespace
}  // namespace meterway::flow::wan
