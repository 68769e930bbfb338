#include "records/store/overlay.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/util/random.h"

namespace meterway::store {
namespace {

using Rows = std::map<std::string, std::string>;

class OverlayOfRows : public testing::Test {
 protected:
  OverlayOfRows() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_overlay_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *open_sqlite((folder_ / "store.db").string());
  }
  ~OverlayOfRows() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  static Status change(WriteView& view, SeededRandom& random, Rows& expected) {
    const auto key = std::to_string(random.next_u64() % 20);
    const std::string text(1 + random.next_u64() % 9, static_cast<char>('a' + random.next_u64() % 26));
    switch (random.next_u64() % 3) {
      case 0:
        expected.erase(key);
        return view.erase("t", key);
      case 1:
        expected[key] += text;
        return view.append("t", key, text);
      default:
        expected[key] = text;
        return view.put("t", key, text);
    }
  }
  static Rows some(const ReadView& view, std::string_view from, std::string_view to, std::size_t limit) {
    const auto rows = view.scan("t", from, to, limit);
    EXPECT_TRUE(rows);
    Rows out;
    for (const auto& row : *rows) out[row.key] = row.value;
    EXPECT_EQ(out.size(), rows->size()) << "each once";
    return out;
  }
  static Rows some(const Rows& all, const std::string& from, const std::string& to, std::size_t limit) {
    Rows out;
    for (auto row = all.lower_bound(from); row != all.end() && (to.empty() || row->first < to) && out.size() < limit;
         ++row)
      out.insert(*row);
    return out;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(OverlayOfRows, IsReadAsIfItsChangesHadBeenMadeAndMakesThemWhenPoured) {
  SeededRandom random(3);
  Rows rows;
  for (int round = 0; round < 300; ++round) {
    const auto done = store_->write([&](WriteView& view) -> Status {
      const auto before = rows;
      Overlay overlay(view);
      for (auto n = random.next_u64() % 12; n > 0; --n) METERWAY_CHECK(change(overlay, random, rows));
      EXPECT_EQ(some(view, "", "", 100), before) << "nothing is changed yet";
      for (int look = 0; look < 6; ++look) {
        const auto from = std::to_string(random.next_u64() % 20), to = std::to_string(random.next_u64() % 20);
        const auto limit = 1 + random.next_u64() % 20;
        EXPECT_EQ(some(overlay, from, "", limit), some(rows, from, "", limit));
        if (from < to) {
          EXPECT_EQ(some(overlay, from, to, limit), some(rows, from, to, limit));
        }
        METERWAY_TRY(const auto one, overlay.get("t", from));
        EXPECT_EQ(one.has_value(), rows.count(from) == 1);
        if (one && rows.count(from) == 1) {
          EXPECT_EQ(*one, rows.at(from));
        }
      }
      if (round % 3 == 0) {  // forgotten
        rows = before;
        return {};
      }
      METERWAY_CHECK(overlay.pour(view));
      EXPECT_EQ(some(view, "", "", 100), rows);
      return {};
    });
    ASSERT_TRUE(done);
  }
}

TEST_F(OverlayOfRows, LiesOnAnotherAsOnAView) {
  ASSERT_TRUE(store_->write([](WriteView& view) -> Status {
    METERWAY_CHECK(view.put("t", "a", "1"));
    Overlay lower(view);
    METERWAY_CHECK(lower.append("t", "a", "2"));
    Overlay upper(static_cast<const ReadView&>(lower));
    METERWAY_CHECK(upper.append("t", "a", "3"));
    EXPECT_EQ(upper.get("t", "a").value(), "123");
    EXPECT_EQ(lower.get("t", "a").value(), "12");
    METERWAY_CHECK(upper.pour(lower));
    METERWAY_CHECK(lower.pour(view));
    EXPECT_EQ(view.get("t", "a").value(), "123");
    return {};
  }));
}

TEST_F(OverlayOfRows, KeepsTheLimitsOfTheStore) {
  ASSERT_TRUE(store_->read([](const ReadView& view) -> Status {
    Overlay overlay(view);
    const auto put = overlay.put("t", std::string(kMaxKeyBytes + 1, 'k'), "");
    EXPECT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::TooLarge);
    return {};
  }));
}

}  // namespace
}  // namespace meterway::store
