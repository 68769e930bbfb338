#include "base/xml/runs.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace meterway::xml {
namespace {

/// A text and the zero bytes that must follow.
std::string with_margin(std::string text) { return text.append(kRunMargin, '\0'); }

template <Run kKind>
void expect_alike(const std::string& text) {
  for (std::size_t from = 0; from + kRunMargin <= text.size(); ++from)
    ASSERT_EQ(past<kKind>(text.data() + from), past_by_table<kKind>(text.data() + from)) << text << " from " << from;
  const std::string_view whole(text);
  for (std::size_t size = 0; size + kRunMargin <= whole.size(); ++size)
    ASSERT_EQ(run_size<kKind>(whole.substr(0, size)), run_size_by_table<kKind>(whole.substr(0, size))) << text << size;
}

void expect_all_alike(const std::string& text) {
  expect_alike<Run::NameStart>(text);
  expect_alike<Run::Name>(text);
  expect_alike<Run::Text>(text);
  expect_alike<Run::Value>(text);
  expect_alike<Run::Blank>(text);
  expect_alike<Run::Uri>(text);
  expect_alike<Run::Base64>(text);
  expect_alike<Run::Hex>(text);
  for (std::size_t from = 0; from + kRunMargin <= text.size(); ++from) {
    const auto fast = past_name(text.data() + from);
    const auto plain = past_name_by_table(text.data() + from);
    ASSERT_EQ(fast.end, plain.end) << text << " from " << from;
    ASSERT_EQ(fast.colon, plain.colon) << text << " from " << from;
    ASSERT_EQ(fast.colons, plain.colons) << text << " from " << from;
  }
}

TEST(Runs, EndAtTheSameCharacterWithAndWithoutTheMachinesHelpWhateverItIs) {
  for (int c = 0; c < 256; ++c) {
    for (const char around : {'a', ' '}) {
      for (const std::size_t place : {0u, 1u, 15u, 16u, 33u}) {
        std::string text(40, around);
        text[place] = static_cast<char>(c);
        expect_all_alike(with_margin(text));
      }
    }
  }
}

TEST(Runs, EndAtTheSameCharacterInTextsOfAnyMixture) {
  std::mt19937 random(3);
  const std::string_view usual = "abcXYZ_-.019::/ \t\n<>&\"'#=\x7F\xC3\x00";
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 70, ' ');
    const std::size_t of = 1 + random() % usual.size();
    for (auto& c : text) c = random() % 4 != 0 ? usual[random() % of] : usual[random() % 12];
    expect_all_alike(with_margin(text));
  }
}

TEST(Runs, CountColonsOfANameUpToTwo) {
  const std::string text = with_margin("a:b");
  EXPECT_EQ(past_name(text.data()).colons, 1);
  EXPECT_EQ(past_name(text.data()).colon, text.data() + 1);
  const std::string far = with_margin("abcdefghijklmnopqrst:abcdefghijklmnopqrst:a:b");
  EXPECT_EQ(past_name(far.data()).colons, 2);
  EXPECT_EQ(past_name(far.data()).colon, far.data() + 20);
  EXPECT_EQ(past_name(far.data()).end, far.data() + 45);
}

TEST(Runs, CompareSoManyCharactersAndNoMore) {
  const std::string one = with_margin(std::string(50, 'a'));
  for (std::size_t size = 0; size <= 50; ++size) {
    std::string other = with_margin(std::string(50, 'a'));
    if (size < 50) other[size] = 'b';
    EXPECT_TRUE(are_same(one.data(), other.data(), size)) << size;
    if (size == 0) continue;
    other[size - 1] = 'b';
    EXPECT_FALSE(are_same(one.data(), other.data(), size)) << size;
  }
}

}  // namespace
}  // namespace meterway::xml
