#include "tests/reference/replay.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

/// Every reference command that has an answer, given to an emulated device that holds what the reference device held
/// (states.tsv). README.md tells how cases come to pass; floor.tsv says how many of each use case do.
namespace meterway::tests {
namespace {

struct Floor {
  int cases = 0, structure = 0, values = 0;
  friend bool operator==(const Floor&, const Floor&) = default;
};

std::map<std::string, Floor> read_floors() {
  std::map<std::string, Floor> floors;
  for (const auto& row : read_table(table_path("floor.tsv")))
    floors[row.at("use_case")] = {std::stoi(row.at("cases")), std::stoi(row.at("structure")),
                                  std::stoi(row.at("values"))};
  return floors;
}

std::string line_of(const std::string& use_case, const Floor& row) {
  return use_case + "\t" + std::to_string(row.cases) + "\t" + std::to_string(row.structure) + "\t" +
         std::to_string(row.values);
}

std::string describe(const Verdict& verdict) {
  std::string out;
  for (const auto& difference : verdict.differences) out += "\n  " + difference;
  return out;
}

class ReferenceReplay : public ::testing::TestWithParam<Case> {};

TEST_P(ReferenceReplay, AnswersAsTheReferenceDeviceDid) {
  const Case& one = GetParam();
  const auto verdict = replay(one);
  EXPECT_EQ(verdict.level, Level::Values)
      << (verdict.level == Level::Differs ? "answers otherwise" : "has other values") << describe(verdict);
}

/// The cases of the use cases that pass in full; all of them where somebody works on the others. What those reach is
/// held by the floor below.
std::vector<Case> cases_to_pass() {
  auto cases = reference_cases();
  if (std::getenv("METERWAY_OPEN_CASES") != nullptr) return cases;
  const auto floors = read_floors();
  std::erase_if(cases, [&](const Case& one) {
    const auto floor = floors.find(one.use_case);
    return floor == floors.end() || floor->second.values < floor->second.cases;
  });
  return cases;
}

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ReferenceReplay);
INSTANTIATE_TEST_SUITE_P(Reference, ReferenceReplay, ::testing::ValuesIn(cases_to_pass()), test_name);

TEST(ReferenceFloor, EveryUseCaseDoesAsWellAsItsFloorSaysAndNoBetter) {
  METERWAY_NEEDS_REFERENCE();
  std::map<std::string, Floor> reached;
  std::string open;
  Floor sum;
  for (const auto& one : reference_cases()) {
    auto& row = reached[one.use_case];
    const auto verdict = replay(one);
    const int structure = verdict.level != Level::Differs, values = verdict.level == Level::Values;
    row = {row.cases + 1, row.structure + structure, row.values + values};
    sum = {sum.cases + 1, sum.structure + structure, sum.values + values};
    if (verdict.level != Level::Values)
      open += (structure != 0 ? "values  " : "differs ") + one.name + ": " + verdict.first_difference + "\n";
  }
  std::cout << "use_case\tcases\tstructure\tvalues\n";
  for (const auto& [name, row] : reached) std::cout << line_of(name, row) << "\n";
  std::cout << "\nNot passing in full:\n"
            << open << "\nstructure " << sum.structure << " of " << sum.cases << ", values " << sum.values << " of "
            << sum.cases << "\n";
  const auto floors = read_floors();
  for (const auto& [name, row] : reached) {
    const auto found = floors.find(name);
    const Floor floor = found == floors.end() ? Floor{} : found->second;
    EXPECT_TRUE(row == floor) << "floor.tsv is to say\n"
                              << line_of(name, row) << "\nbut says\n"
                              << line_of(name, floor);
  }
  EXPECT_EQ(reached.size(), floors.size());
}

}  // namespace
}  // namespace meterway::tests
