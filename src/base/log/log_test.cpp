#include "base/log/log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace meterway::logging {
namespace {

const ManualClock kClock{*from_iso8601("2026-06-01T00:00:00Z")};

struct Said {
  std::vector<std::string> lines;
  std::vector<Level> counted;
  Log log(Form form, Level least) {
    return {kClock, form, least, [this](std::string_view line) { lines.emplace_back(line); },
            [this](Level level) { counted.push_back(level); }};
  }
};

TEST(Log, ALineOfJsonIsOneObjectWithTimeAreaEventAndItsFields) {
  Said said;
  said.log(Form::Json, Level::Info).write("request.refused", {{"request", "90-B3"}, {"detail", "E5"}});
  ASSERT_EQ(said.lines.size(), 1u);
  EXPECT_EQ(said.lines[0].find('\n'), said.lines[0].size() - 1);
  const auto line = nlohmann::json::parse(said.lines[0]);
  EXPECT_EQ(line.at("time"), "2026-06-01T00:00:00.000000Z");
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("area"), "gateway");
  EXPECT_EQ(line.at("event"), "request.refused");
  EXPECT_EQ(line.at("request"), "90-B3");
  EXPECT_EQ(line.at("detail"), "E5");
}

TEST(Log, WhatSendersMakeUpBreaksNoLine) {
  Said said;
  const std::string bad = "a\"b\\c\nd\x01\x7F\xFF", chinese = "\xE4\xB8\xAD";
  said.log(Form::Json, Level::Info).write("request.refused", {{"detail", bad}, {"step", chinese}});
  const auto line = nlohmann::json::parse(said.lines.at(0));
  EXPECT_EQ(line.at("detail"), "a\"b\\c\nd\x01\x7F\xC3\xBF") << "a byte that is no UTF-8 is told by its number";
  EXPECT_EQ(line.at("step"), chinese);
  said.log(Form::Text, Level::Info).write("request.refused", {{"detail", bad}});
  EXPECT_EQ(said.lines.at(1).find('\n'), said.lines.at(1).size() - 1);
}

TEST(Log, AValueIsCutWhereACharacterEnds) {
  Said said;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xE4\xB8\xAD";
  said.log(Form::Json, Level::Info).write("request.refused", {{"detail", text}});
  const auto cut = nlohmann::json::parse(said.lines.at(0)).at("detail").get<std::string>();
  EXPECT_EQ(cut.size(), 1998u + 3u);
  EXPECT_TRUE(cut.ends_with("..."));
}

TEST(Log, WhatIsBelowTheLevelIsNotWritten) {
  Said said;
  const auto log = said.log(Form::Text, Level::Warning);
  EXPECT_FALSE(log.wants(Level::Info));
  EXPECT_TRUE(log.wants(Level::Warning));
  log.write("request.refused");
  EXPECT_TRUE(said.lines.empty());
  log.write("command.given_up", {{"request", "x"}});
  ASSERT_EQ(said.lines.size(), 1u);
  EXPECT_EQ(said.lines[0],
            "2026-06-01T00:00:00.000000Z warning command.given_up: a command has ended without the device's answer "
            "request=\"x\"\n");
  EXPECT_EQ(said.counted, (std::vector<Level>{Level::Warning}));
}

TEST(LogDeathTest, AMessageWithoutARowIsAMistakeOfTheProgram) {
  Said said;
  const auto log = said.log(Form::Text, Level::Info);
  EXPECT_DEATH(log.write("nobody.knows"), "no row of spec/log_messages.tsv");
}

}  // namespace
}  // namespace meterway::logging
