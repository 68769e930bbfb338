#include "records/ledger/reference.h"

#include <gtest/gtest.h>

#include "records/ledger/value.h"

namespace meterway::ledger {
namespace {

std::string read(std::string_view kind, std::string_view text) {
  const auto found = read_reference(*find_kind(kind), text);
  return found ? found->reference : "";
}

TEST(Reference, ReadsTheFormsOfTheFoundingDocuments) {
  EXPECT_EQ(read("incident", "INC000000294975"), "INC000000294975");
  EXPECT_EQ(read("paper", "SECP_61_1210_19"), "SECP_61_1210_19");
  EXPECT_EQ(read("action", "CSC 12/01"), "CSC 12/01");
  EXPECT_EQ(read("proposal", "SECMP0063"), "SECMP0063");
  EXPECT_EQ(read("proposal", "MP096"), "DP096");
  for (const auto* wrong : {"INC00000029497", "INC0000000294975", "inc000000294975", "INC000000294975 ", ""})
    EXPECT_EQ(read("incident", wrong), "") << wrong;
  for (const auto* wrong : {"CSC 12/1", "CSC 12/", "CSC/12", "csc 12/01", "CSC 12/001"})
    EXPECT_EQ(read("action", wrong), "") << wrong;
  EXPECT_EQ(read("action", "CSC 12/100"), "CSC 12/100") << "after the 99th";
}

TEST(Reference, SaysOfWhatKindItIsByItsFormOrByName) {
  EXPECT_EQ(read_target("CSC 12/01")->kind, "action");
  EXPECT_EQ(read_target("CSC 12_2502")->kind, "meeting");
  EXPECT_EQ(read_target("committee:CSC")->kind, "committee");
  EXPECT_FALSE(read_target("CSC"));
  EXPECT_FALSE(read_target("tea:CSC"));
}

TEST(Reference, NeverMeansTwoKindsByOneForm) {
  for (const auto* text : {"DP116", "SECMP0063", "MP116", "INC000000294975", "CSC 12/01", "CSC 12_2502",
                           "SECP_61_1210_19", "PM000001", "RPT000001", "CSC SEAT 1", "DA00001", "DEC000001"}) {
    unsigned kinds = 0;
    for (const auto& kind : all_kinds()) {
      // But for codes and models, which may be any word and are never a mention.
      const bool any_word = kind.format.front() == '{' && kind.format.find('}') == kind.format.size() - 1;
      kinds += !any_word && read_reference(kind, text) ? 1 : 0;
    }
    EXPECT_EQ(kinds, 1u) << text;
  }
}

TEST(Reference, SortsAsPeopleDo) {
  EXPECT_LT(natural_key("CSC 9/01"), natural_key("CSC 10/01"));
  EXPECT_LT(natural_key("CSC 12/02"), natural_key("CSC 12/10"));
  EXPECT_LT(natural_key("DP999"), natural_key("DP1000"));
  EXPECT_NE(natural_key("A1"), natural_key("A01"));
}

TEST(Value, HasOneFormAType) {
  const auto form = [](Type type, std::string_view text, std::string_view of = "") {
    const Field field{"f", type, false, of, false, "", SetBy::Anyone, Classification::White, false, "", ""};
    const auto read = canonical_item(field, text);
    return read ? *read : "!" + read.error();
  };
  EXPECT_EQ(form(Type::Integer, "007"), "7");
  EXPECT_EQ(form(Type::Integer, "1.0").front(), '!');
  EXPECT_EQ(form(Type::Decimal, "-82.740"), "-82.74");
  EXPECT_EQ(form(Type::Decimal, "-0.5"), "-0.5");
  EXPECT_EQ(form(Type::Decimal, "1e3").front(), '!');
  EXPECT_EQ(form(Type::Decimal, "1.").front(), '!');
  EXPECT_EQ(form(Type::Instant, "2018-09-14T10:00:00+01:00"), "2018-09-14T09:00:00Z");
  EXPECT_EQ(form(Type::Date, "14/09/2018"), "!expected a date such as 2018-09-14");
  EXPECT_EQ(form(Type::Choice, "b", "a|b"), "b");
  EXPECT_EQ(form(Type::Choice, "a|b", "a|b").front(), '!');
  EXPECT_EQ(form(Type::Boolean, "yes").front(), '!');
  EXPECT_EQ(form(Type::Text, "two\nlines").front(), '!');
  EXPECT_EQ(form(Type::Long, "two\nlines"), "two\nlines");
  EXPECT_EQ(form(Type::Text, "\xC0\xAF"), "!is no UTF-8");
  EXPECT_EQ(form(Type::Text, "  ").front(), '!');
  EXPECT_EQ(form(Type::Text, "T\xC5\xB7 \xC2\xA3"), "T\xC5\xB7 \xC2\xA3");
}

}  // namespace
}  // namespace meterway::ledger
