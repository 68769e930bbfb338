#include "base/util/party_name.h"

#include <gtest/gtest.h>

namespace meterway {
namespace {

TEST(PartyName, IsOneWhateverItsBlanksAndCase) {
  EXPECT_EQ(one_line("  Fitters \t Ltd "), "Fitters Ltd");
  EXPECT_EQ(one_line(" \t"), "");
  EXPECT_EQ(folded("  FITTERS   Ltd"), folded("Fitters Ltd"));
  EXPECT_NE(folded("FittersLtd"), folded("Fitters Ltd"));
  EXPECT_EQ(folded("\xc3\x89lan"), "\xc3\x89lan") << "letters of other scripts stay as they are";
}

}  // namespace
}  // namespace meterway
