#include "records/store/log_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/util/file.h"
#include "records/store/crc32c.h"
#include "records/store/log_file.h"

namespace meterway::store {
namespace {

class LogStore : public testing::Test {
 protected:
  LogStore() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_log_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LogStore() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return (folder_ / "store.db").string(); }
  void open(LogOptions options = {}) {
    store_.reset();
    auto opened = open_log_store(path(), std::move(options));
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = *std::move(opened);
  }
  Error open_error() {
    store_.reset();
    const auto opened = open_log_store(path());
    EXPECT_FALSE(opened);
    return opened ? Error{ErrorCode::Closed} : opened.error();
  }
  Status put(const std::string& key, const std::string& value) {
    return store_->write([&](WriteView& view) { return view.put("t", key, value); });
  }
  std::size_t rows() {
    std::size_t count = 0;
    EXPECT_TRUE(store_->read([&](const ReadView& view) -> Status {
      METERWAY_TRY(const auto found, view.scan("t", "", "", 100000));
      count = found.size();
      return {};
    }));
    return count;
  }
  std::vector<std::uint64_t> segments() const { return list_segments(path(), system_disk()).value(); }
  void damage(std::uint64_t segment, std::size_t offset) {
    store_.reset();
    auto bytes = *read_file(segment_path(path(), segment));
    ASSERT_LT(offset, bytes.size());
    bytes[offset] ^= 0x40;
    ASSERT_TRUE(write_file(segment_path(path(), segment), bytes, 0600));
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

TEST(Crc32c, IsTheCastagnoliOne) {
  const std::string digits = "123456789";
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size());
  EXPECT_EQ(crc32c(bytes), 0xE3069283u);
  EXPECT_EQ(crc32c(bytes.subspan(4), crc32c(bytes.first(4))), 0xE3069283u);
}

TEST_F(LogStore, BringsBackItsRowsFromTheLogAlone) {
  open();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put(std::to_string(i), "v"));
  open();
  EXPECT_EQ(rows(), 100u);
  EXPECT_EQ(segments().size(), 2u) << "each opening begins a segment";
}

TEST_F(LogStore, DropsSegmentsOnceTheirRowsAreInSqlite) {
  LogOptions options;
  options.checkpoint_bytes = 5000;
  open(options);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(put(std::to_string(i), "v"));
  EXPECT_LE(segments().size(), 2u);
  EXPECT_GT(segments().back(), 10u);
  EXPECT_EQ(rows(), 1000u);
}

TEST_F(LogStore, CutsATornEnd) {
  open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put(std::to_string(i), "value"));
  // A record here is 16 + 1+1+1 + 2+1 + 4+5 bytes after a header of 32.
  damage(1, 32 + 9 * 31 + 20);
  open();
  EXPECT_EQ(rows(), 9u);
  ASSERT_TRUE(put("again", "v"));
  open();
  EXPECT_EQ(rows(), 10u) << "and goes on after it";
}

TEST_F(LogStore, RefusesADamagedMiddleInWords) {
  open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put(std::to_string(i), "value"));
  damage(1, 32 + 4 * 31 + 20);
  const auto error = open_error();
  EXPECT_EQ(error.code, ErrorCode::BadDigest);
  EXPECT_EQ(error.offset, 32u + 4 * 31);
  EXPECT_EQ(describe(error), "the digest is wrong (append log) at byte 156");
}

TEST_F(LogStore, RefusesADamagedHeaderAndAMissingSegment) {
  open();
  ASSERT_TRUE(put("1", "v"));
  open();
  ASSERT_TRUE(put("2", "v"));
  open();
  ASSERT_TRUE(put("3", "v"));
  store_.reset();
  const auto second = segment_path(path(), 2);
  std::filesystem::rename(second, folder_ / "aside");
  EXPECT_EQ(open_error().code, ErrorCode::Conflict);
  std::filesystem::rename(folder_ / "aside", second);
  damage(1, 20);
  EXPECT_EQ(open_error().code, ErrorCode::BadDigest);
}

TEST_F(LogStore, WritesWhatWasPutAndErasedBetweenCheckpointsOnlyOnce) {
  open();
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(put("same", std::string(1000, 'v')));
    ASSERT_TRUE(store_->write([&](WriteView& view) { return view.erase("t", "same"); }));
  }
  store_.reset();
  store_ = *open_sqlite(path());  // which brings the log into the file
  EXPECT_EQ(rows(), 0u);
  EXPECT_TRUE(segments().empty());
  store_.reset();
  EXPECT_LT(std::filesystem::file_size(path()), 64u << 10);
}

