#include "base/net/framed.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

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

TEST(Framed, WhatASlowPeerLeftWaitingArrivesWholeAndInOrder) {
  std::atomic<bool> go{false};
  Record here, there;
  auto slow = here.events();
  slow.frame = [&, note = slow.frame](const std::shared_ptr<FramedConnection>& from, Bytes frame) {
    while (!go) std::this_thread::sleep_for(1ms);
    note(from, std::move(frame));
  };
  const auto server = *listen_framed("127.0.0.1", 0, slow);
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  const auto connection = there.connection(0);
  std::size_t sent = 0;
  for (; connection->send(Bytes((1u << 20) - sent, static_cast<std::uint8_t>(sent))); ++sent) {
  }
  ASSERT_GE(sent, 16u);
  go = true;
  ASSERT_TRUE(here.wait([&](const Record& r) { return r.frames.size() == sent; }));
  for (std::size_t i = 0; i < sent; ++i)
    EXPECT_EQ(here.frames[i], Bytes((1u << 20) - i, static_cast<std::uint8_t>(i))) << i;
  ASSERT_TRUE(connection->send(Bytes{1}));
  ASSERT_TRUE(here.wait([&](const Record& r) { return r.frames.size() == sent + 1; }));
}

TEST(Framed, WhatMayWaitKeepsItsPlaceAndArrivesByItself) {
  Record here, there;
  const auto server = *listen_framed("127.0.0.1", 0, here.events());
  const auto client = *connect_framed("127.0.0.1", server->port(), there.events(), 10ms);
  const auto to = here.connection(0), from = there.connection(0);
  ASSERT_TRUE(from->send_soon(Bytes{0}));  // nothing ticks yet
  ASSERT_TRUE(here.wait([](const Record& r) { return r.frames.size() == 1; }));
  for (std::uint8_t round = 1; round < 20; ++round) {
    ASSERT_TRUE(to->send(Bytes{round}));  // traffic, so that the connection ticks
    ASSERT_TRUE(there.wait([&](const Record& r) { return r.frames.size() == round; }));
    ASSERT_TRUE(from->send_soon(Bytes{round, 1}));
    if (round % 2 == 0) {
      ASSERT_TRUE(from->send(Bytes{round, 2}));
    }
    ASSERT_TRUE(here.wait([&](const Record& r) { return r.frames.size() == 1u + round + round / 2u; }));
    EXPECT_EQ(here.frames[round + (round - 1u) / 2u], (Bytes{round, 1}));
  }
}

TEST(Framed, ReadsFramesInWhateverPiecesTheyCome) {
  Record here;
  const auto server = *listen_framed("127.0.0.1", 0, here.events());
  const int peer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const int at_once = 1;
  ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  const Bytes large(40000, 7);  // more than is read at a time
  Bytes stream{0, 0, 0, 1, 42, 0, 0, 0, 0, 0, 0, 0x9C, 0x40};
  stream.insert(stream.end(), large.begin(), large.end());
  stream.insert(stream.end(), {0, 0, 0, 2, 1, 2});
  for (std::size_t at = 0, piece = 1; at < stream.size(); at += piece, piece = at < 20 ? 1 : 9999) {
    piece = std::min(piece, stream.size() - at);
    ASSERT_EQ(::send(peer, stream.data() + at, piece, MSG_NOSIGNAL), static_cast<ssize_t>(piece));
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_TRUE(here.wait([](const Record& r) { return r.frames.size() == 4; }));
  ::close(peer);
  EXPECT_EQ(here.frames, (std::vector<Bytes>{{42}, {}, large, {1, 2}}));
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
