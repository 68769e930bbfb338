#include "lab/run.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/sanitized.h"

// The whole node, its estate and its Users in virtual time. A failing run prints the command that repeats it.
namespace meterway::lab {
namespace {

RunSettings everything(std::uint64_t seed) {
  RunSettings settings;
  settings.seed = seed;
  settings.faults = parse_faults("all").value();
  return settings;
}

TEST(Lab, WithoutFaultsEveryRequestEndsInItsResult) {
  auto settings = everything(1);
  settings.faults.clear();
  const auto result = run_lab(settings);
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_TRUE(result->verdict.holds()) << result->verdict.text();
  EXPECT_EQ(result->verdict.sent, settings.requests);
  EXPECT_EQ(result->verdict.with_result, result->verdict.accepted) << result->verdict.text();
  EXPECT_EQ(result->crashes, 0u);
}

TEST(Lab, TheSameSeedIsTheSameHistory) {
  const auto first = run_lab(everything(7)), second = run_lab(everything(7)), other = run_lab(everything(8));
  ASSERT_TRUE(first && second && other);
  EXPECT_EQ(first->digest, second->digest);
  EXPECT_EQ(first->events, second->events);
  EXPECT_NE(first->digest, other->digest);
}

/// Seeds until one gives the plant away; none of so many must be enough to hide it.
std::size_t seeds_until_caught(Plant plant, const char* faults, std::size_t most) {
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    auto settings = everything(seed);
    settings.faults = parse_faults(faults).value();
    settings.plant = plant;
    const auto result = run_lab(settings);
    // A store that does not open any more is found out, too, but not by the histories.
    if (result && !result->verdict.holds()) return seed;
  }
  return 0;
}

TEST(Lab, FindsOutAPlatformThatCommitsAfterItHasSaidI99) {
  EXPECT_NE(seeds_until_caught(Plant::CommitAfterI99, "crash", 10), 0u);
}

TEST(Lab, FindsOutAPlatformThatCountsAPushAsTakenBeforeItIs) {
  EXPECT_NE(seeds_until_caught(Plant::AckBeforeDelivery, "users", 10), 0u);
}

/// Sanitizers take ten times as long and get a tenth.
std::uint64_t seeds() {
  if (const char* asked = std::getenv("METERWAY_LAB_SEEDS")) return std::strtoull(asked, nullptr, 10);
  return kSanitized ? 16 : 200;
}

class LabSeeds : public testing::TestWithParam<int> {};

TEST_P(LabSeeds, LoseNothingAndDoNothingTwice) {
  constexpr std::uint64_t kParts = 4;
  std::size_t accepted = 0, with_result = 0, crashes = 0, outages = 0, runs = 0;
  for (auto seed = static_cast<std::uint64_t>(GetParam()) + 1; seed <= seeds(); seed += kParts) {
    const auto settings = everything(seed);
    const auto result = run_lab(settings);
    ASSERT_TRUE(result) << describe(result.error()) << "\n" << repeat_command(settings);
    EXPECT_TRUE(result->verdict.holds()) << result->verdict.text() << repeat_command(settings);
    accepted += result->verdict.accepted;
    with_result += result->verdict.with_result;
    crashes += result->crashes;
    outages += result->verdict.outages;
    runs += result->verdict.runs;
  }
  EXPECT_GT(crashes, 0u);
  EXPECT_GT(runs, 0u) << "schedules run too";
  EXPECT_GT(with_result * 2, accepted) << "most requests are to end in I0, whatever happens on the way";
  std::printf("%zu accepted, %.1f %% ended in I0, %zu crashes, %zu outages, %zu runs\n", accepted,
              100.0 * static_cast<double>(with_result) / static_cast<double>(accepted), crashes, outages, runs);
}

INSTANTIATE_TEST_SUITE_P(Parts, LabSeeds, testing::Range(0, 4));

}  // namespace
}  // namespace meterway::lab
