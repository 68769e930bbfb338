// Many schedules: how large they are on disk, how long it takes to find what is due, how late the last one is made.
// METERWAY_SCHEDULES says how many (a million: some minutes); a few without it.
#include <sys/resource.h>

#include <cstdio>

#include "flow/schedule/runner.h"
#include "records/store/log_store.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::schedule {
namespace {

using meterway::schedule::put_schedule;
using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Wall = std::chrono::steady_clock;

constexpr std::size_t kForDevice = 4;

class Many : public tests::FlowBench {
 protected:
  static Schedule make_one(std::size_t n, const Settings& settings) {
    Schedule one;
    one.id = 1 + n * 7919;
    one.user = tests::kSupplier;
    one.device = Eui64(tests::kMeter.value() + n / kForDevice);
    one.service = "4.8.1";
    one.timing.start = calendar::date_of(tests::bench_time());
    one.timing.time = hours(1);
    one.time_text = "01:00:00.00Z";
    one.period = {"-1", "00:00:00.00Z", "0", "00:00:00.00Z"};
    one.created = tests::bench_time();
    one.request = {n};
    move_on(one, one.created, settings);
    return one;
  }
  static double micros(Wall::time_point from) {
    return static_cast<double>(duration_cast<std::chrono::nanoseconds>(Wall::now() - from).count()) / 1000.0;
  }
  static std::size_t memory_kb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss);
  }
};

TEST_F(Many, AreAllMadeInTheirWindowEachOnce) {
  const char* asked = std::getenv("METERWAY_SCHEDULES");
  const auto count = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 2000;
  const auto folder = std::filesystem::temp_directory_path() / ("meterway_many_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    auto store = store::open_log_store((folder / "store.db").string(), {}).value();
    const Context with{
        *store,   context().certificates, context().keys, context().signer, tests::kBroker, clock, random,
        executor, context().network,      settings};
    auto begun = Wall::now();
    for (std::size_t n = 0; n < count;) {
      const auto done = store->write([&](store::WriteView& view) -> Status {
        if (n == 0)
          METERWAY_CHECK(
              registry::put_user(view, {tests::kSupplier, "s", {UserRole::IS}, registry::UserState::Live, ""}));
        for (std::size_t i = 0; i < 1000 && n < count; ++i, ++n) {
          const auto one = make_one(n, settings);
          if (n % kForDevice == 0) {
            registry::Device device;
            device.eui = one.device;
            device.type = DeviceType::ESME;
            device.state = registry::DeviceState::Commissioned;
            device.responsible = {{UserRole::IS, tests::kSupplier, {}, {}}};
            METERWAY_CHECK(registry::put_device(view, device));
          }
          METERWAY_CHECK(put_schedule(view, one));
        }
        return {};
      });
      ASSERT_TRUE(done) << describe(done.error());
    }
    const auto written = micros(begun);
    begun = Wall::now();
    std::size_t found = 0;
    const auto when = tests::bench_time() + hours(1) + std::chrono::minutes(30);
    ASSERT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto due, meterway::schedule::due_schedules(view, {}, when, Runner::kBatch));
      found = due.size();
      return {};
    }));
    std::printf("%llu schedules: %.1f us each to make, first %zu due found in %.0f us, %zu MB at most in memory\n",
                static_cast<unsigned long long>(count), written / static_cast<double>(count), found, micros(begun),
                memory_kb() / 1024);
    // An hour of them by a clock that goes as fast as the work: no more than one window's share is measured.
    std::size_t looked = 0;
    auto runner = Runner::start(with, {[&](Eui64) { ++looked; }, [](Outcome&&) { return true; }});
    const auto most = std::min<std::size_t>(count, 20'000);
    begun = Wall::now();
    double longest = 0;
    std::size_t batches = 0;
    const auto end = tests::bench_time() + hours(2);
    // Sweeps look at devices as well: of a few the whole window is run, and each one counted below.
    while ((most == count || looked < most) && clock.now() < end) {
      const auto next = executor.next();
      ASSERT_TRUE(next);
      if (*next > clock.now()) clock.set(*next);
      const auto before = looked;
      const auto from = Wall::now();
      executor.step();
      if (looked == before) continue;
      longest = std::max(longest, micros(from));
      ++batches;
    }
    ASSERT_GE(looked, most);
    const auto each = micros(begun) / static_cast<double>(looked);
    std::printf("%zu runs: %.0f us each, the longest batch %.0f ms in %zu; a window of an hour takes %.0f of them\n",
                looked, each, longest / 1000, batches, 3.6e9 / each);
    std::size_t open = 0;
    std::set<RequestId> ids;
    ASSERT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      for (std::string last;;) {
        METERWAY_TRY(const auto page, registry::open_page(view, last, registry::kOpenPage));
        for (const auto& one : page) ids.insert(one.id);
        open += page.size();
        if (page.size() < registry::kOpenPage) return {};
        last = page.back().key;
      }
    }));
    EXPECT_EQ(ids.size(), open) << "each under a name of its own";
    std::size_t ran = 0, not_yet = 0;
    ASSERT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      for (std::uint64_t id = 0;;) {
        METERWAY_TRY(const auto page, meterway::schedule::schedules_from(view, id, 1000));
        if (page.empty()) return {};
        for (const auto& one : page) {
          EXPECT_LE(one.runs, 1u) << one.id;
          ++(one.runs == 0 ? not_yet : ran);
        }
        id = page.back().id + 1;
      }
    }));
    EXPECT_EQ(ran, open) << "one request a schedule that ran";
    EXPECT_EQ(ran + not_yet, count);
    if (most == count) {
      EXPECT_EQ(open, count) << "all";
      for (std::size_t n = 0; n < count; ++n) {
        std::optional<Schedule> one;
        ASSERT_TRUE(store->read([&](const store::ReadView& view) -> Status {
          METERWAY_TRY(one, meterway::schedule::find_schedule(view, make_one(n, settings).id));
          return {};
        }));
        ASSERT_TRUE(one);
        ASSERT_EQ(one->runs, 1U) << one->id;
        ASSERT_EQ(one->last, tests::bench_time() + hours(1)) << one->id;
      }
    }
    runner.reset();
  }
  {
    auto store = store::open_sqlite((folder / "store.db").string()).value();
    const auto copy = (folder / "copy.db").string();
    ASSERT_TRUE(store->backup(copy));
    std::printf("%.0f bytes on disk for each, with a quarter of a device and what its runs left\n",
                static_cast<double>(std::filesystem::file_size(copy)) / static_cast<double>(count));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace meterway::flow::schedule
