#include "flow/envelope/setting_rows.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "flow/envelope/settings.h"

namespace meterway::flow {
namespace {

/// Read beside the platform's own (apps/setting_layers.h).
bool is_of_others(std::string_view name) {
  return name.starts_with("oversight.") || name.starts_with("test.") || name == "portal_port";
}

TEST(SettingRows, NameEverySettingThatIsReadAndNoOther) {
  std::set<std::string> read, rows;
  for (const auto& [name, value] : shown(Settings{})) read.insert(name);
  for (const auto& row : all_settings()) {
    if (!is_of_others(row.name)) rows.insert(std::string(row.name));
  }
  EXPECT_EQ(read, rows) << "spec/settings.tsv and settings.cpp";
}

TEST(SettingRows, HaveTheDefaultsOfAnEmptyConfiguration) {
  const auto values = shown(*read_settings("{}"));
  for (const auto& row : all_settings()) {
    const auto found = values.find(std::string(row.name));
    if (found == values.end() || found->second.empty()) continue;
    EXPECT_EQ(found->second, row.default_value) << row.name;
  }
}

TEST(SettingRows, TakeTheirOwnDefaults) {
  for (const auto& row : all_settings()) {
    if (is_of_others(row.name)) continue;
    const auto dot = row.name.find('.');
    const std::string value(row.default_value), member(row.name.substr(dot == std::string_view::npos ? 0 : dot + 1));
    auto document = "{\"" + member + "\":" + value + "}";
    if (dot != std::string_view::npos) document = "{\"" + std::string(row.name.substr(0, dot)) + "\":" + document + "}";
    if (row.default_value == "\"\"" && row.name != "signing_serial") continue;
    EXPECT_TRUE(read_settings(document)) << document;
  }
}

TEST(SettingRows, AreDangerousAtTheValueThatTheTableNamesAlone) {
  const SettingRow off{"a", "true", DangerousWhen::False, "x", "y"}, set{"b", "{}", DangerousWhen::Set, "x", "y"};
  EXPECT_TRUE(is_dangerous(off, "false"));
  EXPECT_FALSE(is_dangerous(off, "true"));
  EXPECT_TRUE(is_dangerous(set, "{\"a\":1}"));
  EXPECT_FALSE(is_dangerous(set, "{}"));
  EXPECT_FALSE(is_dangerous({"c", "1", DangerousWhen::Never, "", "y"}, "7"));
}

}  // namespace
}  // namespace meterway::flow
