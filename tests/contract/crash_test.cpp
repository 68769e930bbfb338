// What a power cut may leave of a store: every write that returned success, none that failed, and of the one under way
// all or nothing. Tried at every operation of the disk and with many seeds, on each back end.
#include <gtest/gtest.h>

#include <map>

#include "base/util/random.h"
#include "lab/sim_disk.h"
#include "tests/contract/back_ends.h"

namespace meterway::store {
namespace {

using State = std::map<std::string, std::string>;
constexpr const char* kPath = "data/store.db";
constexpr int kRounds = 24;

State state_of(const Store& store) {
  State state;
  const auto done = store.read([&](const ReadView& view) -> Status {
    for (const auto* table : {"t", "u"}) {
      METERWAY_TRY(const auto rows, view.scan(table, "", "", 10000));
      for (const auto& row : rows) state[std::string(table) + "/" + row.key] = row.value;
    }
    return {};
  });
  EXPECT_TRUE(done) << describe(done.error());
  return state;
}

/// Puts, erases and appends, in a random order, in both tables at once; `expected` follows what the view was told.
Status random_write(Store& store, Random& random, State& expected) {
  return store.write([&](WriteView& view) -> Status {
    const auto changes = 1 + random.next_u64() % 5;
    for (std::uint64_t i = 0; i < changes; ++i) {
      const std::string table = random.next_u64() % 2 == 0 ? "t" : "u";
      const auto key = std::to_string(random.next_u64() % 12);
      const auto kind = random.next_u64() % 4;
      if (kind == 0) {
        METERWAY_CHECK(view.erase(table, key));
        expected.erase(table + "/" + key);
      } else if (kind == 1) {
        const std::string more(random.next_u64() % 200, static_cast<char>('a' + random.next_u64() % 26));
        METERWAY_CHECK(view.append(table, key, more));
        expected[table + "/" + key] += more;
      } else {
        const std::string value(random.next_u64() % 1500, static_cast<char>('a' + random.next_u64() % 26));
        METERWAY_CHECK(view.put(table, key, value));
        expected[table + "/" + key] = value;
      }
    }
    return {};
  });
}

class StoreCrash : public testing::TestWithParam<BackEnd> {
 protected:
  /// Runs until the disk stops at that operation. Gives the state after the last success, and after what was under way.
  static std::pair<State, State> run_until(lab::SimDisk& disk, std::uint64_t seed, std::uint64_t stop_at) {
    SeededRandom random(seed);
    State certain, attempted;
    disk.stop_at(stop_at);
    auto store = GetParam().open(kPath, disk);
    if (!store) return {certain, certain};
    for (int round = 0; round < kRounds; ++round) {
      attempted = certain;
      if (!random_write(**store, random, attempted)) break;
      certain = attempted;
    }
    disk.stop();
    return {certain, attempted};
  }
  static void check(std::uint64_t seed, std::uint64_t stop_at) {
    lab::SimDisk disk;
    const auto [certain, attempted] = run_until(disk, seed, stop_at);
    disk.crash(seed * 1000003 + stop_at);
    for (int again = 0; again < 2; ++again) {  // recovery may be cut short as well
      auto store = GetParam().open(kPath, disk);
      ASSERT_TRUE(store) << describe(store.error()) << " seed " << seed << " stopped at " << stop_at;
      const auto found = state_of(**store);
      ASSERT_TRUE(found == certain || found == attempted)
          << "seed " << seed << " stopped at " << stop_at << ": " << found.size() << " rows, " << certain.size()
          << " were certain";
      if (again == 1) {
        auto expected = found;
        SeededRandom random(seed);
        ASSERT_TRUE(random_write(**store, random, expected)) << "it goes on working";
        ASSERT_EQ(state_of(**store), expected);
      }
      disk.stop();
      store->reset();
      disk.crash(seed + 7);
    }
  }
};

TEST_P(StoreCrash, AtEveryOperationOfTheDiskKeepsWhatWasPromised) {
  lab::SimDisk whole;
  run_until(whole, 1, 0);
  ASSERT_GT(whole.operations(), kRounds);
  for (std::uint64_t stop_at = 1; stop_at <= whole.operations(); ++stop_at) check(1, stop_at);
}

TEST_P(StoreCrash, OfAThousandSeedsKeepsWhatWasPromised) {
  lab::SimDisk whole;
  run_until(whole, 1, 0);
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SeededRandom random(seed);
    check(seed, 1 + random.next_u64() % whole.operations());
    if (HasFatalFailure()) return;
  }
}

TEST_P(StoreCrash, AFullDiskRefusesWritesUntilThereIsRoomAndReadsGoOn) {
  lab::SimDisk disk;
  auto store = *GetParam().open(kPath, disk);
  SeededRandom random(5);
  State certain;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(random_write(*store, random, certain));
  disk.set_full(true);
  bool refused = false;
  for (int i = 0; i < 4000 && !refused; ++i) {  // what was allocated before may still be filled
    auto attempted = certain;
    const auto done = random_write(*store, random, attempted);
    if (done) {
      certain = attempted;
      continue;
    }
    refused = true;
    EXPECT_EQ(done.error().code, ErrorCode::Full) << describe(done.error());
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(state_of(*store), certain) << "a refused write leaves nothing, and reading goes on";
  disk.set_full(false);
  auto attempted = certain;
  ASSERT_TRUE(random_write(*store, random, attempted)) << "writing works again once there is room";
  EXPECT_EQ(state_of(*store), attempted);
  disk.stop();
  store.reset();
  disk.crash(3);
  store = *GetParam().open(kPath, disk);
  EXPECT_EQ(state_of(*store), attempted);
}

INSTANTIATE_TEST_SUITE_P(BackEnds, StoreCrash, testing::ValuesIn(kBackEnds),
                         [](const auto& back_end) { return back_end.param.name; });

}  // namespace
}  // namespace meterway::store
