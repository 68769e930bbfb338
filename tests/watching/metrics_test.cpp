// /metrics, read by its grammar, and each number against what was done.
#include "base/metrics/metrics.h"

#include "tests/watching/watched_node.h"

namespace meterway::watching {
namespace {

class Metrics : public WatchedNode {
 protected:
  const Node& node() const override { return node_; }
  Node node_;
};

TEST_F(Metrics, AreWhatTheGrammarAllowsAndExactlyTheRowsOfTheTable) {
  node_.start_platform();
  const auto answer = get("/metrics");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const auto read = ExpositionReader::read(answer.body);
  EXPECT_EQ(read.problems, std::vector<std::string>());
  std::map<std::string, std::string> rows;
  for (const auto& row : metrics::all_rows()) {
    constexpr const char* kTypes[] = {"counter", "gauge", "histogram"};
    rows[std::string(row.name)] = kTypes[static_cast<std::size_t>(row.type)];
  }
  EXPECT_EQ(read.types, rows);
  for (const auto& [metric, labels] : read.labels) {
    for (const auto& label : labels) EXPECT_EQ(label.find("eui"), std::string::npos) << metric;
  }
}

TEST_F(Metrics, AreForOperationsAndNobodyElseUnlessTheyAreOpen) {
  node_.start_platform();
  EXPECT_EQ(get("/metrics", {}).status, 401);
  EXPECT_EQ(get("/metrics", person("olga", "operations")).status, 200);
  EXPECT_EQ(get("/metrics", person("sam", "secretary")).status, 403);
  node_.stop_platform();
  node_.write_config({{"metrics_open", true}});
  node_.start_platform();
  EXPECT_EQ(get("/metrics", {}).status, 200);
}

TEST_F(Metrics, OpenMetricsIsGivenToWhoAsksForIt) {
  node_.start_platform();
  auto headers = node_.as_operator();
  headers["accept"] = "application/openmetrics-text; version=1.0.0";
  const auto answer = get("/metrics", headers);
  EXPECT_TRUE(answer.headers.at("content-type").starts_with("application/openmetrics-text"));
  EXPECT_TRUE(answer.body.ends_with("\n# EOF\n"));
}

TEST_F(Metrics, AreJsonForAPageWithTheReadinessBeside) {
  node_.start_platform();
  EXPECT_EQ(get("/api/v1/health", {}).status, 401);
  const auto health = get_json("/api/v1/health");
  EXPECT_EQ(health.at("status"), "ready");
  EXPECT_EQ(health.at("checks").size(), 5u);
  EXPECT_EQ(health.at("metrics").size(), metrics::all_rows().size());
  for (const auto& metric : health.at("metrics")) {
    if (metric.at("name") != "meterway_build_info") continue;
    EXPECT_EQ(metric.at("series").at(0).at("labels").at("version"), health.at("version"));
  }
}

TEST_F(Metrics, SayWhatTheRoadDid) {
  node_.start_platform();
  node_.start_estate();
  constexpr int kReads = 3;
  for (int i = 0; i < kReads; ++i) {
    const auto said = node_.send({"4.1.1", "--to", kEsme});
    ASSERT_EQ(said.status, 0) << said.out;
  }
  EXPECT_EQ(node_.post('S', "<no/>").status, 400);
  const std::string delivered = R"(meterway_deliveries_total{class="on_demand",outcome="delivered"})";
  ASSERT_TRUE(Node::eventually([&] { return metrics().at(delivered) == kReads; }, 10));
  const auto read = metrics();
  EXPECT_EQ(read.problems, std::vector<std::string>());
  EXPECT_EQ(read.at(R"(meterway_requests_total{outcome="accepted",service="4.1.1"})"), kReads);
  EXPECT_EQ(read.sum("meterway_requests_total"), kReads + 1) << "and the one that is no request";
  EXPECT_EQ(read.at("meterway_request_seconds_count"), kReads + 1);
  EXPECT_EQ(read.at(R"(meterway_outcomes_total{code="I0",service="4.1.1"})"), kReads);
  EXPECT_EQ(read.at("meterway_road_seconds_count"), kReads);
  EXPECT_EQ(read.sum("meterway_deliveries_total"), kReads);
  EXPECT_EQ(read.at(R"(meterway_steps_total{outcome="passed",step="verify"})"), kReads);
  EXPECT_EQ(read.at(R"(meterway_steps_total{outcome="delivered",step="deliver"})"), kReads);
  EXPECT_EQ(read.at(R"(meterway_steps_total{outcome="refused",step="gateway"})"), 1);
  EXPECT_EQ(read.at(R"(meterway_step_seconds_count{step="verify"})"), kReads);
  EXPECT_GE(read.at(R"(meterway_http_requests_total{group="duis.send",status="200"})"), kReads);
  EXPECT_EQ(read.at(R"(meterway_http_requests_total{group="duis.send",status="400"})"), 1);
  EXPECT_EQ(read.at("meterway_hubs_connected"), 1);
  EXPECT_EQ(read.at("meterway_commands_in_flight"), 0);
  EXPECT_EQ(read.sum("meterway_queue_depth"), 0);
  EXPECT_EQ(read.at("meterway_events"), read.sum("meterway_steps_total")) << "since the store was made";
  EXPECT_GE(read.at(R"(meterway_store_writes_total{outcome="committed"})"), 3 * kReads);
  EXPECT_EQ(read.at("meterway_store_write_seconds_count"), read.sum("meterway_store_writes_total"));
  EXPECT_GT(read.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(read.at("process_cpu_seconds_total"), 0);
  EXPECT_GT(read.at("process_open_fds"), 5);
}

TEST_F(Metrics, AQueueThatNobodyEmptiesShowsItsDepthAndHowOldItIs) {
  node_.start_platform();
  const auto request = node_.signed_request({"4.1.1", "--to", kEsme});
  ASSERT_EQ(node_.post('S', request).status, 200);  // no home is there, and no User listens
  ASSERT_TRUE(Node::eventually([&] { return metrics().sum("meterway_queue_depth") == 1; }, 15));
  ASSERT_TRUE(Node::eventually([&] { return metrics().sum("meterway_queue_oldest_seconds") > 1; }, 10));
  ASSERT_TRUE(Node::eventually([&] { return metrics().sum("meterway_deliveries_total") >= 1; }, 10));
  const auto read = metrics();
  EXPECT_EQ(read.at("meterway_hubs_connected"), 0);
  EXPECT_EQ(read.at(R"(meterway_given_up_total{why="unreachable"})"), 1);
  EXPECT_EQ(read.at(R"(meterway_outcomes_total{code="E20",service="4.1.1"})"), 1);
  EXPECT_EQ(read.sum("meterway_deliveries_total"),
            read.at(R"(meterway_deliveries_total{class="on_demand",outcome="failed"})"));
}

}  // namespace
}  // namespace meterway::watching
