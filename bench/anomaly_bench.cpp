// What counting costs a request whose User and the DCC have three thresholds between them, and one that nobody has set
// any for: in the write that accepts it, over the real store, without the commit.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "records/anomaly/level.h"
#include "records/anomaly/weigh.h"
#include "records/store/log_store.h"

namespace {

using namespace meterway;
using namespace meterway::anomaly;

constexpr Eui64 kSupplier{0x90B3D51F30010000};

void weigh(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / ("meterway-weigh-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    const auto store = std::move(*store::open_log_store((folder / "store.db").string(), {}));
    ManualClock clock{*from_iso8601("2026-06-01T00:00:00Z")};
    const auto level = [&](std::optional<Eui64> user, const std::string& service, Source source) {
      return store->write([&](store::WriteView& view) {
        return put_level(view, {{user, service}, source, 80, 1'000'000, 24, clock.now(), "T"}, clock.now());
      });
    };
    bool ready = true;
    if (state.range(0) != 0)
      ready = level(kSupplier, "7.4", Source::User) && level(kSupplier, "ALL", Source::User) &&
              level({}, "7.4", Source::Dcc);
    // Counters have to fill their window before they cost what they cost.
    const auto counted = store->write([&](store::WriteView& view) -> Status {
      const auto one = [&]() -> Status {
        clock.advance(std::chrono::seconds(5));
        METERWAY_CHECK(anomaly::weigh(view, {kSupplier, "7.4", clock.now(), {}}));
        return {};
      };
      for (int i = 0; i < 10'000; ++i) METERWAY_CHECK(one());
      for (auto _ : state) METERWAY_CHECK(one());
      return {};
    });
    if (!ready || !counted) state.SkipWithError("the store refused");
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(weigh)->ArgName("thresholds")->Arg(3)->Arg(0)->Iterations(20'000)->Unit(benchmark::kMicrosecond);

}  // namespace
