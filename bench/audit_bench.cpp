// What a line of the audit costs the write that it goes with: over the real store, without the commit.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "records/audit/log.h"
#include "records/store/log_store.h"

namespace {

using namespace meterway;
using namespace meterway::audit;

void append_entry(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / ("meterway-audit-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    const auto store = std::move(*store::open_log_store((folder / "store.db").string(), {}));
    Entry entry;
    entry.at = *from_iso8601("2026-06-01T00:00:00Z");
    entry.person = "anna";
    entry.party = "supplier";
    entry.function = "anomaly.thresholds.submit";
    entry.about = "thresholds SM-1 (api)";
    entry.outcome = "done";
    entry.rule = "seed B22";
    const auto done = store->write([&](store::WriteView& view) -> Status {
      for (auto _ : state) METERWAY_CHECK(state.range(0) == 0 ? append(view, entry) : append_counted(view, entry));
      return {};
    });
    if (!done) state.SkipWithError("the store refused");
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(append_entry)->ArgName("counted")->Arg(0)->Arg(1)->Iterations(50'000)->Unit(benchmark::kMicrosecond);

}  // namespace
