#include "standard/duis/plain_value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/util/random.h"
#include "standard/duis/schema_value.h"

namespace meterway::duis::schema {
namespace {

std::size_t below(Random& random, std::size_t bound) { return random.next_u64() % bound; }

std::size_t place_of(std::string_view name) {
  for (std::size_t place = 0; place < simple_types().size(); ++place) {
    if (simple_types()[place].name == name) return place;
  }
  ADD_FAILURE() << name;
  return 0;
}

bool is_plain(std::string_view type, std::string_view text) { return plain_values()[place_of(type)].is_valid(text); }

/// Texts about the edges of a type, and usual ones of every kind.
std::vector<std::string> texts_about(const SimpleType& type) {
  std::vector<std::string> out{"",
                               " ",
                               "0",
                               "-0",
                               "+1",
                               "1",
                               "007",
                               "-1",
                               "9",
                               "10",
                               "99",
                               "1.0",
                               ".5",
                               "-1.50",
                               "true",
                               "false",
                               "TRUE",
                               "abc",
                               "a b",
                               "a  b",
                               " ab",
                               "ab ",
                               "\tab",
                               "a\nb",
                               "\xC3\xA9",
                               "0a",
                               "0A",
                               "0aF",
                               "AAAA",
                               "AA==",
                               "AA=",
                               "AB==",
                               "A A A A",
                               "2030-01-15",
                               "2030-02-30",
                               "2030-01-15T09:00:00Z",
                               "2030-01-15T24:00:00",
                               "2030-01-15T09:00:00Z ",
                               "09:00:00Z",
                               " 09:00:00Z",
                               "http://a",
                               "http://1",
                               "urn:a:b",
                               "#x",
                               "x:y",
                               "90-B3-D5-1F-30-01-00-00",
                               "999999999999999999",
                               "1000000000000000000",
                               "18446744073709551615",
                               "18446744073709551616",
                               "-9223372036854775808"};
  for (const auto value : values_of(type)) out.emplace_back(value);
  for (const auto bound : {type.low, type.high}) {
    if (bound.empty()) continue;
    out.emplace_back(bound);
    // A bound may lie at the end of the machine's range, or beyond it.
    const long long whole = std::strtoll(std::string(bound).c_str(), nullptr, 10);
    const auto inside =
        std::clamp(whole, std::numeric_limits<long long>::min() + 1, std::numeric_limits<long long>::max() - 1);
    for (const long long near : {inside - 1, inside + 1, -inside}) out.push_back(std::to_string(near));
  }
  for (const auto length : {type.shortest, type.longest}) {
    for (int more = -1; more <= 1 && length > 0 && length < 10'000; ++more) {
      const auto size = static_cast<std::size_t>(length + more);
      out.insert(out.end(), {std::string(size, 'x'), std::string(size, '1'), std::string(2 * size, 'A')});
    }
  }
  for (int digits = 1; digits <= 20; ++digits) out.emplace_back(static_cast<std::size_t>(digits), '9');
  return out;
}

TEST(PlainValue, FindsNothingRightThatBreaksARuleOrIsNotAsItStands) {
  SeededRandom random(7);
  std::size_t plain = 0;
  for (std::size_t place = 0; place < simple_types().size(); ++place) {
    const auto& type = simple_types()[place];
    auto texts = texts_about(type);
    for (std::size_t i = texts.size(); i-- > 0;) {
      std::string changed = texts[i];
      if (changed.empty()) continue;
      static constexpr std::string_view kCharacters = "09aFxZ-+. :=/#\n\x80";
      changed[below(random, changed.size())] = kCharacters[below(random, kCharacters.size())];
      texts.push_back(std::move(changed));
    }
    for (const auto& text : texts) {
      if (!plain_values()[place].is_valid(text)) continue;
      std::string normalised = text;
      const auto rule = broken_rule(type, normalised);
      EXPECT_FALSE(rule) << type.name << " \"" << text << "\": " << *rule;
      EXPECT_EQ(normalised, text) << type.name;
      ++plain;
    }
  }
  EXPECT_GT(plain, simple_types().size() * 5);
}

TEST(PlainValue, KnowsTheUsualTextsOfARequest) {
  EXPECT_TRUE(is_plain("sr:EUI", "90-B3-D5-1F-30-01-00-00"));
  EXPECT_TRUE(is_plain("sr:ServiceReferenceVariant", "4.4.2"));
  EXPECT_TRUE(is_plain("xs:dateTime", "2014-10-02T09:00:00.00Z"));
  EXPECT_TRUE(is_plain("xs:boolean", "true"));
  EXPECT_TRUE(is_plain("xs:anyURI", "http://www.w3.org/2001/10/xml-exc-c14n#"));
  EXPECT_TRUE(is_plain("xs:base64Binary", "ZGVmYXVsdA=="));
  EXPECT_TRUE(is_plain("xs:positiveInteger", "48"));
  EXPECT_TRUE(is_plain("xs:decimal", "48"));
}

TEST(PlainValue, LeavesWhatIsUnusualToTheRules) {
  EXPECT_FALSE(is_plain("xs:positiveInteger", "+48"));
  EXPECT_FALSE(is_plain("xs:positiveInteger", " 48"));
  EXPECT_FALSE(is_plain("xs:decimal", "4.8"));
  EXPECT_FALSE(is_plain("xs:token", "a  b"));
}

}  // namespace
}  // namespace meterway::duis::schema
