// What a node says on standard error, and whether it is ready.
#include <regex>

#include "base/log/log.h"
#include "tests/watching/watched_node.h"

namespace meterway::watching {
namespace {

namespace fs = std::filesystem;

class LogOfNode : public WatchedNode {
 protected:
  const Node& node() const override { return node_; }
  /// Lines of the log so far that are objects.
  std::vector<json> lines() const {
    std::vector<json> out;
    std::stringstream text(end_to_end::slurp(node_.root() / "serve.log"));
    for (std::string line; std::getline(text, line);) {
      auto read = json::parse(line, nullptr, false);
      if (read.is_object()) out.push_back(std::move(read));
    }
    return out;
  }
  bool says(const std::string& event, const std::string& field = {}, const std::string& value = {}) const {
    for (const auto& line : lines()) {
      if (line.at("event") == event && (field.empty() || line.value(field, "").find(value) != std::string::npos))
        return true;
    }
    return false;
  }
  Node node_;
};

TEST_F(LogOfNode, ARequestCanBeFollowedByItsNameAndNoMessageAndNoTokenIsInIt) {
  node_.write_config({{"log", {{"format", "json"}, {"level", "debug"}}}});
  node_.start_platform();
  node_.start_estate();
  const auto said = node_.send({"4.1.1", "--to", kEsme});
  ASSERT_EQ(said.status, 0) << said.out;
  std::smatch found;
  ASSERT_TRUE(std::regex_search(said.out, found, std::regex("RequestID +([0-9A-F:-]+)")));
  const std::string id = found[1];
  ASSERT_TRUE(Node::eventually([&] { return says("road.step", "outcome", "delivered"); }, 10));
  std::set<std::string> steps;
  for (const auto& line : lines()) {
    EXPECT_TRUE(line.contains("time") && line.contains("level") && line.contains("area")) << line;
    if (line.at("event") == "road.step" && line.at("request") == id) steps.insert(line.at("step").get<std::string>());
  }
  for (const char* step : {"gateway", "verify", "authorise", "wan", "correlate", "deliver"})
    EXPECT_EQ(steps.count(step), 1u) << step;
  const auto text = end_to_end::slurp(node_.root() / "serve.log");
  EXPECT_EQ(text.find(node_.as_operator().at("authorization").substr(7)), std::string::npos);
  for (const auto& event : node_.trace(id)) {
    const auto bytes = event.value("bytes", "never in any log");
    EXPECT_EQ(text.find(bytes), std::string::npos) << "a message's bytes";
  }
  EXPECT_TRUE(says("http.request", "path", "/api/v1/service"));
}

TEST_F(LogOfNode, AtItsUsualLevelItTellsOfRefusalsAndOfWhatWasGivenUp) {
  node_.write_config({{"log", {{"format", "json"}}}});
  node_.start_platform();
  EXPECT_TRUE(says("node.ready"));
  EXPECT_TRUE(says("settings.dangerous", "name", "check_dates"));
  EXPECT_EQ(node_.post('S', "<no/>").status, 400);
  ASSERT_TRUE(Node::eventually([&] { return says("request.refused"); }, 5));
  const auto request = node_.signed_request({"4.1.1", "--to", kEsme});
  ASSERT_EQ(node_.post('S', request).status, 200);
  ASSERT_TRUE(Node::eventually([&] { return says("command.given_up", "request", "90-B3-D5"); }, 15));
  ASSERT_TRUE(Node::eventually([&] { return says("delivery.failed"); }, 15));
  EXPECT_FALSE(says("road.step"));
  EXPECT_FALSE(says("http.request"));
  node_.stop_platform();
  EXPECT_TRUE(says("node.stopping"));
  EXPECT_TRUE(says("node.stopped"));
}

TEST_F(LogOfNode, WhatChangedSinceTheLastStartIsSaid) {
  node_.start_platform();
  node_.stop_platform();
  node_.write_config({{"log", {{"format", "json"}}}, {"workers", 3}});
  node_.start_platform();
  EXPECT_TRUE(says("settings.changed", "name", "workers"));
  EXPECT_TRUE(says("settings.changed", "value", "3"));
}

TEST(LogMessages, EachRowIsSaidSomewhereAndEachThatIsSaidIsARow) {
  std::set<std::string> rows, said;
  for (const auto& row : logging::all_messages()) rows.insert(std::string(row.name));
  const std::regex use(R"re((?:write\(|return |kStep = )\s*"([a-z]+\.[a-z_]+)")re");
  for (const auto& file : fs::recursive_directory_iterator(fs::path(METERWAY_SOURCE_DIR) / "src")) {
    const auto name = file.path().filename().string();
    if (file.path().extension() != ".cpp" || name.ends_with("_test.cpp")) continue;
    const auto text = end_to_end::slurp(file.path());
    if (text.find("log") == std::string::npos) continue;
    for (std::sregex_iterator at(text.begin(), text.end(), use), end; at != end; ++at) {
      const std::string one = (*at)[1];
      // Other functions write and return names with a point, too.
      if (rows.count(one) != 0 || text.find("log.write(\"" + one) != std::string::npos) said.insert(one);
    }
  }
  EXPECT_EQ(said, rows);
}

TEST_F(LogOfNode, ReadinessTellsEachCheckByItsNameAndNothingElse) {
  node_.start_platform();
  const auto plain = get("/readyz", {});
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(json::parse(plain.body), json({{"status", "ready"}}));
  const auto told = json::parse(get("/readyz?checks", {}).body);
  std::set<std::string> names;
  for (const auto& check : told.at("checks")) {
    names.insert(check.at("name"));
    EXPECT_EQ(check.at("state"), "ok") << check;
    EXPECT_EQ(check.size(), 2u) << "no more than its name and state";
  }
  EXPECT_EQ(names, (std::set<std::string>{"store", "keys", "signer", "link", "clock"}));
}

}  // namespace
}  // namespace meterway::watching
