#include "base/net/framed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace meterway::net {
namespace {

using namespace std::chrono_literals;

/// What one end has seen, for tests that wait for it.
class Record {
 public:
  FramedEvents events() {
    return {[this](std::shared_ptr<FramedConnection> c) { note([&] { connections.push_back(std::move(c)); }); },
            [this](const std::shared_ptr<FramedConnection>&, Bytes frame) {
              note([&] { frames.push_back(std::move(frame)); });
            },
            [this](const std::shared_ptr<FramedConnection>&) { note([&] { ++closed; }); }};
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return condition(*this); });
  }
  std::shared_ptr<FramedConnection> connection(std::size_t number) {
    EXPECT_TRUE(wait([&](const Record& r) { return r.connections.size() > number; }));
    const std::scoped_lock lock(mutex_);
    return connections.at(number);
  }

  std::vector<std::shared_ptr<FramedConnection>> connections;
  std::vector<Bytes> frames;
  int closed = 0;

 private:
  template <class Change>
  void note(Change change) {
    const std::scoped_lock lock(mutex_);
    change();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST(Framed, CarriesFramesBothWaysInOrder) {
  Record here, there;
  const auto server = *listen_framed("127.0.0.1", 0, here.events());
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  for (std::uint8_t i = 0; i < 100; ++i) ASSERT_TRUE(there.connection(0)->send(Bytes(i * 100u, i)));
  ASSERT_TRUE(here.connection(0)->send(Bytes{}));
  ASSERT_TRUE(here.wait([](const Record& r) { return r.frames.size() == 100; }));
  for (std::uint8_t i = 0; i < 100; ++i) EXPECT_EQ(here.frames[i], Bytes(i * 100u, i));
  ASSERT_TRUE(there.wait([](const Record& r) { return r.frames.size() == 1; }));
  EXPECT_TRUE(there.frames[0].empty());
}

TEST(Framed, TakesFramesFromManyThreads) {
  Record here, there;
  const auto server = *listen_framed("127.0.0.1", 0, here.events());
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  const auto connection = there.connection(0);
  std::vector<std::thread> threads;
  for (std::uint8_t id = 0; id < 4; ++id) {
    threads.emplace_back([&, id] {
      for (std::uint8_t i = 0; i < 100; ++i) EXPECT_TRUE(connection->send(Bytes{id, i}));
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(here.wait([](const Record& r) { return r.frames.size() == 400; }));
  std::uint8_t next[4] = {};
  for (const auto& frame : here.frames)
    EXPECT_EQ(frame[1], next[frame[0]]++) << "each sender's frames keep their order";
}

TEST(Framed, ReconnectsWhenThePeerComesBack) {
  Record first, second, there;
  auto server = *listen_framed("127.0.0.1", 0, first.events());
  const auto port = server->port();
  const auto client = *connect_framed("127.0.0.1", port, there.events(), 10ms);
  const auto lost = there.connection(0);
  server.reset();
  ASSERT_TRUE(there.wait([](const Record& r) { return r.closed == 1; }));
  EXPECT_FALSE(lost->open());
  EXPECT_EQ(lost->send(Bytes{1}).error().code, ErrorCode::Closed);
  server = *listen_framed("127.0.0.1", port, second.events());
  ASSERT_TRUE(there.connection(1)->send(Bytes{7}));
  ASSERT_TRUE(second.wait([](const Record& r) { return r.frames.size() == 1; }));
}

TEST(Framed, ClosesAConnectionWhoseFrameIsOverTheLimit) {
  Record here, there;
  const auto server = *listen_framed("127.0.0.1", 0, here.events(), 1000);
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10s, 2000);
  const auto connection = there.connection(0);
  EXPECT_EQ(connection->send(Bytes(2001)).error().code, ErrorCode::TooLarge);
  ASSERT_TRUE(connection->send(Bytes(1000)));
  ASSERT_TRUE(connection->send(Bytes(1001)));
  ASSERT_TRUE(there.wait([](const Record& r) { return r.closed == 1; }));
  ASSERT_TRUE(here.wait([](const Record& r) { return r.closed == 1; }));
  EXPECT_EQ(here.frames.size(), 1u);
}

TEST(Framed, SaysFullInsteadOfKeepingWithoutLimit) {
  std::atomic<bool> go{false};
  Record there;
  auto slow = FramedEvents{};
  slow.frame = [&](const auto&, Bytes) {
    while (!go) std::this_thread::sleep_for(1ms);
  };
  const auto server = *listen_framed("127.0.0.1", 0, slow);
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  const auto connection = there.connection(0);
  const Bytes frame(1u << 20);
  Status status;
  for (int i = 0; i < 100 && status; ++i) status = connection->send(frame);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::Full);
  go = true;
}

TEST(Framed, EitherSideCloses) {
  Record here, there;
  const auto server = *listen_framed("127.0.0.1", 0, here.events());
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  here.connection(0)->close();
  ASSERT_TRUE(there.wait([](const Record& r) { return r.closed == 1; }));
  there.connection(1)->close();
  ASSERT_TRUE(here.wait([](const Record& r) { return r.closed == 2; }));
}

TEST(Framed, AConnectionMayOutliveItsEndpoint) {
  Record here, there;
  auto server = *listen_framed("127.0.0.1", 0, here.events());
  auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  const auto connection = there.connection(0);
  client.reset();
  EXPECT_EQ(there.closed, 1);
  EXPECT_EQ(connection->send(Bytes{1}).error().code, ErrorCode::Closed);
  connection->close();
}

TEST(Framed, RefusesWhatIsNotANumericAddressOrIsTaken) {
  EXPECT_EQ(connect_framed("not an address", 1, {}, 10ms).error().code, ErrorCode::Network);
  const auto server = *listen_framed("127.0.0.1", 0, {});
  EXPECT_EQ(listen_framed("127.0.0.1", server->port(), {}).error().code, ErrorCode::Network);
}

}  // namespace
}  // namespace meterway::net
