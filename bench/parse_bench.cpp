// What reading a service request costs: the document, the schema and every field of it, over the reference requests
// ($METERWAY_RTDS/duis). bench/parser.sh runs it beside the published clients' parser on the same files, with --turns:
// for every line on standard input it reads all of them for 25 ms and writes the microseconds that one took, and how
// many it could read.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/util/file.h"
#include "base/xml/document.h"
#include "standard/duis/request.h"

namespace {

using namespace meterway;

std::vector<std::string> requests() {
  const char* folder = std::getenv("METERWAY_RTDS");
  std::vector<std::string> texts;
  if (folder == nullptr || !std::filesystem::is_directory(std::filesystem::path(folder) / "duis")) return texts;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(folder) / "duis")) {
    if (auto text = read_text_file(entry.path())) texts.push_back(*std::move(text));
  }
  return texts;
}

/// True when the document was read to its last field.
bool read_whole(const std::string& text) {
  const auto document = xml::Document::parse(text);
  return document && duis::read_request(*document).has_value();
}

void ReadRequests(benchmark::State& state) {
  static const auto texts = requests();
  if (texts.empty()) return state.SkipWithError("no requests: set METERWAY_RTDS");
  std::size_t read = 0, bytes = 0;
  for (auto _ : state) {
    read = bytes = 0;
    for (const auto& text : texts) {
      read += read_whole(text);
      bytes += text.size();
    }
  }
  state.counters["requests"] = static_cast<double>(texts.size());
  state.counters["read"] = static_cast<double>(read);
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * texts.size()));
}
BENCHMARK(ReadRequests)->Unit(benchmark::kMicrosecond);

void ScanDocuments(benchmark::State& state) {
  static const auto texts = requests();
  if (texts.empty()) return state.SkipWithError("no requests: set METERWAY_RTDS");
  for (auto _ : state) {
    for (const auto& text : texts) benchmark::DoNotOptimize(xml::Document::parse(text));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * texts.size()));
}
BENCHMARK(ScanDocuments)->Unit(benchmark::kMicrosecond);

int take_turns() {
  using Clock = std::chrono::steady_clock;
  constexpr auto kTurn = std::chrono::milliseconds(25);
  const auto texts = requests();
  if (texts.empty()) return 1;
  while (std::getchar() != EOF) {
    const auto start = Clock::now();
    auto now = start;
    std::size_t all = 0, read = 0;
    for (; now - start < kTurn; now = Clock::now()) {
      for (const auto& text : texts) read += read_whole(text);
      all += texts.size();
    }
    const std::chrono::duration<double, std::micro> took = now - start;
    const double rounds = static_cast<double>(all) / static_cast<double>(texts.size());
    std::printf("%.3f %.0f\n", took.count() / static_cast<double>(all), static_cast<double>(read) / rounds);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "--turns") return take_turns();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
