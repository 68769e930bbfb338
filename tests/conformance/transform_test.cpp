#include "tests/conformance/reference_transform.h"

namespace meterway::tests {
namespace {

/// Steps: transform every request of the reference data that has a message, with the inventory, clock and counters it
/// was made with, and compare. Pass: each service reaches its floor in tests/conformance/floor.tsv, which only rises.
TEST(Transform, ReachesTheFloorOfEachServiceOnTheReferenceRequests) {
  METERWAY_NEEDS_REFERENCE();
  const Reference reference;
  std::map<std::string, int> reached;
  std::map<std::string, int> cases;
  for (const auto& row : rows_of(reference_path() / "manifest.tsv")) {
    if (!Reference::has_both(row)) continue;
    const auto difference = reference.difference(row);
    ++cases[row.at("srv")];
    reached[row.at("srv")] += difference.empty();
    if (!difference.empty()) std::cout << row.at("case") << ": " << difference << "\n";
  }
  int sum = 0;
  int all = 0;
  std::map<std::string, int> floors;
  for (const auto& row : rows_of(std::filesystem::path(METERWAY_SOURCE_DIR) / "tests" / "conformance" / "floor.tsv")) {
    const auto& stage = row.at("stage");
    if (stage.starts_with("transform/")) floors[stage.substr(stage.find('/') + 1)] = std::stoi(row.at("floor"));
  }
  for (const auto& [service, count] : cases) {
    EXPECT_GE(reached[service], floors[service]) << service << ": " << reached[service] << " of " << count;
    sum += reached[service];
    all += count;
  }
  std::cout << "transform: " << sum << " of " << all << "\n";
  RecordProperty("passed", sum);
  if (std::getenv("METERWAY_PRINT_FLOOR") == nullptr) return;
  for (const auto& [service, count] : reached) std::cout << "transform/" << service << "\t" << count << "\n";
}

}  // namespace
}  // namespace meterway::tests
