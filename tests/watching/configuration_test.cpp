// What a node says of its own configuration.
#include "tests/watching/watched_node.h"

namespace meterway::watching {
namespace {

class ConfigurationShown : public WatchedNode {
 protected:
  const Node& node() const override { return node_; }
  json entry(const std::string& name) const {
    const auto told = get_json("/api/v1/configuration");
    for (const auto& one : told.at("settings")) {
      if (one.at("name") == name) return one;
    }
    ADD_FAILURE() << name;
    return json::object();
  }
  Node node_;
};

TEST_F(ConfigurationShown, EachValueSaysWhereItComesFrom) {
  node_.start_platform();
  const auto of_default = entry("outage_after_ms");
  EXPECT_EQ(of_default.at("value"), 180000);
  EXPECT_EQ(of_default.at("source"), "default");
  const auto of_folder = entry("http_port");
  EXPECT_EQ(of_folder.at("source"), "data folder");
  EXPECT_TRUE(of_folder.at("file").get<std::string>().ends_with("platform/config.json"));
  const auto of_file = entry("reach_timeout_ms");
  EXPECT_EQ(of_file.at("value"), 2000);
  EXPECT_EQ(of_file.at("default"), 10000);
  EXPECT_EQ(of_file.at("is_default"), false);
  EXPECT_EQ(of_file.at("source"), "file");
  EXPECT_TRUE(of_file.at("file").get<std::string>().ends_with("over.json"));
  EXPECT_FALSE(of_file.at("by").get<std::string>().empty());
  const auto rule = entry("rule.quarantine.keep");
  EXPECT_EQ(rule.at("source"), "rule row");
  EXPECT_EQ(rule.at("kind"), "rule");
}

TEST_F(ConfigurationShown, AChangeSaysWhatItWasBeforeAndTheAuditHasIt) {
  node_.start_platform();
  const auto first = entry("reach_timeout_ms").at("since");
  EXPECT_FALSE(entry("reach_timeout_ms").contains("before"));
  node_.stop_platform();
  node_.write_config({{"reach_timeout_ms", 3000}});
  node_.start_platform();
  const auto changed = entry("reach_timeout_ms");
  EXPECT_EQ(changed.at("value"), 3000);
  EXPECT_EQ(changed.at("before"), 2000);
  const auto since = changed.at("since");
  EXPECT_NE(since, first);
  EXPECT_EQ(entry("device_timeout_ms").at("since"), first) << "this one has not changed";
  const auto audit = get_json("/api/v1/audit/entries?function=configuration");
  ASSERT_EQ(audit.at("entries").size(), 1u) << audit.dump(1);
  EXPECT_EQ(audit.at("entries")[0].at("about"), "setting reach_timeout_ms");
  EXPECT_EQ(audit.at("entries")[0].at("detail"), "2000 before, 3000 now");
  node_.stop_platform();
  node_.start_platform();
  EXPECT_EQ(entry("reach_timeout_ms").at("since"), since) << "a start that changes nothing";
  EXPECT_EQ(entry("reach_timeout_ms").at("before"), 2000);
}

TEST_F(ConfigurationShown, NoSecretAndNoAddressOfAUserIsTold) {
  node_.write_config({{"users",
                       {{{"eui", "90b3d51f30010000"},
                         {"name", "supplier"},
                         {"roles", {"IS"}},
                         {"push_url", "http://name:pass-word@127.0.0.1:1/"}}}}});
  node_.start_platform();
  const auto answer = get("/api/v1/configuration");
  EXPECT_EQ(answer.body.find("pass-word"), std::string::npos);
  const auto token = node_.as_operator().at("authorization").substr(7);
  EXPECT_EQ(answer.body.find(token), std::string::npos);
  EXPECT_EQ(entry("users").at("value"), json::array({"90b3d51f30010000"}));
  bool told = false;
  const auto body = json::parse(answer.body);
  for (const auto& secret : body.at("secrets")) {
    if (secret.at("name") != "the operator's token") continue;
    told = secret.at("present") == true && secret.at("only_its_owner_reads_it") == true;
  }
  EXPECT_TRUE(told) << body.at("secrets").dump();
}

TEST_F(ConfigurationShown, WhatIsFitForTestsAloneIsToldToEverybodyWhoIsKnown) {
  node_.write_config({{"metrics_open", true}, {"oversight", {{"rules", {{"quarantine.keep", "100"}}}}}});
  node_.start_platform();
  EXPECT_EQ(get("/api/v1/configuration/dangerous", {}).status, 401);
  const auto answer = get("/api/v1/configuration/dangerous", person("sam", "secretary"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  std::set<std::string> names;
  const auto body = json::parse(answer.body);
  for (const auto& one : body.at("dangerous")) {
    names.insert(one.at("name"));
    EXPECT_FALSE(one.at("why").get<std::string>().empty());
  }
  EXPECT_EQ(names.count("check_dates"), 1u) << answer.body;
  EXPECT_EQ(names.count("metrics_open"), 1u);
  EXPECT_EQ(names.count("rule.quarantine.keep"), 1u);
  EXPECT_EQ(names.count("test keys"), 1u) << "the node has made its authority itself";
  EXPECT_EQ(names.count("check_connection"), 0u);
}

TEST_F(ConfigurationShown, IsForTheDeskOperationsAndAuditorsAndComesAsCsvToo) {
  node_.start_platform();
  EXPECT_EQ(get("/api/v1/configuration", {}).status, 401);
  EXPECT_EQ(get("/api/v1/configuration", person("dora", "desk")).status, 200);
  EXPECT_EQ(get("/api/v1/configuration", person("adam", "auditor")).status, 200);
  EXPECT_EQ(get("/api/v1/configuration", person("sam", "secretary")).status, 403);
  const auto csv = get("/api/v1/configuration?format=csv&changed=true");
  EXPECT_TRUE(csv.headers.at("content-type").starts_with("text/csv"));
  EXPECT_NE(csv.body.find("reach_timeout_ms,setting,2000,10000,file,"), std::string::npos) << csv.body;
  EXPECT_EQ(csv.body.find("outage_after_ms"), std::string::npos) << "the default";
  EXPECT_EQ(get("/api/v1/configuration?nonsense=1").status, 400);
  const auto found = get_json("/api/v1/configuration?q=reach_timeout");
  EXPECT_EQ(found.at("settings").size(), 1u);
  EXPECT_GT(found.at("left_out"), 50);
}

TEST_F(ConfigurationShown, TheCommandShowsTheSame) {
  node_.start_platform();
  const auto said = node_.run({"configuration", "--data", node_.data(), "--changed"});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(end_to_end::has(said.out, "reach_timeout_ms = 2000 (default 10000)")) << said.out;
  EXPECT_TRUE(end_to_end::has(said.out, "over.json by "));
  EXPECT_TRUE(end_to_end::has(said.out, "for tests alone: test keys"));
}

}  // namespace
}  // namespace meterway::watching
