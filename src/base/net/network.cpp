#include "base/net/network.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>

#include "base/net/http_client.h"

namespace meterway::net {
namespace {

namespace asio = boost::asio;

class SystemNetwork final : public Network {
 public:
  explicit SystemNetwork(TlsContext tls) : client_(io_, std::move(tls), {}) {}
  ~SystemNetwork() override { SystemNetwork::stop(); }
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
    {
      const std::lock_guard lock(mutex_);
      if (!stopped_) {
        // Under the lock: what stop() posts comes after it.
        return asio::post(io_, [this, call = std::move(call), done = std::move(done)]() mutable {
          client_.call(std::move(call), std::move(done));
        });
      }
    }
    done(fail(ErrorCode::Closed, 0, "network"));
  }
  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(stopped_, true)) return;
      asio::post(io_, [this] {
        client_.stop();
        work_.reset();
      });
    }
    thread_.join();
  }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  HttpClient client_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::thread thread_{[this] { io_.run(); }};
};

}  // namespace

std::unique_ptr<Network> system_network(TlsContext tls) { return std::make_unique<SystemNetwork>(std::move(tls)); }

}  // namespace meterway::net
