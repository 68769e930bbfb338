// What storing one on-demand reading (4.1.1) costs: the changes of its five transactions (accepted, sent, arrived,
// answered, delivered) and the four reads between them, on each back end and by several callers at once. `cpu_us` is
// the process's CPU time for one request, `disk_bytes` what the files hold of it at the end.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/util/random.h"
#include "records/store/event_log.h"
#include "records/store/log_store.h"

namespace {

using namespace meterway;
using namespace meterway::store;

double process_cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

Event event(const char* step, const char* outcome, std::size_t bytes) {
  Event out;
  out.time = UtcTime(std::chrono::microseconds(1'790'000'000'123'456));
  out.step = step;
  out.outcome = outcome;
  out.detail = "service 4.1.1 as ECS17b, through hub 00-DB-12-34-56-78-90-A2";
  out.bytes = Bytes(bytes, 0xDF);
  return out;
}

/// One request as the steps write it: a record of 5 kB (document, answer, command), its indexes, its delivery, events.
struct Request {
  std::string id, key, delivery;
  std::string record = std::string(5000, 'r'), document = std::string(3500, 'd');

  explicit Request(std::uint64_t number) {
    SeededRandom random(number);
    char text[96];
    std::snprintf(text, sizeof text, "90-B3-D5-1F-30-01-00-00:00-DB-12-%02X-56-78-90-A0:%llu",
                  static_cast<unsigned>(random.next_u64() % 256), static_cast<unsigned long long>(number));
    id = text;
    key = id + ":R";
    delivery = "90B3D51F30010000:1:" + std::to_string(number);
  }
  Status trace(WriteView& view, std::initializer_list<Event> events) const {
    const auto done = append_events(view, id, {events.begin(), events.size()});
    return done ? Status() : Status(Unexpected{done.error()});
  }
  Status accept(WriteView& view) const {
    METERWAY_TRY(const auto earlier, view.get("request", key));
    benchmark::DoNotOptimize(earlier);
    METERWAY_TRY(const auto counter, view.get("counter", "O:" + id.substr(0, 48)));
    benchmark::DoNotOptimize(counter);
    METERWAY_CHECK(view.put("counter", "O:" + id.substr(0, 48), id));
    METERWAY_CHECK(view.put("request", key, record));
    METERWAY_CHECK(view.put("command", id, key));
    METERWAY_CHECK(view.put("open", key, ""));
    return trace(
        view, {event("gateway", "received", 0), event("transform", "command", 120), event("gateway", "accepted", 0)});
  }
  Status send(WriteView& view) const {
    METERWAY_CHECK(view.put("request", key, record));
    return trace(view, {event("dispatch", "protected", 140), event("wan", "sent", 0)});
  }
  Status arrive(WriteView& view) const {
    METERWAY_TRY(const auto found, view.get("request", key));
    benchmark::DoNotOptimize(found);
    METERWAY_CHECK(view.put("request", key, record));
    return trace(view, {event("wan", "arrived", 0)});
  }
  Status answer(WriteView& view) const {
    METERWAY_CHECK(view.put("request", key, record));
    METERWAY_CHECK(view.erase("open", key));
    METERWAY_CHECK(view.put("delivery", delivery, document));
    return trace(view, {event("correlate", "matched", 300), event("deliver", "queued", 0)});
  }
  Status deliver(WriteView& view) const {
    METERWAY_CHECK(view.erase("delivery", delivery));
    return trace(view, {event("deliver", "delivered", 0)});
  }
  bool run(Store& store) const {
    const auto look = [&](std::string_view table, std::string_view row) {
      return store.read([&](const ReadView& view) -> Status {
        METERWAY_TRY(const auto found, view.get(table, row));
        benchmark::DoNotOptimize(found);
        return {};
      });
    };
    return look("request", key) && store.write([&](auto& view) { return accept(view); }) && look("request", key) &&
           store.write([&](auto& view) { return send(view); }) &&
           store.write([&](auto& view) { return arrive(view); }) && look("request", key) &&
           store.write([&](auto& view) { return answer(view); }) && look("delivery", delivery) &&
           store.write([&](auto& view) { return deliver(view); });
  }
};

struct Shared {
  std::filesystem::path folder;
  std::unique_ptr<Store> store;
  std::atomic<std::uint64_t> next{0};
  double cpu_before = 0;
};
Shared shared;

template <class Open>
void exchange(benchmark::State& state, Open open) {
  if (state.thread_index() == 0) {
    const auto* where = std::getenv("METERWAY_BENCH_FOLDER");
    shared.folder = std::filesystem::path(where != nullptr ? where : ".") / ("store_bench_" + std::to_string(getpid()));
    std::filesystem::remove_all(shared.folder);
    std::filesystem::create_directories(shared.folder);
    shared.store = *open((shared.folder / "store.db").string());
    shared.next = 0;
    shared.cpu_before = process_cpu_us();
  }
  for (auto _ : state) {
    if (!Request(++shared.next).run(*shared.store)) state.SkipWithError("the store failed");
  }
  if (state.thread_index() == 0) {
    const auto requests = static_cast<double>(shared.next.load());
    state.counters["cpu_us"] = (process_cpu_us() - shared.cpu_before) / requests;
    state.counters["disk_bytes"] = [&] {
      double bytes = 0;
      for (const auto& file : std::filesystem::directory_iterator(shared.folder))
        bytes += static_cast<double>(file.file_size());
      return bytes / requests;
    }();
    shared.store.reset();
    std::filesystem::remove_all(shared.folder);
  }
  state.SetItemsProcessed(state.iterations());
}

void sqlite(benchmark::State& state) {
  exchange(state, [](const std::string& path) { return open_sqlite(path); });
}
void log(benchmark::State& state) {
  exchange(state, [](const std::string& path) { return open_log_store(path); });
}
BENCHMARK(sqlite)->Threads(1)->Threads(8)->Threads(32)->Threads(64)->UseRealTime()->MinTime(2);
BENCHMARK(log)->Threads(1)->Threads(8)->Threads(32)->Threads(64)->UseRealTime()->MinTime(2);

}  // namespace
