// What it costs to turn a request into its GBCS message, without cryptography: reading the document is not in it, nor
// are MAC and signature. One request of every form (tests/forms) in turn; the rate is per request.
#include <benchmark/benchmark.h>

#include "tests/forms/maker.h"

namespace {

using namespace meterway;

struct Made {
  duis::Request request;
  flow::transform::Context context;
};

/// Those that become commands; `credentials`: those that carry certificates, whose paths are checked, or the others.
std::vector<Made> requests(bool credentials) {
  std::vector<Made> out;
  std::uint64_t seed = 0;
  for (const auto& form : tests::all_forms()) {
    const auto variant = form.service->variant;
    const bool carries =
        variant == "6.15.1" || variant == "6.15.2" || variant == "6.21" || variant == "6.23" || variant == "8.5";
    if (carries != credentials) continue;
    tests::FormMaker maker(form, ++seed);
    for (int tries = 0; tries < 20; ++tries) {
      auto request = maker.request();
      auto context = maker.context(request);
      if (!flow::transform::transform(request, context)) continue;
      out.push_back({std::move(request), std::move(context)});
      break;
    }
  }
  return out;
}

void transform_all(benchmark::State& state, bool credentials) {
  const auto all = requests(credentials);
  for (auto _ : state) {
    for (const auto& one : all) benchmark::DoNotOptimize(flow::transform::transform(one.request, one.context));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
  state.counters["us_a_request"] = benchmark::Counter(
      static_cast<double>(all.size()), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void EveryForm(benchmark::State& state) { transform_all(state, false); }
BENCHMARK(EveryForm)->Unit(benchmark::kMicrosecond);

void CertificatesWithTheirPaths(benchmark::State& state) { transform_all(state, true); }
BENCHMARK(CertificatesWithTheirPaths)->Unit(benchmark::kMicrosecond);

}  // namespace
