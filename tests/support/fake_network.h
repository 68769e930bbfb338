#pragma once
#include <deque>
#include <map>

#include "base/net/network.h"

namespace meterway::tests {

/// Calls that wait until the test answers them. No links.
class FakeNetwork final : public net::Network {
 public:
  struct Waiting {
    net::HttpCall call;
    std::function<void(Result<net::HttpResponse>)> done;
  };

  Result<std::unique_ptr<net::FramedEndpoint>> listen_framed(const std::string&, std::uint16_t, net::FramedEvents,
                                                             std::size_t) override {
    return fail(ErrorCode::Unsupported, 0, "links of a fake network");
  }
  Result<std::unique_ptr<net::FramedEndpoint>> connect_framed(const std::string&, std::uint16_t, net::FramedEvents,
                                                              std::chrono::milliseconds, std::size_t) override {
    return fail(ErrorCode::Unsupported, 0, "links of a fake network");
  }
  void call(net::HttpCall call, std::function<void(Result<net::HttpResponse>)> done) override {
    ++calls[call.url];
    waiting.push_back({std::move(call), std::move(done)});
    most_waiting = std::max(most_waiting, waiting.size());
  }
  void stop() override {
    while (!waiting.empty()) answer(fail(ErrorCode::Closed, 0, "network"));
  }

  /// Answers the call that waits longest.
  void answer(Result<net::HttpResponse> reply) {
    auto first = std::move(waiting.front());
    waiting.pop_front();
    first.done(std::move(reply));
  }
  void answer(int status, net::Headers headers = {}) { answer(net::HttpResponse{status, std::move(headers), {}}); }

  std::deque<Waiting> waiting;
  std::map<std::string, std::size_t> calls;  ///< so far, by address
  std::size_t most_waiting = 0;
};

}  // namespace meterway::tests
