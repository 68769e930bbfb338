#include "oversight/governance/redline.h"

#include <gtest/gtest.h>

#include <random>

namespace meterway::governance {
namespace {

std::string side(const std::vector<Run>& runs, Edit edit) {
  std::string out;
  for (const auto& run : runs) {
    if (run.edit == Edit::Kept || run.edit == edit) out += (out.empty() ? "" : " ") + run.text;
  }
  return out;
}

TEST(Redline, KeepsWhatBothTextsHave) {
  const auto runs = redline_of("The status is Deferred or Rejected.", "The status is Approved or Rejected.");
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[0].text, "The status is");
  EXPECT_EQ(runs[1].edit, Edit::Removed);
  EXPECT_EQ(runs[1].text, "Deferred");
  EXPECT_EQ(runs[2].edit, Edit::Added);
  EXPECT_EQ(runs[3].text, "or Rejected.");
  EXPECT_TRUE(redline_of("", "").empty());
}

TEST(Redline, LeadsFromAnyTextToAnyOther) {
  std::mt19937 random(7);
  const auto text = [&] {
    std::string out;
    for (auto words = random() % 12; words > 0; --words)
      out += (out.empty() ? "" : " ") + std::string(1, static_cast<char>('a' + random() % 4));
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto before = text(), after = text();
    const auto runs = redline_of(before, after);
    ASSERT_EQ(side(runs, Edit::Removed), before);
    ASSERT_EQ(side(runs, Edit::Added), after);
  }
}

TEST(Redline, TakesLongTextsWhole) {
  std::string words;
  for (int i = 0; i < 3000; ++i) words += "word ";
  EXPECT_EQ(redline_of(words, words + "more").size(), 2u);
}

}  // namespace
}  // namespace meterway::governance
