#include "oversight/governance/live_figures.h"

#include <gtest/gtest.h>

namespace meterway::governance {
namespace {

TEST(LiveFigures, AreFieldsOfRecordsInDoubleBrackets) {
  const auto found = figures_in("due [[report:RPT000001.due]], and [[action:CSC 12/01.owner]] acts");
  ASSERT_EQ(found.figures.size(), 2u);
  EXPECT_TRUE(found.wrong.empty());
  EXPECT_EQ(found.figures[0].target.reference, "RPT000001");
  EXPECT_EQ(found.figures[1].field, "owner");
  EXPECT_EQ(found.figures[1].frozen, "");
}

TEST(LiveFigures, ComeBackFromWhatIsFrozenWithTheirValues) {
  const auto frozen =
      frozen_text("due [[report:RPT000001.due]]; [[report:RPT000001.received]].", {"14", "not = recorded"});
  EXPECT_EQ(frozen, "due [[report:RPT000001.due=14]]; [[report:RPT000001.received=not = recorded]].");
  const auto found = figures_in(frozen);
  ASSERT_EQ(found.figures.size(), 2u);
  EXPECT_EQ(found.figures[0].frozen, "14");
  EXPECT_EQ(found.figures[1].frozen, "not = recorded");
}

TEST(LiveFigures, KeepToTheirBracketsWhateverTheirValuesSay) {
  const auto frozen = frozen_text("[[report:RPT000001.title]] and [[report:RPT000001.due]]",
                                  {"a [[report:RPT000002.due]]", "list [1]"});
  const auto found = figures_in(frozen);
  ASSERT_EQ(found.figures.size(), 2u) << frozen;
  EXPECT_EQ(found.figures[0].frozen, "a [[report:RPT000002.due] ] ");
  EXPECT_EQ(found.figures[1].frozen, "list [1] ");
  EXPECT_EQ(frozen.substr(frozen.size() - 2), "]]");
}

TEST(LiveFigures, SayWhichBracketsHoldSomethingElse) {
  for (const auto* text : {"[[]]", "[[tea]]", "[[report:RPT000001]]", "[[report:RPT000001.tea]]", "[[nothing:X1.due]]"})
    EXPECT_EQ(figures_in(text).wrong.size(), 1u) << text;
  EXPECT_TRUE(figures_in("[[report:RPT000001.due").figures.empty()) << "never closed";
}

}  // namespace
}  // namespace meterway::governance
