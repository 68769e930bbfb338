#include "base/net/network.h"

#include "base/net/worker_pool.h"

namespace meterway::net {
namespace {

class SystemNetwork final : public Network {
 public:
  Result<std::unique_ptr<FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port,
                                                        FramedEvents events, std::size_t limit_bytes) override {
    return net::listen_framed(address, port, std::move(events), limit_bytes);
  }
  Result<std::unique_ptr<FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port,
                                                         FramedEvents events, std::chrono::milliseconds retry,
                                                         std::size_t limit_bytes) override {
    return net::connect_framed(address, port, std::move(events), retry, limit_bytes);
  }
  void call(HttpCall call, std::function<void(Result<HttpResponse>)> done) override {
    auto shared = std::make_shared<HttpCall>(std::move(call));
    const bool taken = callers_.offer([shared, done] {
      done(http_request(shared->method, shared->url, shared->headers, shared->body, shared->timeout));
    });
    if (!taken) done(fail(ErrorCode::Full, 0, "calls under way"));
  }
  void stop() override { callers_.finish(); }

 private:
  static constexpr unsigned kCallers = 16;
  static constexpr std::size_t kWaiting = 10000;
  WorkerPool callers_{kCallers, kWaiting};
};

}  // namespace

std::unique_ptr<Network> system_network() { return std::make_unique<SystemNetwork>(); }

}  // namespace meterway::net
