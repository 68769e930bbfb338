#include "base/net/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

namespace meterway::net {
namespace {

using namespace std::chrono_literals;

HttpResponse echo(const HttpRequest& request) {
  if (request.path == "/throw") throw std::runtime_error("no");
  if (request.path == "/nothing") return {204, {}, "ignored"};
  if (request.path == "/slow") std::this_thread::sleep_for(200ms);
  return {200,
          {{"content-type", "text/plain"},
           {"x-seen", request.headers.count("x-asked") != 0 ? request.headers.at("x-asked") : "none"}},
          request.method + " " + request.path + " " + request.query + " " + request.body};
}

std::unique_ptr<HttpServer> serve(Handler handler = echo, ServerLimits limits = {}) {
  auto server = serve_http("127.0.0.1", 0, std::move(handler), limits);
  EXPECT_TRUE(server);
  return std::move(*server);
}

std::string url(const HttpServer& server, const std::string& target) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + target;
}

/// A bare socket, to say what no well-behaved client says.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Peer() { ::close(fd_); }
  void say(const std::string& text) {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  void offer(const std::string& text) { (void)::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// Everything until the server closes.
  std::string hear() { return hear_until("\x01 never"); }
  /// Everything up to `end`, or until the server closes.
  std::string hear_until(const std::string& end) {
    std::string all;
    char byte = 0;
    while (all.size() < end.size() || all.compare(all.size() - end.size(), end.size(), end) != 0) {
      if (::recv(fd_, &byte, 1, 0) != 1) break;
      all += byte;
    }
    return all;
  }

 private:
  int fd_;
};

TEST(Http, CarriesMethodPathQueryHeadersAndBodyBothWays) {
  const auto server = serve();
  const auto answer = http_request("POST", url(*server, "/a/b?x=1&y=2"), {{"X-Asked", "yes"}}, "the body", 3s);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a/b x=1&y=2 the body");
  EXPECT_EQ(answer->headers.at("x-seen"), "yes");
  EXPECT_EQ(answer->headers.at("content-type"), "text/plain");
}

TEST(Http, CarriesLargeBodies) {
  const auto server = serve();
  const auto answer = http_request("POST", url(*server, "/"), {}, std::string(8u << 20, 'x'), 10s);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->body.size(), (8u << 20) + std::string("POST /  ").size());
}

TEST(Http, AnswersWithoutABodyAreLegal) {
  const auto server = serve();
  const auto nothing = http_request("POST", url(*server, "/nothing"), {}, "x", 3s);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->status, 204);
  EXPECT_EQ(nothing->body, "");
  const auto head = http_request("HEAD", url(*server, "/h"), {}, "", 3s);
  ASSERT_TRUE(head) << describe(head.error());
  EXPECT_EQ(head->headers.at("content-length"), std::to_string(std::string("HEAD /h  ").size()));
  EXPECT_EQ(head->body, "");
}

TEST(Http, AHandlerThatThrowsIsA500) {
  const auto server = serve();
  const auto answer = http_request("GET", url(*server, "/throw"), {}, "", 3s);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
}

TEST(Http, OneConnectionServesManyRequestsInOrder) {
  const auto server = serve();
  Peer peer(server->port());
  peer.say(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: "
      "close\r\n\r\n");
  const auto all = peer.hear();
  const auto first = all.find("GET /1"), second = all.find("GET /2"), third = all.find("GET /3");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

TEST(Http, ABodyOverTheLimitIsA413WithAndWithoutALength) {
  ServerLimits limits;
  limits.body_bytes = 1000;
  const auto server = serve(echo, limits);
  const auto answer = http_request("POST", url(*server, "/"), {}, std::string(1u << 20, 'x'), 5s);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->status, 413);
  const auto fits = http_request("POST", url(*server, "/"), {}, std::string(1000, 'x'), 5s);
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->status, 200);
  Peer peer(server->port());
  peer.say("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" + std::string(0x800, 'x') +
           "\r\n0\r\n\r\n");
  EXPECT_EQ(peer.hear_until("\r\n").substr(0, 12), "HTTP/1.1 413");
}

TEST(Http, AHeaderOverTheLimitIsA431) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  const auto server = serve(echo, limits);
  const auto answer = http_request("GET", url(*server, "/"), {{"x-long", std::string(5000, 'x')}}, "", 5s);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->status, 431);
}

TEST(Http, WhatIsNotHttpIsA400) {
  const auto server = serve();
  for (const auto* text : {"\x16\x03\x01 not http\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: twelve\r\n\r\n"}) {
    Peer peer(server->port());
    peer.say(text);
    EXPECT_EQ(peer.hear().substr(0, 12), "HTTP/1.1 400") << text;
  }
}

TEST(Http, AClientThatAsksBeforeItSendsIsToldToContinue) {
  const auto server = serve();
  Peer peer(server->port());
  peer.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.hear_until("\r\n\r\n").substr(0, 12), "HTTP/1.1 100");
  peer.say("ok");
  EXPECT_NE(peer.hear().find("POST /  ok"), std::string::npos);
}

TEST(Http, ASilentOrSlowPeerIsCutOff) {
  ServerLimits limits;
  limits.idle = limits.header = limits.body = 100ms;
  const auto server = serve(echo, limits);
  Peer silent(server->port()), slow_header(server->port()), slow_body(server->port());
  slow_header.say("POST / HTTP/1.1\r\nHost: h\r\nX-");
  slow_body.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(silent.hear(), "");
  EXPECT_EQ(slow_header.hear().substr(0, 12), "HTTP/1.1 408");
  EXPECT_EQ(slow_body.hear().substr(0, 12), "HTTP/1.1 408");
}

