#include "flow/wan/link.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

#include "base/wire/link_blocks.h"

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

/// A platform's end and a region's, a frame at a time.
class LinkInBlocks : public ::testing::Test {
 protected:
  using Block = wire::LinkMessageBlock;
  void start(std::uint8_t version) {
    LinkEvents events;
    events.inbound = [this](InboundMessage message, std::function<void()> stored) -> Status {
      const std::lock_guard lock(mutex_);
      came_.push_back(std::move(message.message));
      stored();
      return {};
    };
    events.joined = [](const std::vector<Eui64>&, std::uint64_t) {};
    events.arrived = [this](Eui64, std::uint64_t) {
      const std::lock_guard lock(mutex_);
      arrived_ = true;
      changed_.notify_all();
    };
    events.failed = [](Eui64, std::uint64_t, wire::LinkFailure) {};
    link_ = std::make_unique<Link>(clock_, std::move(events), 100);
    ASSERT_TRUE(link_->listen(*network_, "127.0.0.1", 0));
    net::FramedEvents framed;
    framed.connected = [this, version](const std::shared_ptr<net::FramedConnection>& connection) {
      const std::lock_guard lock(mutex_);
      connection_ = connection;
      frames_.clear();
      (void)connection->send(wire::write_link_frame(wire::LinkHello{version, {kHub.value()}}));
    };
    framed.frame = [this](const std::shared_ptr<net::FramedConnection>&, const Bytes& frame) {
      const std::lock_guard lock(mutex_);
      frames_.push_back(wire::read_link_frame(frame).value());
      changed_.notify_all();
    };
    framed.closed = [this](const std::shared_ptr<net::FramedConnection>&) {
      const std::lock_guard lock(mutex_);
      connection_.reset();
      changed_.notify_all();
    };
    region_ = *network_->connect_framed("127.0.0.1", link_->port(), std::move(framed), std::chrono::milliseconds(10),
                                        wire::kLinkMaxFrameBytes);
    EXPECT_EQ(next<wire::LinkAck>().transaction, 0u);
  }
  void TearDown() override {
    region_.reset();
    link_.reset();
  }
  bool wait(const std::function<bool()>& until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), until);
  }
  template <class T>
  T next() {
    EXPECT_TRUE(wait([this] { return !frames_.empty(); }));
    const std::lock_guard lock(mutex_);
    if (frames_.empty()) return {};
    auto frame = std::move(frames_.front());
    frames_.pop_front();
    EXPECT_TRUE(std::holds_alternative<T>(frame)) << frame.index();
    return std::holds_alternative<T>(frame) ? std::get<T>(frame) : T{};
  }
  void say(const wire::LinkFrame& frame) {
    const std::lock_guard lock(mutex_);
    if (connection_) (void)connection_->send(wire::write_link_frame(frame));
  }
  static OutboundCommand large_command() {
    auto large = command(7);
    large.message.assign(1000, 0xDD);
    large.message.back() = 1;
    return large;
  }

  SystemClock clock_;
  std::unique_ptr<net::Network> network_ = net::system_network();
  std::unique_ptr<Link> link_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<wire::LinkFrame> frames_;
  std::vector<Bytes> came_;
  bool arrived_ = false;
  std::shared_ptr<net::FramedConnection> connection_;
  std::unique_ptr<net::FramedEndpoint> region_;
};

TEST_F(LinkInBlocks, CutsALargeCommandAndSendsWhatHasNotCome) {
  start(wire::kLinkBlocksVersion);
  const auto sent = large_command();
  ASSERT_TRUE(link_->send(sent));
  wire::BlockAssembly assembly(1000);
  std::uint64_t transaction = 0;
  for (unsigned number = 1; number <= 11; ++number) {
    const auto frame = next<Block>();
    EXPECT_EQ(frame.block.number, number);
    EXPECT_EQ(frame.total, 1000u);
    EXPECT_EQ(frame.device, kMeter.value());
    transaction = frame.transaction;
    if (number == 5) continue;  // lost
    EXPECT_TRUE(assembly.take(frame.block));
  }
  const auto answer = [&] {
    say(Block{transaction, Block::Of::Deliver, kHub.value(), kMeter.value(), 1000,
              wire::acknowledgement(assembly.acknowledged())});
  };
  answer();
  EXPECT_EQ(next<Block>().block.number, 5u) << "what was lost, and what comes after it";
  for (unsigned number = 6; number <= 11; ++number) EXPECT_EQ(next<Block>().block.number, number);
  ASSERT_TRUE(link_->send(sent)) << "in doubt";
  auto asked = next<Block>();
  EXPECT_EQ(asked.block.number, 1u);
  EXPECT_EQ(asked.transaction, transaction) << "the same command";
  answer();  // four of them
  asked = next<Block>();
  EXPECT_EQ(asked.block.number, 5u);
  assembly.take(asked.block);
  ASSERT_TRUE(assembly.whole());
  EXPECT_EQ(assembly.message(), sent.message);
  say(wire::LinkAck{transaction});
  EXPECT_TRUE(wait([this] { return arrived_; }));
}

TEST_F(LinkInBlocks, SendsALargeCommandWholeToARegionThatKnowsNoBlocks) {
  start(wire::kLinkFirmwareVersion);
  ASSERT_TRUE(link_->send(large_command()));
  EXPECT_EQ(next<wire::LinkDeliver>().message, large_command().message);
}

TEST_F(LinkInBlocks, TellsOfAMessageOnceAllItsBlocksHaveComeInWhateverOrder) {
  start(wire::kLinkBlocksVersion);
  Bytes message(1000, 0xDF);
  message.front() = 1;
  const Block name{3, Block::Of::Inbound, kHub.value(), kMeter.value(), 1000, {}};
  wire::BlockSender sender(message, 200);
  auto blocks = sender.start();
  ASSERT_EQ(blocks.size(), 6u);
  const auto put = [&](std::size_t which) {
    auto frame = name;
    frame.block = blocks.at(which);
    say(frame);
  };
  // Another hub's is ignored, another message lies between, blocks come twice and backwards.
  auto foreign = name;
  foreign.hub = kHub.value() + 1;
  foreign.block = blocks[5];
  say(foreign);
  auto between = name;
  between.transaction = 4;
  between.block = blocks[5];
  say(between);
  EXPECT_EQ(next<Block>().transaction, 4u);
  for (const std::size_t which : {5, 4, 3, 3, 2, 1}) put(which);
  auto answer = next<Block>();
  EXPECT_EQ(answer.transaction, 3u);
  EXPECT_EQ(answer.block, wire::acknowledgement(0));
  put(0);
  answer = next<Block>();
  EXPECT_EQ(answer.block, wire::acknowledgement(6));
  EXPECT_EQ(next<wire::LinkAck>().transaction, 3u);
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(came_, std::vector<Bytes>{message});
}

TEST_F(LinkInBlocks, ClosesTheConnectionOfARegionThatSaysWhatOnlyThePlatformSays) {
  start(wire::kLinkBlocksVersion);
  std::weak_ptr<net::FramedConnection> first;
  {
    const std::lock_guard lock(mutex_);
    first = connection_;
  }
  say(Block{3, Block::Of::Deliver, kHub.value(), kMeter.value(), 50, {true, false, 63, 1, 0, Bytes(50, 1)}});
  EXPECT_TRUE(wait([&] { return first.expired() || first.lock() != connection_; }));
}

}  // namespace
}  // namespace meterway::flow::wan
