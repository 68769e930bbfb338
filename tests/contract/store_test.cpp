// The storage contract (records/store/store.h): every back end passes this suite.
#include "records/store/store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "tests/contract/back_ends.h"
#include "tests/contract/counting_disk.h"

namespace meterway::store {
namespace {

class StoreContract : public testing::TestWithParam<BackEnd> {
 protected:
  void SetUp() override {
    auto name = std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
    std::replace(name.begin(), name.end(), '/', '_');
    folder_ = std::filesystem::temp_directory_path() / ("meterway_" + name + "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    auto opened = GetParam().open(path(), system_disk());
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = *std::move(opened);
  }
  std::string path() const { return (folder_ / "store.db").string(); }
  Status put(std::string_view table, std::string_view key, std::string_view value) {
    return store_->write([&](WriteView& view) { return view.put(table, key, value); });
  }
  std::optional<std::string> get(std::string_view table, std::string_view key) const {
    std::optional<std::string> found;
    const auto status = store_->read([&](const ReadView& view) -> Status {
      METERWAY_TRY(found, view.get(table, key));
      return {};
    });
    EXPECT_TRUE(status) << describe(status.error());
    return found;
  }
  std::vector<std::string> keys(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit = 1000) const {
    std::vector<std::string> found;
    const auto status = store_->read([&](const ReadView& view) -> Status {
      METERWAY_TRY(const auto rows, view.scan(table, from, to, limit));
      for (const auto& row : rows) found.push_back(row.key);
      return {};
    });
    EXPECT_TRUE(status) << describe(status.error());
    return found;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

using namespace std::string_literals;

TEST_P(StoreContract, GivesBackWhatWasPutAndNothingElse) {
  ASSERT_TRUE(put("a", "k", "v"));
  EXPECT_EQ(get("a", "k"), "v");
  EXPECT_EQ(get("a", "other"), std::nullopt);
  EXPECT_EQ(get("b", "k"), std::nullopt) << "tables do not share keys";
  ASSERT_TRUE(put("a", "k", "w"));
  EXPECT_EQ(get("a", "k"), "w");
}

TEST_P(StoreContract, KeepsEmptyAndBinaryKeysAndValues) {
  const auto binary = "\x00\xFF\x00 '\""s;
  ASSERT_TRUE(put("a", "", "empty key"));
  ASSERT_TRUE(put("a", "empty value", ""));
  ASSERT_TRUE(put("a", binary, binary));
  EXPECT_EQ(get("a", ""), "empty key");
  EXPECT_EQ(get("a", "empty value"), "");
  EXPECT_EQ(get("a", binary), binary);
  EXPECT_EQ(get("a", std::string_view()), "empty key");
}

TEST_P(StoreContract, ErasesAndDoesNotMindWhatIsNotThere) {
  ASSERT_TRUE(put("a", "k", "v"));
  ASSERT_TRUE(store_->write([](WriteView& view) { return view.erase("a", "k"); }));
  EXPECT_EQ(get("a", "k"), std::nullopt);
  EXPECT_TRUE(store_->write([](WriteView& view) { return view.erase("a", "k"); }));
}

TEST_P(StoreContract, AppendsToWhatIsThereOrBegins) {
  const auto append = [&](std::string_view key, std::string_view value) {
    return store_->write([&](WriteView& view) { return view.append("t", key, value); });
  };
  const auto binary = "\x00\xFF"s;
  ASSERT_TRUE(put("t", "k", "v" + binary));
  std::string expected = "v" + binary;
  for (int i = 0; i < 60; ++i) {  // some of it older than the rest, whatever layers there are
    const auto more = binary + std::to_string(i) + std::string(50, 'm');
    ASSERT_TRUE(append("k", more));
    expected += more;
    EXPECT_EQ(get("t", "k"), expected);
  }
  ASSERT_TRUE(append("new", ""));
  EXPECT_EQ(get("t", "new"), "");
  ASSERT_TRUE(append("new", "n"));
  ASSERT_TRUE(store_->write([](WriteView& view) -> Status {
    METERWAY_CHECK(view.append("t", "new", "1"));
    METERWAY_CHECK(view.append("t", "new", "2"));
    METERWAY_TRY(const auto found, view.get("t", "new"));
    EXPECT_EQ(found, "n12");
    METERWAY_CHECK(view.erase("t", "k"));
    METERWAY_CHECK(view.append("t", "k", "again"));
    METERWAY_TRY(const auto rows, view.scan("t", "", "", 10));
    EXPECT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows.at(0).value + rows.at(1).value, "againn12");
    return {};
  }));
  EXPECT_FALSE(store_->write([](WriteView& view) -> Status {
    METERWAY_CHECK(view.append("t", "new", "3"));
    return fail(ErrorCode::Refused);
  }));
  reopen();
  EXPECT_EQ(get("t", "k"), "again");
  EXPECT_EQ(get("t", "new"), "n12");
  EXPECT_EQ(append(std::string(kMaxKeyBytes + 1, 'k'), "v").error().code, ErrorCode::TooLarge);
}

TEST_P(StoreContract, ScansInUnsignedByteOrder) {
  const std::vector<std::string> ordered{""s,   "\x00"s, "\x00\x00"s, "\x01"s, "a"s,    "a\x00"s,   "a\x01"s,
                                         "ab"s, "b"s,    "\x7F"s,     "\x80"s, "\xFF"s, "\xFF\xFF"s};
  for (auto key = ordered.rbegin(); key != ordered.rend(); ++key) ASSERT_TRUE(put("t", *key, "v"));
  ASSERT_TRUE(put("s", "a", "v"));
  ASSERT_TRUE(put("u", "a", "v"));
  EXPECT_EQ(keys("t", "", ""), ordered);
  EXPECT_EQ(keys("t", "a", "b"), (std::vector<std::string>{"a"s, "a\x00"s, "a\x01"s, "ab"s}))
      << "from is in, to is not";
  EXPECT_EQ(keys("t", "\x80"s, ""), (std::vector<std::string>{"\x80"s, "\xFF"s, "\xFF\xFF"s}))
      << "an empty `to` is the end";
  EXPECT_TRUE(keys("t", "b", "a").empty());
  EXPECT_TRUE(keys("t", "a", "a").empty());
  EXPECT_TRUE(keys("nothing", "", "").empty());
}

TEST_P(StoreContract, ScansAtMostTheLimitFromTheFront) {
  for (const auto* key : {"1", "2", "3", "4"}) ASSERT_TRUE(put("t", key, key));
  EXPECT_EQ(keys("t", "2", "", 2), (std::vector<std::string>{"2", "3"}));
  EXPECT_TRUE(keys("t", "", "", 0).empty());
  EXPECT_EQ(keys("t", "", "", static_cast<std::size_t>(-1)).size(), 4u);
}

TEST_P(StoreContract, RefusesKeysAndValuesOverTheLimit) {
  EXPECT_TRUE(put("t", std::string(kMaxKeyBytes, 'k'), "v"));
  const auto long_key = put("t", std::string(kMaxKeyBytes + 1, 'k'), "v");
  ASSERT_FALSE(long_key);
  EXPECT_EQ(long_key.error().code, ErrorCode::TooLarge);
  const auto long_value = put("t", "k", std::string(kMaxValueBytes + 1, 'v'));
  ASSERT_FALSE(long_value);
  EXPECT_EQ(long_value.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(keys("t", "", "").size(), 1u);
}

TEST_P(StoreContract, KeepsNothingWhenTheWorkFails) {
  ASSERT_TRUE(put("t", "kept", "before"));
  const auto status = store_->write([](WriteView& view) -> Status {
    METERWAY_CHECK(view.put("t", "new", "v"));
    METERWAY_CHECK(view.put("t", "kept", "changed"));
    METERWAY_CHECK(view.erase("t", "kept"));
    return fail(ErrorCode::Refused);
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::Refused);
  EXPECT_EQ(get("t", "new"), std::nullopt);
  EXPECT_EQ(get("t", "kept"), "before");
  EXPECT_TRUE(put("t", "after", "v")) << "the store goes on working";
}

TEST_P(StoreContract, KeepsNothingWhenTheWorkThrows) {
  EXPECT_THROW(static_cast<void>(store_->write([](WriteView& view) -> Status {
                 METERWAY_CHECK(view.put("t", "new", "v"));
                 throw std::runtime_error("work");
               })),
               std::runtime_error);
  EXPECT_EQ(get("t", "new"), std::nullopt);
  EXPECT_TRUE(put("t", "after", "v"));
}

TEST_P(StoreContract, AWriterSeesItsOwnChanges) {
  const auto status = store_->write([](WriteView& view) -> Status {
    METERWAY_CHECK(view.put("t", "k", "v"));
    METERWAY_TRY(const auto found, view.get("t", "k"));
    METERWAY_TRY(const auto rows, view.scan("t", "", "", 10));
    return found == "v" && rows.size() == 1 ? Status() : Status(fail(ErrorCode::NotFound));
  });
  EXPECT_TRUE(status);
}

TEST_P(StoreContract, AWritersScanFollowsWhatItDoesNext) {
  ASSERT_TRUE(put("t", "b", "before"));
  const auto keys = [](const WriteView& view) {
    const auto rows = view.scan("t", "", "", 100).value();
    std::string out;
    for (const auto& row : rows) out += row.key;
    return out;
  };
  const auto status = store_->write([&](WriteView& view) -> Status {
    METERWAY_CHECK(view.put("t", "d", ""));
    EXPECT_EQ(keys(view), "bd");
    METERWAY_CHECK(view.put("t", "a", ""));
    METERWAY_CHECK(view.put("t", "c", ""));
    METERWAY_CHECK(view.put("t", "e", ""));
    EXPECT_EQ(keys(view), "abcde");
    METERWAY_CHECK(view.erase("t", "b"));
    METERWAY_CHECK(view.erase("t", "e"));
    METERWAY_CHECK(view.append("t", "f", ""));
    EXPECT_EQ(keys(view), "acdf");
    return {};
  });
  EXPECT_TRUE(status);
}

TEST_P(StoreContract, IsDurableAfterReopening) {
  ASSERT_TRUE(put("t", "k", "v"));
  reopen();
  EXPECT_EQ(get("t", "k"), "v");
}

TEST_P(StoreContract, IsOnDiskBeforeTheWriteReturns) {
  ASSERT_TRUE(put("t", "k", "v"));
  const auto copy = folder_ / "copy";  // what a power cut would leave: the files as they are, the store still open
  std::filesystem::create_directories(copy);
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    if (file.is_regular_file()) std::filesystem::copy(file, copy / file.path().filename());
  }
  auto after = GetParam().open((copy / "store.db").string(), system_disk());
  ASSERT_TRUE(after) << describe(after.error());
  std::optional<std::string> found;
  ASSERT_TRUE((*after)->read([&](const ReadView& view) -> Status {
    METERWAY_TRY(found, view.get("t", "k"));
    return {};
  }));
  EXPECT_EQ(found, "v");
}

TEST_P(StoreContract, AReadViewDoesNotMoveAndDoesNotBlockTheWriter) {
  ASSERT_TRUE(put("t", "a", "1"));
  ASSERT_TRUE(store_->read([&](const ReadView& view) -> Status {
    METERWAY_TRY(const auto before, view.get("t", "a"));
    EXPECT_EQ(before, "1");
    auto writer = std::async(std::launch::async, [&] { return put("t", "a", "2") && put("t", "b", "2"); });
    EXPECT_TRUE(writer.get()) << "the writer finishes while the view is open";
    METERWAY_TRY(const auto after, view.get("t", "a"));
    EXPECT_EQ(after, "1");
    METERWAY_TRY(const auto rows, view.scan("t", "", "", 10));
    EXPECT_EQ(rows.size(), 1u);
    return {};
  }));
  EXPECT_EQ(get("t", "a"), "2");
}

TEST_P(StoreContract, WritersTakeTurns) {
  constexpr int kThreads = 4, kRounds = 25;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto status = store_->write([](WriteView& view) -> Status {
          METERWAY_TRY(const auto value, view.get("t", "count"));
          return view.put("t", "count", std::to_string(std::stoi(value.value_or("0")) + 1));
        });
        if (!status) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(get("t", "count"), std::to_string(kThreads * kRounds));
}

TEST_P(StoreContract, ReadersSeeWholeChangesOnly) {
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto status = store_->read([&](const ReadView& view) -> Status {
          METERWAY_TRY(const auto a, view.get("t", "a"));
          METERWAY_TRY(const auto b, view.get("t", "b"));
          if (a != b) ++torn;
          return {};
        });
        if (!status) ++torn;
      }
    });
  }
  for (int round = 0; round < 50; ++round) {
    const auto value = std::to_string(round);
    EXPECT_TRUE(store_->write([&](WriteView& view) -> Status {
      METERWAY_CHECK(view.put("t", "a", value));
      return view.put("t", "b", value);
    }));
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
}

TEST_P(StoreContract, AFailingWorkLeavesNothingAndItsNeighboursAreKept) {
  constexpr int kThreads = 8, kRounds = 20;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        const auto key = std::to_string(i) + "/" + std::to_string(round);
        const bool fails = (i + round) % 3 == 0, throws = (i + round) % 3 == 1 && i % 2 == 0;
        try {
          const auto status = store_->write([&](WriteView& view) -> Status {
            METERWAY_CHECK(view.put("t", key, "v"));
            METERWAY_CHECK(view.put("t", "shared", key));
            if (fails) return fail(ErrorCode::Refused);
            if (throws) throw std::runtime_error(key);
            return {};
          });
          if (throws || status.has_value() == fails || (fails && status.error().code != ErrorCode::Refused)) ++wrong;
        } catch (const std::runtime_error& error) {
          if (!throws || error.what() != key) ++wrong;
        }
        if (get("t", key).has_value() == (fails || throws)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(StoreContract, BacksUpOneMomentWhileWritersGoOn) {
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const auto value = std::to_string(i);
      EXPECT_TRUE(store_->write([&](WriteView& view) -> Status {
        METERWAY_CHECK(view.put("t", "a", value));
        METERWAY_CHECK(view.erase("t", "gone" + std::to_string(i - 1)));
        METERWAY_CHECK(view.put("t", "gone" + value, ""));
        METERWAY_CHECK(view.append("u", "all", "."));
        return view.put("u", "b", value);
      }));
      done = i + 1;
    }
  });
  while (done < 20) std::this_thread::yield();
  const auto copy = (folder_ / "copy.db").string();
  const int before = done;
  const auto status = store_->backup(copy);
  stop = true;
  writer.join();
  ASSERT_TRUE(status) << describe(status.error());
  EXPECT_EQ(store_->backup(copy).error().code, ErrorCode::Conflict) << "a back-up is not overwritten";
  auto restored = GetParam().open(copy, system_disk());
  ASSERT_TRUE(restored) << describe(restored.error());
  store_ = *std::move(restored);
  const auto a = get("t", "a");
  EXPECT_EQ(a, get("u", "b"));
  EXPECT_GE(std::stoi(a.value_or("-1")), before - 1) << "what was acknowledged before is in it";
  EXPECT_EQ(get("u", "all").value_or("").size(), std::stoul(a.value_or("0")) + 1);
  EXPECT_EQ(keys("t", "gone", ""), (std::vector<std::string>{"gone" + *a}));
  EXPECT_TRUE(put("t", "a", "goes on"));
}

TEST_P(StoreContract, IsOpenedByOneAtATime) {
  const auto second = GetParam().open(path(), system_disk());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  reopen();
}

TEST_P(StoreContract, MayBeOpenedByEveryOtherBackEndAfterwards) {
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(put("t", std::to_string(100 + i), std::string(200, 'v')));
  for (const auto& other : kBackEnds) {
    store_.reset();
    auto opened = other.open(path(), system_disk());
    ASSERT_TRUE(opened) << other.name << describe(opened.error());
    store_ = *std::move(opened);
    EXPECT_EQ(keys("t", "", "2").size(), 30u) << other.name;
    ASSERT_TRUE(put("t", std::string("2") + other.name, "v"));
    EXPECT_EQ(get("t", std::string("2") + other.name), "v");
  }
  reopen();
  EXPECT_EQ(keys("t", "2", "").size(), std::size(kBackEnds));
}

TEST_P(StoreContract, ScansAcrossRowsOfDifferentAge) {
  // Old rows, erased ones and new ones in turn: whatever layers a back end has, they are one table.
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(put("t", std::to_string(1000 + i), std::string(40, 'o')));
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const auto key = std::to_string(1000 + i);
    if (i % 3 == 0) {
      ASSERT_TRUE(store_->write([&](WriteView& view) { return view.erase("t", key); }));
    } else if (i % 3 == 1) {
      ASSERT_TRUE(put("t", key, "new"));
    }
    if (i % 3 != 0) expected.push_back(key);
  }
  EXPECT_EQ(keys("t", "", ""), expected);
  for (const std::size_t limit : {1u, 2u, 63u, 64u, 65u, 199u, 200u}) {
    EXPECT_EQ(keys("t", "", "", limit), std::vector<std::string>(expected.begin(), expected.begin() + limit)) << limit;
  }
  EXPECT_EQ(keys("t", "1099", "1103"), (std::vector<std::string>{"1100", "1101"}));
}

TEST_P(StoreContract, AScanReadsNoFurtherThanItsBound) {
  const auto fill = [](WriteView& view) -> Status {
    for (int i = 0; i < 4000; ++i) METERWAY_CHECK(view.put("t", std::to_string(10'000 + i), std::string(1000, 'v')));
    return {};
  };
  ASSERT_TRUE(store_->write(fill));
  store_.reset();
  CountingDisk disk;
  auto opened = GetParam().open(path(), disk);
  ASSERT_TRUE(opened) << describe(opened.error());
  store_ = *std::move(opened);
  disk.bytes_read = 0;
  EXPECT_EQ(keys("t", "10100", "10101"), std::vector<std::string>{"10100"});
  EXPECT_LT(disk.bytes_read, 200'000u);
  store_.reset();  // before its disk
}

TEST_P(StoreContract, SaysSoWhenTheFolderIsMissing) {
  const auto opened = GetParam().open((folder_ / "missing" / "store.db").string(), system_disk());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::Io);
}

INSTANTIATE_TEST_SUITE_P(BackEnds, StoreContract, testing::ValuesIn(kBackEnds),
                         [](const auto& back_end) { return back_end.param.name; });

}  // namespace
}  // namespace meterway::store