TEST(Http, ADripOfBytesDoesNotMoveTheDeadline) {
  ServerLimits limits;
  limits.header = 200ms;
  const auto server = serve(echo, limits);
  Peer drip(server->port());
  const auto began = std::chrono::steady_clock::now();
  drip.say("GET / HTTP/1.1\r\nHost: h\r\n");
  auto answer = std::async(std::launch::async, [&] { return drip.hear(); });
  while (answer.wait_for(20ms) != std::future_status::ready && std::chrono::steady_clock::now() - began < 5s)
    drip.offer("X-A: b\r\n");
  EXPECT_EQ(answer.get().substr(0, 12), "HTTP/1.1 408");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
}

TEST(Http, MalformedRequestsAreNamed) {
  const auto server = serve();
  const std::pair<const char*, const char*> cases[] = {
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", "400"},
      {"GET / HTTP/1.1\nHost: h\n\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nExpect: a miracle\r\nContent-Length: 0\r\n\r\n", "417"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
  };
  for (const auto& [text, status] : cases) {
    Peer peer(server->port());
    peer.say(text);
    EXPECT_EQ(peer.hear().substr(0, 12), std::string("HTTP/1.1 ") + status) << text;
  }
}

TEST(Http, AThousandRequestsInOnePieceAreAnsweredInOrder) {
  const auto server = serve();
  Peer peer(server->port());
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "GET /" + std::to_string(i) + "; HTTP/1.1\r\nHost: h\r\n\r\n";
  peer.say(all + "GET /end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto heard = peer.hear();
  std::size_t at = 0;
  for (int i = 0; i < 1000; ++i) {
    at = heard.find("GET /" + std::to_string(i) + ";", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Http, TooManyWaitingRequestsAreToldWhenToComeBack) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> entered{0};
  ServerLimits limits;
  limits.workers = 1;
  limits.waiting = 1;
  const auto server = serve(
      [&](const HttpRequest&) {
        ++entered;
        released.wait();
        return HttpResponse{200, {}, ""};
      },
      limits);
  std::vector<std::future<int>> statuses;
  const auto ask = [&] {
    statuses.push_back(std::async(std::launch::async, [&] {
      const auto answer = http_request("GET", url(*server, "/"), {}, "", 10s);
      return answer ? answer->status : 0;
    }));
  };
  ask();
  while (entered == 0) std::this_thread::sleep_for(1ms);  // one runs
  ask();
  ask();  // one of these waits, the other is refused at once
  Peer refused(server->port());
  std::this_thread::sleep_for(100ms);
  refused.say("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto text = refused.hear();
  EXPECT_EQ(text.substr(0, 12), "HTTP/1.1 503");
  EXPECT_NE(text.find("retry-after: 1"), std::string::npos) << text;
  release.set_value();
  int served = 0, sent_away = 0;
  for (auto& status : statuses) (status.get() == 200 ? served : sent_away)++;
  EXPECT_EQ(served, 2);
  EXPECT_EQ(sent_away, 1);
}

TEST(Http, OneConnectionTooManyIsToldWhenToComeBack) {
  ServerLimits limits;
  limits.connections = 1;
  const auto server = serve(echo, limits);
  Peer first(server->port());
  first.say("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(first.hear_until("GET /1").size(), 0u);
  Peer second(server->port());
  EXPECT_EQ(second.hear().substr(0, 12), "HTTP/1.1 503");
}

TEST(Http, StoppingLetsRunningHandlersFinishAndClosesIdleConnections) {
  std::atomic<bool> entered{false};
  auto server = serve([&](const HttpRequest& request) {
    entered = true;
    return request.path == "/slow" ? echo(request) : HttpResponse{};
  });
  Peer idle(server->port());
  auto answer = std::async(std::launch::async,
                           [target = url(*server, "/slow")] { return http_request("GET", target, {}, "", 5s); });
  while (!entered) std::this_thread::sleep_for(1ms);
  const auto port = server->port();
  server.reset();
  const auto got = answer.get();
  ASSERT_TRUE(got) << describe(got.error());
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(idle.hear(), "");
  const auto after = http_request("GET", "http://127.0.0.1:" + std::to_string(port) + "/", {}, "", 1s);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::Network);
}

TEST(Http, ManyClientsAtOnceGetTheirOwnAnswers) {
  const auto server = serve();
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const auto body = std::to_string(i * 1000 + round);
        const auto answer = http_request("POST", url(*server, "/"), {}, body, 5s);
        if (!answer || answer->body != "POST /  " + body) ++wrong;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Http, TheClientGivesUpAtItsDeadline) {
  const auto server = serve([](const HttpRequest&) {
    std::this_thread::sleep_for(500ms);
    return HttpResponse{};
  });
  const auto answer = http_request("GET", url(*server, "/"), {}, "", 50ms);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Timeout);
}

TEST(Http, RefusesUrlsItCannotUse) {
  const auto code = [](const std::string& target) { return http_request("GET", target, {}, "", 1s).error().code; };
  EXPECT_EQ(code("https://127.0.0.1/"), ErrorCode::Unsupported);
  for (const auto* target : {"", "ftp://h/", "http://", "http:///x", "http://h:port/", "http://h:99999/",
                             "http://[::1/", "http://h/a b", "http://h/\r\nX: y"}) {
    EXPECT_EQ(code(target), ErrorCode::BadRequest) << target;
  }
}

TEST(Http, SaysSoWhenThePortIsTaken) {
  const auto server = serve();
  const auto second = serve_http("127.0.0.1", server->port(), echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Network);
}

}  // namespace
}  // namespace meterway::net
