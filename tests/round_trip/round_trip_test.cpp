#include <cstdio>
#include <regex>

#include "tests/round_trip/runner.h"
#include "tests/support/sanitized.h"

// Every service request, the way of every command variant it may go, from the User's signed document to the device and
// back; what it has done is read by another request. trips.tsv says what is asked, and what must be seen then.
namespace meterway::round_trip {
namespace {

/// A folder that is named in the environment gets every answer, for judges of other makes (judge.sh).
std::filesystem::path answers_folder() {
  const char* named = std::getenv("METERWAY_TRIP_ANSWERS");
  if (named == nullptr || *named == '\0') return {};
  std::filesystem::create_directories(named);
  return named;
}

/// For whoever looks for the cause of one failure: a regular expression of names.
bool chosen(const Trip& trip) {
  const char* named = std::getenv("METERWAY_TRIPS");
  return named == nullptr || std::regex_search(trip.name, std::regex(named));
}

TEST(RoundTrip, NoServiceRequestAndNoCommandVariantIsWithoutATrip) {
  std::set<std::pair<std::string_view, CommandVariant>> gone;
  std::set<std::string> names;
  for (const auto& trip : read_trips()) {
    EXPECT_TRUE(names.insert(trip.name).second) << "twice: " << trip.name;
    EXPECT_TRUE(!trip.tells.empty() || !trip.shows.empty()) << trip.name << " asserts nothing";
    EXPECT_EQ(trip.read.empty(), trip.shows.empty()) << trip.name;
    for (const auto way : ways_of(trip)) {
      gone.emplace(trip.service->variant, way);
      if (trip.service->critical && !trip.service->non_device)
        gone.emplace(trip.service->variant, CommandVariant::Transform);
    }
  }
  std::size_t services = 0, ways = 0;
  for (const auto& service : duis::all_services()) {
    ++services;
    for (int cv = 1; cv <= 8; ++cv) {
      if (!service.permits(static_cast<CommandVariant>(cv))) continue;
      ++ways;
      EXPECT_EQ(gone.count({service.variant, static_cast<CommandVariant>(cv)}), 1u) << service.variant << " CV " << cv;
    }
  }
  EXPECT_EQ(services, 129u);
  EXPECT_EQ(gone.size(), ways) << "a way that the service does not permit";
  std::printf("%zu service request variants, %zu with their command variants\n", services, ways);
}

TEST(RoundTrip, EveryServiceRequestHasItsEffectByEveryCommandVariant) {
  const auto trips = read_trips();
  std::vector<Journey> journeys;
  for (const auto& trip : trips) {
    if (!chosen(trip)) continue;
    const auto ways = ways_of(trip);
    // Under a sanitizer one way each: what differs between the ways is the platform's, and is met by the first trips.
    const auto most = kSanitized ? std::min<std::size_t>(1, ways.size()) : ways.size();
    for (std::size_t i = 0; i < most; ++i) journeys.push_back({&trip, ways[i], {}});
  }
  Runner runner(trips, journeys, answers_folder());
  std::size_t done = 0, open = 0;
  for (const auto& journey : journeys) {
    const auto problems = runner.run(journey);
    const auto name = journey.trip->name + " CV " + std::to_string(static_cast<int>(journey.way));
    if (!journey.trip->open.empty()) {
      ++open;
      std::printf("open: %s: %s\n", name.c_str(), journey.trip->open.c_str());
      EXPECT_FALSE(problems.empty()) << name << " does what it should: its mark in trips.tsv can go";
      continue;
    }
    done += problems.empty();
    EXPECT_TRUE(problems.empty()) << name << "\n" << problems;
  }
  std::printf("%zu of %zu trips with their effect, %zu open, %zu answers\n", done, journeys.size(), open,
              runner.answers());
}

}  // namespace
}  // namespace meterway::round_trip
