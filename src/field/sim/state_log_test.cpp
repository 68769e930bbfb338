#include "field/sim/state_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/util/file.h"

namespace meterway::field {
namespace {

namespace fs = std::filesystem;
using Key = StateLog::Key;

class StateLogTest : public ::testing::Test {
 protected:
  StateLogTest() : path_(fs::temp_directory_path() / ("meterway_state_log_" + std::to_string(::getpid()))) {
    fs::remove(path_);
  }
  ~StateLogTest() override { fs::remove(path_); }
  fs::path path_;
};

TEST_F(StateLogTest, KeepsTheLastValueOfEachKey) {
  {
    const auto log = StateLog::open(path_).value();
    log->put({'d', 1}, {1, 2, 3});
    log->put({'d', 2}, {4});
    ASSERT_TRUE(log->commit());
    log->put({'d', 1}, {});
    log->erase({'d', 2});
    log->put({'h', 1}, {9});
    ASSERT_TRUE(log->commit());
    log->put({'d', 3}, {7});  // never committed
  }
  const auto log = StateLog::open(path_).value();
  EXPECT_EQ(log->get({'d', 1}).value(), std::optional(Bytes{}));
  EXPECT_EQ(log->get({'d', 2}).value(), std::nullopt);
  EXPECT_EQ(log->get({'d', 3}).value(), std::nullopt);
  EXPECT_EQ(log->get({'h', 1}).value(), std::optional(Bytes{9}));
  EXPECT_EQ(log->entries(), 2u);
}

TEST_F(StateLogTest, TakesACommitAsAWholeOrNotAtAllWhereverTheFileEnds) {
  std::uint64_t first = 0;
  {
    const auto log = StateLog::open(path_).value();
    log->put({'d', 1}, Bytes(100, 1));
    ASSERT_TRUE(log->commit());
    first = log->file_bytes();
    log->put({'d', 1}, Bytes(50, 2));
    log->put({'d', 2}, Bytes(50, 2));
    ASSERT_TRUE(log->commit());
  }
  const auto whole = read_file(path_).value();
  for (std::size_t size = first; size < whole.size(); ++size) {
    ASSERT_TRUE(write_file(path_, ByteView(whole).first(size)));
    const auto log = StateLog::open(path_).value();
    ASSERT_EQ(log->get({'d', 1}).value()->size(), 100u) << size;
    ASSERT_EQ(log->entries(), 1u);
    ASSERT_EQ(fs::file_size(path_), first) << "the torn end is cut off, so that the next record follows the last";
  }
}

TEST_F(StateLogTest, DoesNotTrustARecordThatWasDamaged) {
  {
    const auto log = StateLog::open(path_).value();
    log->put({'d', 1}, Bytes(100, 1));
    ASSERT_TRUE(log->commit());
  }
  auto bytes = read_file(path_).value();
  bytes[60] ^= 1;
  ASSERT_TRUE(write_file(path_, bytes));
  EXPECT_EQ(StateLog::open(path_).value()->entries(), 0u);
}

TEST_F(StateLogTest, WritesItselfAnewWhenMostOfItIsPast) {
  const auto log = StateLog::open(path_).value();
  for (int round = 0; round < 80; ++round) {
    log->put({'d', static_cast<std::uint64_t>(round % 4)}, Bytes(1u << 20, static_cast<std::uint8_t>(round)));
    log->put({'h', 5}, {static_cast<std::uint8_t>(round)});
    ASSERT_TRUE(log->commit());
  }
  EXPECT_LT(log->file_bytes(), 24u << 20);
  const auto again = StateLog::open(path_).value();
  EXPECT_EQ(again->entries(), 5u);
  EXPECT_EQ(again->get({'d', 3}).value()->at(7), 79);
  EXPECT_EQ(again->get({'h', 5}).value(), std::optional(Bytes{79}));
  EXPECT_EQ(again->live_bytes(), log->live_bytes());
}

TEST_F(StateLogTest, VisitsOneKindInOrder) {
  const auto log = StateLog::open(path_).value();
  for (const std::uint64_t id : {7, 3, 5}) log->put({'o', id}, {static_cast<std::uint8_t>(id)});
  log->put({'d', 4}, {4});
  ASSERT_TRUE(log->commit());
  Bytes seen;
  ASSERT_TRUE(log->each('o', [&](std::uint64_t id, ByteView value) -> Status {
    EXPECT_EQ(value[0], id);
    seen.push_back(value[0]);
    return {};
  }));
  EXPECT_EQ(seen, (Bytes{3, 5, 7}));
}

}  // namespace
}  // namespace meterway::field
