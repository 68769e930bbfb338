#include "portal/server/csv.h"

#include <gtest/gtest.h>

namespace meterway::portal::csv {
namespace {

TEST(Csv, ReadsWhatItWrites) {
  const std::vector<Cells> rows{{"a", "b \"quoted\"", "c,d"}, {"", "two\nlines", "=1+1"}, {"'=x", "-82.74", "'plain"}};
  std::string text;
  for (const auto& cells : rows) text += line(cells);
  EXPECT_EQ(*read(text), rows);
  EXPECT_EQ(*read("\xEF\xBB\xBF" + text), rows);
}

TEST(Csv, LetsNoCellBeginAsAFormula) {
  for (const auto* cell : {"=1", "+1", "-1", "@x", "\tx", "\rx"}) {
    const auto out = line({cell});
    EXPECT_EQ(out[out[0] == '"' ? 1 : 0], '\'') << cell;
  }
}

TEST(Csv, KeepsAByteOrderMarkThatIsOfACell) {
  const auto rows = *read(
      "\xEF\xBB\xBF\xEF\xBB\xBF"
      "a,b\n");
  EXPECT_EQ(rows, (std::vector<Cells>{{"\xEF\xBB\xBF"
                                       "a",
                                       "b"}}))
      << "the first is of the file";
  EXPECT_EQ(*read(line(rows[0])), rows);
}

TEST(Csv, TakesLinesOfEitherEnding) {
  EXPECT_EQ(*read("a,b\nc,\n"), (std::vector<Cells>{{"a", "b"}, {"c", ""}}));
  EXPECT_EQ(*read("a,b\r\n,d"), (std::vector<Cells>{{"a", "b"}, {"", "d"}}));
  EXPECT_TRUE(read("")->empty());
}

TEST(Csv, SaysInWhichRowATableIsWrong) {
  EXPECT_EQ(read("a,b\nc\n").error(), "row 2: has 1 cells, the first row 2");
  EXPECT_EQ(read("a\n\"b\n").error(), "row 2: cell 1: a quote is not closed");
  EXPECT_EQ(read("a\nb\"c\n").error(), "row 2: cell 1: a quote stands inside a cell that does not begin with one");
  EXPECT_EQ(read("a\n\"b\"c\n").error(), "row 2: cell 1: something follows a closing quote");
  EXPECT_EQ(read("a\rb").error(), "row 1: a CR without LF");
}

}  // namespace
}  // namespace meterway::portal::csv
