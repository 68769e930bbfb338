#include "records/store/beneath.h"

#include <gtest/gtest.h>

namespace meterway::store {
namespace {

using Values = std::vector<std::string>;

/// The changes of one checkpoint to one table.
struct Changes {
  Memtable rows;
  Changes(const std::string& table, const std::map<std::string, std::optional<std::string>>& changed) {
    for (const auto& [key, value] : changed) value ? rows.put(table, key, *value) : rows.erase(table, key);
  }
};

/// A stand-in for SQLite: tables that checkpoints are written to, and how often one was read whole.
struct File {
  std::map<std::string, Beneath::Rows, std::less<>> tables;
  unsigned loads = 0;

  Beneath::Load load() {
    return [this](std::string_view table, std::size_t most_rows, std::size_t most_bytes) {
      ++loads;
      const auto found = tables.find(table);
      Beneath::Rows rows = found == tables.end() ? Beneath::Rows() : found->second;
      std::size_t bytes = 0;
      for (const auto& [key, value] : rows) bytes += key.size() + value.size();
      using Loaded = std::optional<Beneath::Rows>;
      return Result<Loaded>(rows.size() > most_rows || bytes > most_bytes ? Loaded() : Loaded(std::move(rows)));
    };
  }
  void checkpoint(Beneath& beneath, const Changes& changes) {
    const auto& written = changes.rows;
    for (const auto& table : written.tables()) {
      for (const auto& [key, version] : table.rows) {
        if (version.change == Change::Erase) {
          tables[table.name].erase(key);
        } else {
          tables[table.name][key] = version.value;
        }
      }
    }
    beneath.advance(written, beneath.shrunk(written, load()));
  }
};

constexpr Beneath::Limits kTiny{4, 1000, 2000, 100};

Values keys_of(const std::optional<std::vector<Row>>& rows) {
  Values out;
  if (!rows) return {"unknown"};
  for (const auto& row : *rows) out.push_back(row.key);
  return out;
}

TEST(Beneath, KnowsASmallTableWholeAndWhatIsNotInIt) {
  File file;
  file.tables["open"] = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  Beneath beneath(kTiny);
  ASSERT_TRUE(beneath.open({"open"}, file.load()));
  EXPECT_EQ(beneath.find(0, "open", "b").value, "2");
  EXPECT_TRUE(beneath.find(0, "open", "x").known);
  EXPECT_EQ(beneath.find(0, "open", "x").value, std::nullopt);
  EXPECT_TRUE(beneath.find(0, "never heard of", "x").known);
  EXPECT_EQ(keys_of(beneath.scan(0, "open", "b", "", 9)), (Values{"b", "c"}));
  EXPECT_EQ(keys_of(beneath.scan(0, "open", "", "c", 1)), (Values{"a"}));
}

TEST(Beneath, SaysNothingToAViewThatBeganBeforeTheCheckpoint) {
  File file;
  Beneath beneath(kTiny);
  const auto before = beneath.epoch();
  file.checkpoint(beneath, Changes("open", {{"a", "1"}}));
  EXPECT_FALSE(beneath.find(before, "open", "a").known);
  EXPECT_FALSE(beneath.scan(before, "open", "", "", 9));
  EXPECT_EQ(beneath.find(beneath.epoch(), "open", "a").value, "1");
  beneath.learn(before, "open", "a", "an old value");
  EXPECT_EQ(beneath.find(beneath.epoch(), "open", "a").value, "1");
}

TEST(Beneath, RemembersOfALargeTableWhatWasAskedUntilItIsWritten) {
  File file;
  for (int i = 0; i < 9; ++i) file.tables["device"][std::to_string(i)] = "old";
  Beneath beneath(kTiny);
  ASSERT_TRUE(beneath.open({"device"}, file.load()));
  EXPECT_FALSE(beneath.find(0, "device", "1").known);
  EXPECT_FALSE(beneath.scan(0, "device", "", "", 9));
  beneath.learn(0, "device", "1", "old");
  beneath.learn(0, "device", "none", std::nullopt);
  beneath.learn(0, "device", "2", std::string(101, 'x'));
  EXPECT_EQ(beneath.find(0, "device", "1").value, "old");
  EXPECT_TRUE(beneath.find(0, "device", "none").known);
  EXPECT_FALSE(beneath.find(0, "device", "2").known) << "too long to be kept";

  file.checkpoint(beneath, Changes("device", {{"1", "new"}, {"none", "made"}}));
  EXPECT_FALSE(beneath.find(1, "device", "1").known);
  EXPECT_FALSE(beneath.find(1, "device", "none").known);
}

TEST(Beneath, ForgetsWhatWasNotAskedForLatelyWhenItHoldsMuch) {
  File file;
  for (int i = 0; i < 9; ++i) file.tables["device"][std::to_string(i)] = "x";
  Beneath beneath(kTiny);
  ASSERT_TRUE(beneath.open({"device"}, file.load()));
  beneath.learn(0, "device", "asked again", "1");
  beneath.learn(0, "device", "asked once", "1");
  for (int i = 0; i < 40; ++i) {
    beneath.learn(0, "device", "other " + std::to_string(i), "1");
    EXPECT_TRUE(beneath.find(0, "device", "asked again").known) << i;
  }
  EXPECT_FALSE(beneath.find(0, "device", "asked once").known);
}

TEST(Beneath, LetsATableGoThatGrowsAndTakesItBackWhenItHasShrunk) {
  File file;
  Beneath beneath(kTiny);
  file.checkpoint(beneath, Changes("open", {{"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}}));
  EXPECT_EQ(keys_of(beneath.scan(1, "open", "", "", 9)), (Values{"a", "b", "c", "d"}));
  file.checkpoint(beneath, Changes("open", {{"e", "1"}}));
  EXPECT_FALSE(beneath.scan(2, "open", "", "", 9)) << "five rows are too many";
  file.checkpoint(beneath, Changes("open", {{"a", std::nullopt}}));
  EXPECT_FALSE(beneath.scan(3, "open", "", "", 9)) << "four are not few enough to come back";
  file.checkpoint(beneath, Changes("open", {{"b", std::nullopt}, {"c", std::nullopt}}));
  EXPECT_EQ(keys_of(beneath.scan(4, "open", "", "", 9)), (Values{"d", "e"}));
}

}  // namespace
}  // namespace meterway::store
