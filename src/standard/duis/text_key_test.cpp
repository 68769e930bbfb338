#include "standard/duis/text_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {
namespace {

TEST(TextKey, OfATextIsThatOfItsCopy) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(text_key(text), text_key(std::string(text))) << size;
    EXPECT_NE(text_key(text), text_key(text + "x")) << size;
  }
}

TEST(TextKey, TellsNearlyAllNamesOfTheSchemaApart) {
  std::set<std::string_view> all;
  for (const auto& name : names()) all.insert(name.local);
  std::set<std::uint64_t> keys;
  for (const auto name : all) keys.insert(text_key(name));
  EXPECT_GT(keys.size() * 100, all.size() * 97) << keys.size() << " keys of " << all.size() << " names";
}

TEST(SameText, IsAskedOfEveryCharacter) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'x');
    EXPECT_TRUE(is_same_text(text, std::string(text))) << size;
    EXPECT_FALSE(is_same_text(text, text + "x")) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'y';
      EXPECT_FALSE(is_same_text(text, other)) << at << " of " << size;
    }
  }
}

}  // namespace
}  // namespace meterway::duis::schema
