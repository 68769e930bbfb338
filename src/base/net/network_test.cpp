#include "base/net/network.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/net/url.h"

namespace meterway::net {
namespace {

using namespace std::chrono_literals;

/// A server on sockets of its own hand: it does what `script` says with each connection.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd, int number)> script);
  ~RawServer();
  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  int connections() const { return count_; }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> count_{0};
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace
}  // namespace meterway::net

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace meterway::net {
namespace {

RawServer::RawServer(std::function<void(int, int)> script) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
  EXPECT_EQ(::listen(listener_, 64), 0);
  socklen_t size = sizeof here;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
  port_ = ntohs(here.sin_port);
  acceptor_ = std::thread([this, script] {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      threads_.emplace_back([script, fd, number = count_++] {
        script(fd, number);
        ::close(fd);
      });
    }
  });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  ::close(listener_);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
}

/// Reads one request without a body; false when the client has closed.
bool hear(int fd) {
  std::string text;
  char byte = 0;
  while (!text.ends_with("\r\n\r\n")) {
    if (::recv(fd, &byte, 1, 0) != 1) return false;
    text += byte;
  }
  return true;
}
void say(int fd, const std::string& text) { (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

Result<HttpResponse> ask(Network& network, HttpCall call) {
  std::promise<Result<HttpResponse>> promise;
  network.call(std::move(call), [&](Result<HttpResponse> got) { promise.set_value(std::move(got)); });
  return promise.get_future().get();
}
HttpCall get(const std::string& url, std::chrono::milliseconds timeout = 5s) { return {"GET", url, {}, "", timeout}; }

TEST(Network, ManyCallsShareFewConnections) {
  auto server = serve_http("127.0.0.1", 0, [&](HttpRequest&& request) { return HttpResponse{200, {}, request.body}; });
  ASSERT_TRUE(server);
  const auto network = system_network();
  std::atomic<int> right{0};
  std::promise<void> all;
  std::atomic<int> left{500};
  for (int i = 0; i < 500; ++i) {
    network->call({"POST", "http://127.0.0.1:" + std::to_string((*server)->port()) + "/", {}, std::to_string(i), 10s},
                  [&, i](Result<HttpResponse> got) {
                    if (got && got->body == std::to_string(i)) ++right;
                    if (--left == 0) all.set_value();
                  });
  }
  ASSERT_EQ(all.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_EQ(right, 500);
}

TEST(Network, AConnectionIsKeptFromCallToCall) {
  RawServer server([](int fd, int) {
    while (hear(fd)) say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
  });
  const auto network = system_network();
  for (int i = 0; i < 5; ++i) {
    const auto got = ask(*network, get(server.url()));
    ASSERT_TRUE(got) << describe(got.error());
    EXPECT_EQ(got->status, 204);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(Network, AKeptConnectionThatTheServerClosedIsReplacedOnce) {
  RawServer server([](int fd, int) {
    if (hear(fd)) say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    if (hear(fd)) return;  // takes the second request, answers nothing, closes
  });
  const auto network = system_network();
  ASSERT_TRUE(ask(*network, get(server.url())));
  const auto second = ask(*network, get(server.url()));
  ASSERT_TRUE(second) << describe(second.error());
  EXPECT_EQ(second->body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST(Network, ACallThatHasSeenPartOfAnAnswerIsNotMadeAgain) {
  RawServer server([](int fd, int) {
    if (hear(fd)) say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    if (hear(fd)) say(fd, "HTTP/1.1 200 OK\r\ncontent-le");
  });
  const auto network = system_network();
  ASSERT_TRUE(ask(*network, get(server.url())));
  const auto second = ask(*network, get(server.url()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Network);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Network, AFirstConnectionThatClosesWithoutAnAnswerIsAnError) {
  RawServer server([](int fd, int) { hear(fd); });
  const auto network = system_network();
  const auto got = ask(*network, get(server.url()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::Network);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Network, ReadsChunksAndWhatEndsWithTheConnection) {
  RawServer server([](int fd, int number) {
    if (!hear(fd)) return;
    say(fd, number == 0
                ? "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close"
                  "\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\ntrailer: t\r\n\r\n"
                : "HTTP/1.0 200 OK\r\n\r\nto the end");
  });
  const auto network = system_network();
  const auto chunked = ask(*network, get(server.url()));
  ASSERT_TRUE(chunked) << describe(chunked.error());
  EXPECT_EQ(chunked->body, "abcde");
  const auto open_ended = ask(*network, get(server.url()));
  ASSERT_TRUE(open_ended) << describe(open_ended.error());
  EXPECT_EQ(open_ended->body, "to the end");
}

TEST(Network, ASlowHostDelaysNobodyElse) {
  std::promise<void> over;
  const auto ended = over.get_future().share();
  RawServer slow([ended](int fd, int) {
    hear(fd);
    ended.wait();
  });
  RawServer quick([](int fd, int) {
    while (hear(fd)) say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
  });
  const auto network = system_network();
  std::atomic<int> timed_out{0};
  std::promise<void> all;
  for (int i = 0; i < 40; ++i) {
    network->call(get(slow.url(), 300ms), [&](Result<HttpResponse> got) {
      if (!got && got.error().code == ErrorCode::Timeout && ++timed_out == 40) all.set_value();
    });
  }
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(ask(*network, get(quick.url())));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 250ms);
  EXPECT_EQ(all.get_future().wait_for(5s), std::future_status::ready) << timed_out;
  over.set_value();
}

TEST(Network, StopEndsEveryCallAndRefusesNewOnes) {
  std::promise<void> over;
  const auto ended = over.get_future().share();
  RawServer slow([ended](int fd, int) {
    hear(fd);
    ended.wait();
  });
  const auto network = system_network();
  std::atomic<int> closed{0};
  for (int i = 0; i < 20; ++i)
    network->call(get(slow.url(), 20s),
                  [&](Result<HttpResponse> got) { closed += !got && got.error().code == ErrorCode::Closed; });
  std::this_thread::sleep_for(50ms);
  network->stop();
  EXPECT_EQ(closed, 20);
  network->call(get(slow.url()),
                [&](Result<HttpResponse> got) { closed += !got && got.error().code == ErrorCode::Closed; });
  EXPECT_EQ(closed, 21);
  over.set_value();
}

TEST(Network, SaysWhatIsWrong) {
  const auto network = system_network();
  const auto code = [&](const std::string& url) { return ask(*network, get(url)).error().code; };
  EXPECT_EQ(code("gopher://h/"), ErrorCode::BadRequest);
  EXPECT_EQ(code("https://127.0.0.1/"), ErrorCode::Unsupported);
  EXPECT_EQ(code("http://127.0.0.1:1/"), ErrorCode::Network);
}

TEST(Url, IsReadInItsParts) {
  const auto url = parse_url("https://[::1]:8443/a?b=c#d");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a?b=c");
  EXPECT_EQ(parse_url("http://h?x")->target, "/?x");
  EXPECT_EQ(parse_url("https://h")->port, 443);
  EXPECT_FALSE(parse_url("http://user@h/"));
}

}  // namespace
}  // namespace meterway::net
