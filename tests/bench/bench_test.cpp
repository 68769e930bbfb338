#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

// The benches run and print their figures; how good those are is no matter for a test on a machine that does more.
namespace meterway::bench {
namespace {

using nlohmann::json;

/// What `meterway bench <arguments>` prints on standard output, which is JSON.
json run(const std::string& arguments) {
  auto* out = ::popen((std::string(METERWAY_BINARY) + " bench " + arguments).c_str(), "r");
  EXPECT_NE(out, nullptr);
  std::string text;
  char part[4096];
  while (const auto size = std::fread(part, 1, sizeof part, out)) text.append(part, size);
  EXPECT_EQ(::pclose(out), 0) << text;
  const auto said = json::parse(text, nullptr, false);
  EXPECT_TRUE(said.is_object()) << text;
  return said;
}

void expect_figures(const json& object, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    ASSERT_TRUE(object.contains(name)) << name << " in " << object.dump(1);
    EXPECT_TRUE(object[name].is_number() && object[name].get<double>() > 0) << name << ": " << object[name];
  }
}

TEST(Bench, RoadPrintsCostBoundAndRatioOfEachKindOfRequest) {
  const auto report = run("road --seconds 1 --connections 2 --json");
  for (const auto* name : {"4.1.1", "6.22", "1.1.1"}) {
    const json* found = report.contains(name) ? &report[name] : nullptr;
    if (found == nullptr && report.contains("cases") && report["cases"].contains(name)) found = &report["cases"][name];
    ASSERT_NE(found, nullptr) << report.dump(1);
    expect_figures(*found, {"ratio", "bound_us", "cost_us", "requests_per_second", "p99_ms"});
    EXPECT_FALSE((*found)["stages"].empty());
  }
}

TEST(Bench, OutagePrintsWhoWasToldWhen) {
  const auto report = run("outage --hubs 20 --silence 1 --spread 0.2 --connections 2 --rate 5");
  EXPECT_FALSE(report.empty());
  EXPECT_NE(report.dump().find("p99"), std::string::npos) << report.dump(1);
}

TEST(Bench, RegistryPrintsRoomMemoryAndTheTimeUntilItIsReady) {
  expect_figures(run("registry --devices 1000 --json"),
                 {"devices", "fill_seconds", "disk_bytes_per_device", "disk_bytes_per_device_with_certificates",
                  "start_seconds", "resident_bytes"});
}

TEST(Bench, RegistrationPrintsTimeAndRoomOfPointsAndOfTheirDevicesAndWhatADecisionCosts) {
  const auto report = run("registration --points 2000 --decisions 2000 --json");
  expect_figures(report, {"points", "devices", "load_seconds", "device_seconds", "bytes_per_point", "bytes_per_device",
                          "bytes_per_record", "decision_p99_us", "decision_all_p99_us", "allowed_share"});
  EXPECT_EQ(report["devices"], report["points"]) << "a meter at every point";
  EXPECT_LT(report["allowed_share"], 1.0) << "others are registered, too";
}

TEST(Bench, AccessPrintsWhatADecisionAndASearchCost) {
  const auto report = run("access --devices 1000 --decisions 2000 --searches 50 --json");
  expect_figures(report, {"devices", "decision_warm_p99_us", "decision_all_p99_us", "decision_warm_yes_share",
                          "search_by_mpxn_p99_us", "search_by_address_p99_us", "search_by_mpxn_yes_share"});
}

TEST(Bench, ReportsAreTheSameToTheByteHoweverTheyAreMadeAndCountWhatWasWritten) {
  const auto report = run("reports --events 20000 --json");
  expect_figures(report, {"events", "service_requests", "fill_s", "disk_bytes_per_event", "ratio"});
  EXPECT_EQ(report["wrong"], json::array());
  for (const auto* way : {"each", "shared", "sqlite", "beside"}) {
    EXPECT_EQ(report[way]["reports"].size(), 5u) << way;
    EXPECT_EQ(report[way]["counted"], report["each"]["counted"]) << way;
    EXPECT_GE(report[way]["counted"][0], 20000) << way;
  }
}

}  // namespace
}  // namespace meterway::bench
