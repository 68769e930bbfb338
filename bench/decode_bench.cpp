// What it costs to decode a message into named, typed values, without cryptography: every reference message once a
// round, encrypted values left closed. The counter `us_a_message` is the average that bench/README.md speaks of.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "standard/gbcs/decoded.h"
#include "tests/support/reference.h"

namespace {

using namespace meterway;

std::vector<Bytes> reference_messages() {
  std::vector<Bytes> messages;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(tests::reference_path() / "hex", absent)) {
    const auto text = read_text_file(entry.path());
    if (const auto bytes = text ? from_hex(*text) : Result<Bytes>(Bytes())) messages.push_back(*bytes);
  }
  return messages;
}

void decode_reference(benchmark::State& state) {
  const auto messages = reference_messages();
  if (messages.empty()) return state.SkipWithError("no reference data");
  std::size_t fields = 0;
  for (auto _ : state) {
    fields = 0;
    for (const auto& message : messages) {
      const auto decoded = gbcs::decode(message);
      if (!decoded) return state.SkipWithError("a message that does not read");
      fields += decoded->fields.size();
    }
    benchmark::DoNotOptimize(fields);
  }
  state.counters["fields"] = static_cast<double>(fields);
  state.counters["us_a_message"] =
      benchmark::Counter(static_cast<double>(messages.size()) * 1e-6,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(decode_reference)->Name("Decode/EveryReferenceMessage")->Unit(benchmark::kMillisecond);

}  // namespace