TEST_F(LogStore, FillsNoMemoryWithRowsThatComeAndGo) {
  LogOptions options;
  options.checkpoint_bytes = 20'000;
  open(options);
  const auto come_and_go = [&](int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(store_->write([&](WriteView& view) -> Status {
        for (int row = 0; row < 50; ++row) METERWAY_CHECK(view.put("t", std::to_string(50 * i + row), "value"));
        return {};
      }));
      ASSERT_TRUE(store_->write([&](WriteView& view) -> Status {
        for (int row = 0; row < 50; ++row) METERWAY_CHECK(view.erase("t", std::to_string(50 * i + row)));
        return {};
      }));
    }
  };
  come_and_go(10);  // as marks of erased rows they would be four checkpoints
  EXPECT_EQ(segments(), std::vector<std::uint64_t>{1});
  come_and_go(100);
  EXPECT_GT(segments().front(), 3u) << "the log is dropped all the same";
  EXPECT_EQ(rows(), 0u);
}

TEST_F(LogStore, ErasesRowsOfEveryAge) {
  // In SQLite, in the frozen layer and in the active one; a reader who stands before keeps what he saw.
  std::vector<std::function<void()>> posted;
  LogOptions options;
  options.checkpoint_bytes = 2000;
  options.background = [&](std::function<void()> work) { posted.push_back(std::move(work)); };
  open(options);
  int filler = 0;
  const auto rotate = [&](std::size_t times) {
    while (posted.size() < times) ASSERT_TRUE(put("x" + std::to_string(filler++), std::string(100, 'v')));
  };
  ASSERT_TRUE(put("in sqlite", "v"));
  rotate(1);
  posted[0]();
  ASSERT_TRUE(put("frozen", "v"));
  rotate(2);
  ASSERT_TRUE(put("active", "v"));
  const auto found = [](const ReadView& view) {
    std::string keys;
    const auto rows = *view.scan("t", "", "x", 10);
    for (const auto& row : rows) keys += row.key + "=" + **view.get("t", row.key) + " ";
    return keys;
  };
  const auto now = [&] {
    std::string keys;
    EXPECT_TRUE(store_->read([&](const ReadView& view) -> Status {
      keys = found(view);
      return {};
    }));
    return keys;
  };
  const std::string all = "active=v frozen=v in sqlite=v ";
  ASSERT_TRUE(store_->read([&](const ReadView& view) -> Status {
    EXPECT_EQ(found(view), all);
    for (const auto* key : {"in sqlite", "frozen", "active"})
      EXPECT_TRUE(store_->write([&](WriteView& to) { return to.erase("t", key); }));
    EXPECT_TRUE(put("y", "v"));
    EXPECT_EQ(found(view), all);
    EXPECT_EQ(now(), "");
    return {};
  }));
  ASSERT_TRUE(put("y", "w"));
  EXPECT_EQ(now(), "");
  posted[1]();
  EXPECT_EQ(now(), "");
  rotate(3);
  posted[2]();
  EXPECT_EQ(now(), "");
  posted.clear();
  open();
  EXPECT_EQ(now(), "");
}

TEST_F(LogStore, LeavesACheckpointForLaterWhileAReaderStandsBeforeIt) {
  LogOptions options;
  options.checkpoint_bytes = 2000;
  open(options);
  ASSERT_TRUE(put("k", "old"));
  ASSERT_TRUE(store_->read([&](const ReadView& view) -> Status {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(put("k" + std::to_string(i), std::string(100, 'v')));
    EXPECT_TRUE(put("k", "new"));
    METERWAY_TRY(const auto found, view.get("t", "k"));
    EXPECT_EQ(found, "old");
    METERWAY_TRY(const auto all, view.scan("t", "", "", 1000));
    EXPECT_EQ(all.size(), 1u) << "nothing younger shows";
    return {};
  }));
  EXPECT_EQ(rows(), 101u);
}

TEST_F(LogStore, RefusesWritesWhenMemoryIsFullAndNoCheckpointCanBeMade) {
  LogOptions options;
  options.checkpoint_bytes = 2000;
  options.most_bytes = 8000;
  open(options);
  ASSERT_TRUE(put("k", "old"));
  ASSERT_TRUE(store_->read([&](const ReadView&) -> Status {
    Status last;
    for (int i = 0; i < 200 && last; ++i) last = put("k" + std::to_string(i), std::string(100, 'v'));
    EXPECT_FALSE(last);
    if (!last) {
      EXPECT_EQ(last.error().code, ErrorCode::Full);
    }
    return {};
  }));
  EXPECT_TRUE(put("after", "v")) << "once the reader has gone";
}

TEST_F(LogStore, MakesCheckpointsElsewhereWhenItIsTold) {
  std::vector<std::function<void()>> posted;
  LogOptions options;
  options.checkpoint_bytes = 2000;
  options.background = [&](std::function<void()> work) { posted.push_back(std::move(work)); };
  open(options);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(put("k" + std::to_string(i), std::string(100, 'v')));
  ASSERT_EQ(posted.size(), 1u) << "one at a time";
  EXPECT_EQ(rows(), 40u) << "in memory, active and frozen";
  posted.front()();
  EXPECT_EQ(rows(), 40u);
  for (int i = 40; i < 80; ++i) ASSERT_TRUE(put("k" + std::to_string(i), std::string(100, 'v')));
  EXPECT_EQ(posted.size(), 2u);
  EXPECT_EQ(rows(), 80u);
  store_.reset();
}

}  // namespace
}  // namespace meterway::store
