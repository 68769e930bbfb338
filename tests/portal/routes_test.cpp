#include "portal/server/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "flow/pipeline.h"
#include "portal/server/server.h"
#include "records/registry/access_token.h"
#include "tests/support/flow_bench.h"

/// The rows of spec/api_routes.tsv that the platform answers, against the platform: every row is answered, and every
/// method that an answer allows is a row.
namespace meterway::portal {
namespace {

class FlowRoutes : public tests::FlowBench {
 protected:
  FlowRoutes() {
    settings.link_port = 0;
    operator_ = registry::new_token(random);
    write([&](store::WriteView& view) -> Status {
      const auto put = registry::put_token(view, operator_, std::nullopt, clock.now());
      return put ? Status() : Status(Unexpected{put.error()});
    });
    pipeline_ = std::move(*flow::Pipeline::start(context()));
  }
  ~FlowRoutes() override { pipeline_->stop(); }

  net::HttpResponse ask(std::string_view method, const std::string& path) {
    return pipeline_->serve({std::string(method), path, "", {{"authorization", "Bearer " + operator_}}, "", {}});
  }
  /// A path of the pattern, with something that could be there for each parameter.
  static std::string example(std::string_view pattern) {
    std::string out(pattern);
    for (auto at = out.find('{'); at != std::string::npos; at = out.find('{')) {
      const auto end = out.find('}', at);
      const auto name = out.substr(at + 1, end - at - 1);
      const bool eui = name == "eui";
      out.replace(at, end - at + 1, eui ? "90b3d51f30010000" : "01");
    }
    return out;
  }
  /// The executable answers some beside the pipeline (apps/watching.h): tests/watching asks for those.
  static bool is_ours(const Route& route) {
    constexpr std::string_view kOthers[] = {"/api/v1/backup", "/metrics", "/api/v1/health", "/api/v1/configuration",
                                            "/api/v1/configuration/dangerous"};
    return route.handler == "flow" &&
           std::find(std::begin(kOthers), std::end(kOthers), route.path) == std::end(kOthers);
  }

 private:
  std::string operator_;
  std::unique_ptr<flow::Pipeline> pipeline_;
};

constexpr std::string_view kUnknownPath = "\"unknown path\"";

TEST_F(FlowRoutes, AreAnsweredByThePlatform) {
  for (const auto& route : all_routes()) {
    if (!is_ours(route)) continue;
    const auto answer = ask(route.method, example(route.path));
    EXPECT_NE(answer.status, 405) << route.method << " " << route.path;
    EXPECT_EQ(answer.body.find(kUnknownPath), std::string::npos) << route.method << " " << route.path << answer.body;
  }
  const auto nowhere = ask("GET", "/api/v1/tea");
  EXPECT_NE(nowhere.body.find(kUnknownPath), std::string::npos)
      << "what it says of a path that is not there: " << nowhere.body;
}

TEST_F(FlowRoutes, HaveEveryMethodThatThePlatformAllowsThere) {
  std::set<std::string_view> paths;
  for (const auto& route : all_routes()) {
    if (is_ours(route)) paths.insert(route.path);
  }
  unsigned told = 0;
  for (const auto path : paths) {
    const auto answer = ask("BREW", example(path));
    if (answer.status != 405) continue;
    ++told;
    std::string allowed = answer.headers.at("allow");
    std::erase(allowed, ' ');
    std::set<std::string> there, in_table;
    for (const auto method : ledger::parts(allowed)) there.emplace(method);
    for (const auto& route : all_routes()) {
      PathParameters parameters;
      if (is_ours(route) && route.path == path) in_table.emplace(route.method);
    }
    EXPECT_EQ(in_table, there) << path;
  }
  EXPECT_GT(told, 8u) << "most paths say what they allow";
}

TEST(Routes, OfThePortalTakeNoPathThatThePlatformAnswers) {
  for (const auto& ours : all_routes()) {
    for (const auto& theirs : all_routes()) {
      if (ours.handler == "flow" || theirs.handler != "flow" || ours.method != theirs.method) continue;
      PathParameters parameters;
      std::string path(theirs.path);
      std::replace(path.begin(), path.end(), '{', 'x');
      std::replace(path.begin(), path.end(), '}', 'x');
      EXPECT_FALSE(fits(ours.path, path, parameters)) << ours.path << " " << theirs.path;
    }
  }
}

}  // namespace
}  // namespace meterway::portal
