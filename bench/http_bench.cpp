// One HTTP exchange of 5 kB and its answer of 1 kB, both ends in this process: the CPU of all threads, so server and
// client together, with the kernel's share. Divide by two for what a request or a push costs the platform.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <mutex>

#include "base/net/network.h"

namespace {

using namespace meterway::net;

std::unique_ptr<HttpServer> server() {
  ServerLimits limits;
  limits.waiting = 10000;
  return std::move(*serve_http(
      "127.0.0.1", 0,
      [](HttpRequest&&) {
        return HttpResponse{200, {{"content-type", "application/xml"}}, std::string(1000, 'x')};
      },
      limits));
}

/// `state.range(0)` calls under way at once.
void Exchange(benchmark::State& state) {
  const auto listening = server();
  const auto network = system_network();
  const auto url = "http://127.0.0.1:" + std::to_string(listening->port()) + "/api/v1/serviceS";
  std::mutex mutex;
  std::condition_variable wake;
  std::int64_t under_way = 0, failed = 0;
  for (auto _ : state) {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return under_way < state.range(0); });
    ++under_way;
    lock.unlock();
    network->call(
        {"POST", url, {{"content-type", "application/xml"}}, std::string(5000, 'x'), std::chrono::seconds(10)},
        [&](meterway::Result<HttpResponse> got) {
          const std::lock_guard done(mutex);
          failed += !got || got->body.size() != 1000;
          if (--under_way < state.range(0)) wake.notify_one();
        });
  }
  std::unique_lock lock(mutex);
  wake.wait(lock, [&] { return under_way == 0; });
  if (failed != 0) state.SkipWithError("an exchange failed");
}
BENCHMARK(Exchange)->Arg(1)->Arg(8)->Arg(64)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
