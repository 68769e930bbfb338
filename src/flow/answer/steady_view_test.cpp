#include "flow/answer/steady_view.h"

#include <gtest/gtest.h>

namespace meterway::flow::answer {
namespace {

/// A table with rows 0 to 9.
class Ten : public store::ReadView {
 public:
  Result<std::optional<std::string>> get(std::string_view, std::string_view key) const override {
    ++reads;
    return key.size() == 1 ? std::optional<std::string>("row") : std::optional<std::string>();
  }
  Result<std::vector<store::Row>> scan(std::string_view, std::string_view from, std::string_view,
                                       std::size_t) const override {
    ++reads;
    return std::vector<store::Row>(from.size() == 1 ? 3 : 0);
  }
  mutable std::size_t reads = 0;
};

std::size_t taken_apart = 0;
constexpr SteadyView::Step kSteps[] = {{false, "rows", 8, 8, [] { ++taken_apart; }}, {true, "rows", 2}};

/// How many reads there are in all, and how many rows are taken apart, by whoever reads and to even it out.
std::pair<std::size_t, std::size_t> cost(std::size_t hits, std::size_t misses, std::size_t scans) {
  const Ten ten;
  const SteadyView view(ten);
  taken_apart = hits;
  for (std::size_t i = 0; i < hits; ++i) EXPECT_TRUE(**view.get("rows", "1") == "row");
  for (std::size_t i = 0; i < misses; ++i) EXPECT_FALSE(*view.get("rows", "none"));
  for (std::size_t i = 0; i < scans; ++i) EXPECT_EQ(view.scan("rows", "1", "", 9)->size(), 3u);
  EXPECT_TRUE(view.even_out(kSteps));
  return {ten.reads, taken_apart};
}

TEST(SteadyView, CostsTheSameWhateverWasFound) {
  const std::pair<std::size_t, std::size_t> round{10, 8};
  EXPECT_EQ(cost(0, 0, 0), round);
  EXPECT_EQ(cost(1, 0, 0), round);
  EXPECT_EQ(cost(0, 8, 2), round);
  EXPECT_EQ(cost(5, 3, 1), round);
  EXPECT_EQ(cost(8, 0, 2), round);
}

TEST(SteadyView, MoreThanARoundIsWholeRounds) {
  EXPECT_EQ(cost(9, 0, 0), (std::pair<std::size_t, std::size_t>{18, 16}));
  EXPECT_EQ(cost(1, 8, 3), (std::pair<std::size_t, std::size_t>{20, 8}));
}

TEST(SteadyView, ATableWithoutAStepIsAnError) {
  const Ten ten;
  const SteadyView view(ten);
  (void)view.get("another", "1");
  EXPECT_FALSE(view.even_out(kSteps));
}

}  // namespace
}  // namespace meterway::flow::answer
