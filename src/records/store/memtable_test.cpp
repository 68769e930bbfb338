#include "records/store/memtable.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "records/store/layers.h"

namespace meterway::store {
namespace {

constexpr std::uint64_t kNewest = std::numeric_limits<std::uint64_t>::max();
const Memtable::Absent kNothingBeneath = [](std::string_view, std::string_view) { return true; };
const Memtable::Absent kUnknownBeneath = [](std::string_view, std::string_view) { return false; };

/// What is to be taken, change by change.
struct Changes {
  Memtable rows;
  Memtable& none() { return rows; }
  Changes& put(std::string_view key, std::string_view value) {
    rows.put("t", key, value);
    return *this;
  }
  Changes& erase(std::string_view key) {
    rows.erase("t", key);
    return *this;
  }
  Changes& append(std::string_view key, std::string_view value) {
    rows.append("t", key, value);
    return *this;
  }
};

/// What the row is as of a sequence: "-" erased, "?" not known, "...x" what was appended to something deeper.
std::string at(const Memtable& rows, std::string_view key, std::uint64_t sequence) {
  const Layer layer{&rows, sequence};
  const auto found = find_in({&layer, 1}, "t", key);
  if (found.end) return "..." + *found.end;
  if (!found.known) return "?";
  return found.value.value_or("-");
}

std::string keys_of(const Memtable& rows, std::uint64_t sequence) {
  const Layer layer{&rows, sequence};
  std::string keys;
  for (const auto& row : changed_in({&layer, 1}, "t", "", "", 100)) keys += row.key + (row.value ? " " : "- ");
  return keys;
}

TEST(Memtable, KeepsWhatAReaderSeesUntilHeHasGone) {
  Memtable rows;
  rows.take(Changes().put("k", "one").rows, 1, 0);
  rows.take(Changes().put("k", "two").rows, 2, 1);
  rows.take(Changes().put("k", "three").rows, 3, 1);
  EXPECT_EQ(at(rows, "k", 0), "?");
  EXPECT_EQ(at(rows, "k", 1), "one");
  EXPECT_EQ(at(rows, "k", 2), "two");
  EXPECT_EQ(at(rows, "k", 3), "three");
  const auto before = rows.bytes();
  rows.take(Changes().put("k", "").rows, 4, 3);
  EXPECT_EQ(at(rows, "k", 3), "three");
  EXPECT_EQ(at(rows, "k", 2), "?") << "nobody asks";
  EXPECT_EQ(rows.bytes(), before - 6);
}

TEST(Memtable, ForgetsARowThatCameAndWentOnceNobodySeesIt) {
  Memtable rows;
  rows.take(Changes().put("k", "value").put("stays", "v").rows, 1, 0, kNothingBeneath);
  rows.take(Changes().erase("k").rows, 2, 1, kNothingBeneath);
  EXPECT_EQ(at(rows, "k", 1), "value") << "a reader of 1 may be there";
  EXPECT_EQ(at(rows, "k", 2), "-");
  rows.take(Changes().put("other", "").rows, 3, 1, kNothingBeneath);
  EXPECT_EQ(at(rows, "k", 1), "value");
  EXPECT_EQ(rows.rows(), 3u);
  rows.take(Changes().none(), 4, 2, kNothingBeneath);
  EXPECT_EQ(at(rows, "k", 2), "?");
  EXPECT_EQ(rows.rows(), 2u);
  rows.take(Changes().erase("stays").erase("other").rows, 5, kNewest, kNothingBeneath);
  EXPECT_EQ(rows.rows(), 0u);
  EXPECT_EQ(rows.bytes(), 0u);
}

TEST(Memtable, RemembersThatARowIsErasedWhichMayLieBeneath) {
  Memtable rows;
  rows.take(Changes().put("k", "value").rows, 1, 0, kUnknownBeneath);
  rows.take(Changes().erase("k").erase("never seen").rows, 2, 1, kUnknownBeneath);
  rows.take(Changes().none(), 3, 2, kUnknownBeneath);
  EXPECT_EQ(at(rows, "k", 3), "-");
  EXPECT_EQ(at(rows, "never seen", 3), "-");
  EXPECT_FALSE(rows.find("t", "k", 3)->bare);
}

TEST(Memtable, DoesNotForgetARowThatIsThereAgain) {
  Memtable rows;
  rows.take(Changes().put("k", "a").rows, 1, 0, kNothingBeneath);
  rows.take(Changes().erase("k").rows, 2, 1, kNothingBeneath);
  rows.take(Changes().put("k", "b").rows, 3, 1, kNothingBeneath);
  rows.take(Changes().none(), 4, 3, kNothingBeneath);
  EXPECT_EQ(at(rows, "k", 4), "b");
  rows.take(Changes().erase("k").rows, 5, 4, kNothingBeneath);
  rows.take(Changes().none(), 6, 5, kNothingBeneath);
  EXPECT_EQ(rows.rows(), 0u);
}

TEST(Memtable, KeepsTheOrderOfATableThatWasWalkedOver) {
  Memtable rows;
  rows.take(Changes().put("c", "").put("a", "").rows, 1, 0, kNothingBeneath);
  EXPECT_EQ(keys_of(rows, kNewest), "a c ");
  rows.take(Changes().put("b", "").put("d", "").erase("c").rows, 2, 1, kNothingBeneath);
  EXPECT_EQ(keys_of(rows, kNewest), "a b c- d ");
  EXPECT_EQ(keys_of(rows, 1), "a c ");
  rows.take(Changes().none(), 3, 2, kNothingBeneath);
  EXPECT_EQ(keys_of(rows, kNewest), "a b d ") << "the erased row is not walked over any more";
}

TEST(Memtable, AppendsToWhatTheRowIs) {
  Changes changes;
  changes.append("new", "1").append("new", "2").put("put", "1").append("put", "2").erase("gone").append("gone", "2");
  Memtable rows;
  rows.take(changes.rows, 1, 0);
  EXPECT_EQ(at(rows, "new", 1), "...12");
  EXPECT_EQ(at(rows, "put", 1), "12");
  EXPECT_EQ(at(rows, "gone", 1), "2");
  rows.take(Changes().append("new", "3").append("put", "3").rows, 2, 1);
  rows.take(Changes().append("new", "4").append("put", "4").erase("gone").rows, 3, 1);
  EXPECT_EQ(at(rows, "new", 1), "...12");
  EXPECT_EQ(at(rows, "new", 2), "...123");
  EXPECT_EQ(at(rows, "put", 2), "123");
  EXPECT_EQ(at(rows, "put", 3), "1234");
  const auto bytes = rows.bytes();
  rows.take(Changes().append("new", "5").append("put", "5").append("gone", "5").rows, 4, 3);
  EXPECT_EQ(rows.bytes(), bytes + 3 - 1) << "nothing twice, and what was erased is gone";
  EXPECT_EQ(at(rows, "new", 4), "...12345");
  EXPECT_EQ(at(rows, "put", 3), "1234");
  EXPECT_EQ(at(rows, "put", 4), "12345");
  EXPECT_EQ(at(rows, "gone", 4), "5");
}

TEST(Memtable, AppendsOverTheLayersBeneath) {
  Memtable below, above;
  below.take(Changes().put("a", "1").append("b", "1").erase("c").rows, 1, 0);
  above.take(Changes().append("a", "2").append("b", "2").append("c", "2").append("d", "2").rows, 2, 0);
  const Layer layers[] = {{&above, kNewest}, {&below, kNewest}};
  EXPECT_EQ(find_in(layers, "t", "a").value, "12");
  EXPECT_EQ(find_in(layers, "t", "b").over("0"), "012");
  EXPECT_EQ(find_in(layers, "t", "b").over({}), "12");
  EXPECT_EQ(find_in(layers, "t", "c").value, "2");
  EXPECT_EQ(find_in(layers, "t", "d").over("x"), "x2");
  const auto rows = scan_in(layers, "t", "", "", 10, [](std::string_view, std::size_t) -> Result<std::vector<Row>> {
    return std::vector<Row>{{"a", "0"}, {"b", "0"}, {"c", "0"}, {"e", "0"}};
  });
  std::string all;
  for (const auto& row : *rows) all += row.key + "=" + row.value + " ";
  EXPECT_EQ(all, "a=12 b=012 c=2 d=2 e=0 ");
}

TEST(Memtable, LetsALongChainOfVersionsGo) {
  Memtable rows;
  for (std::uint64_t i = 1; i <= 300'000; ++i) rows.take(Changes().append("k", "x").rows, i, 0);  // a reader of 0
  std::string text;
  EXPECT_FALSE(rows.find("t", "k", kNewest)->read(text));
  EXPECT_EQ(text.size(), 300'000u);
}

}  // namespace
}  // namespace meterway::store
