#pragma once
#include "tests/end_to_end/node.h"
#include "tests/watching/exposition_reader.h"

namespace meterway::watching {

using end_to_end::kEsme;
using end_to_end::Node;
using nlohmann::json;

/// A node and people who ask it.
class WatchedNode : public ::testing::Test {
 protected:
  net::HttpResponse get(const std::string& path, const net::Headers& headers) const {
    const auto answer = net::http_request("GET", node().http() + path, headers, "", std::chrono::seconds(10));
    EXPECT_TRUE(answer) << path << ": " << describe(answer.error());
    return answer ? *answer : net::HttpResponse{};
  }
  net::HttpResponse get(const std::string& path) const { return get(path, node().as_operator()); }
  json get_json(const std::string& path) const {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  /// The headers of a new person of that job type.
  net::Headers person(const std::string& id, const std::string& role) const {
    const auto made = node().run(
        {"person", "set", id, "--party", "DCC", "--role", role, "--clearance", "Green", "--data", node().data()});
    EXPECT_EQ(made.status, 0) << made.out;
    const auto answer = net::http_request("POST", node().http() + "/api/v1/people/" + id + "/tokens",
                                          node().as_operator(), "", std::chrono::seconds(5));
    EXPECT_TRUE(answer && answer->status == 201);
    if (!answer) return {};
    return {{"authorization", "Bearer " + json::parse(answer->body).at("token").get<std::string>()}};
  }
  Exposition metrics() const { return ExpositionReader::read(get("/metrics").body); }
  virtual const Node& node() const = 0;
};

}  // namespace meterway::watching
