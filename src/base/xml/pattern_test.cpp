#include "base/xml/pattern.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "base/util/random.h"

namespace meterway::xml {
namespace {

bool fits(std::string_view pattern, std::string_view text) {
  const auto compiled = Pattern::compile(pattern);
  EXPECT_TRUE(compiled) << pattern;
  return compiled && compiled->matches(text);
}

TEST(Pattern, IsAnchoredAtBothEnds) {
  EXPECT_TRUE(fits("[0-9]{4}", "2026"));
  EXPECT_FALSE(fits("[0-9]{4}", "20260"));
  EXPECT_FALSE(fits("[0-9]{4}", "202"));
  EXPECT_FALSE(fits("[0-9]{4}", "202a"));
}

TEST(Pattern, ReadsAlternativesGroupsAndQuantifiers) {
  EXPECT_TRUE(fits("plain|encrypted", "encrypted"));
  EXPECT_FALSE(fits("plain|encrypted", "plainencrypted"));
  EXPECT_TRUE(fits("(a|bc){2,3}d?", "abca"));
  EXPECT_FALSE(fits("(a|bc){2,3}d?", "a"));
  EXPECT_FALSE(fits("(a|bc){2,3}d?", "aaaa"));
  EXPECT_TRUE(fits("(a,)*b+", "a,a,a,bb"));
  EXPECT_TRUE(fits("a{0,2}", ""));
  EXPECT_TRUE(fits("[ -~]+", "Hello, world~"));
  EXPECT_FALSE(fits("[ -~]+", "caf\xC3\xA9"));
}

TEST(Pattern, TakesALongTextInOnePass) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "0a,";
  EXPECT_TRUE(fits("([0-9a-f]{2},)*([0-9a-f]{2})", text + "ff"));
  EXPECT_FALSE(fits("([0-9a-f]{2},)*([0-9a-f]{2})", text));
}

TEST(Pattern, RefusesWhatItDoesNotSupport) {
  for (const auto* pattern : {"[^a]", "a.b", "\\d", "(a", "a)", "[a", "a{2", "a{3,2}", "*a", "[z-a]", "caf\xC3\xA9"}) {
    EXPECT_FALSE(Pattern::compile(pattern)) << pattern;
  }
}

TEST(Pattern, AgreesWithTheStandardLibraryOnRandomTexts) {
  constexpr const char* kPatterns[] = {"(0|[1-9][0-9]{0,2}|1[0-7][0-9]{2})",
                                       "(ab|a)(bc|c)?",
                                       "[a-c]{2,4}(0|1)*",
                                       "((a|b)c){1,3}|[0-9]+",
                                       "a[01][a-c]",
                                       "[ab][01]{2}7?",
                                       "ab7(1|9)c*",
                                       "a|b|c",
                                       "abc",
                                       "[a-c]{3}"};
  SeededRandom random(7);
  for (const auto* source : kPatterns) {
    const auto ours = Pattern::compile(source);
    ASSERT_TRUE(ours);
    const std::regex theirs(source);
    for (int i = 0; i < 2000; ++i) {
      std::string text(random.next_u64() % 7, ' ');
      for (auto& c : text) c = "abc0179"[random.next_u64() % 7];
      EXPECT_EQ(ours->matches(text), std::regex_match(text, theirs)) << source << " on " << text;
    }
  }
}

TEST(Pattern, OfOneWayOnlyIsHeldAgainstEveryCharacterOfIt) {
  // More kinds of characters than have a bit, and longer than what is looked at without states.
  for (const std::string& whole : {std::string("abcdefghijklmnop"), std::string(100, 'x'), std::string("90-B3-D5")}) {
    const auto pattern = Pattern::compile(whole);
    ASSERT_TRUE(pattern);
    EXPECT_TRUE(pattern->matches(whole));
    EXPECT_FALSE(pattern->matches(whole + "x"));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      EXPECT_FALSE(pattern->matches(whole.substr(0, at))) << at;
      std::string other = whole;
      other[at] = '\x7F';
      EXPECT_FALSE(pattern->matches(other)) << at;
      other[at] = '\xC3';
      EXPECT_FALSE(pattern->matches(other)) << at;
    }
  }
}

}  // namespace
}  // namespace meterway::xml
