// A power cut at every operation of the disk while a file is taken: afterwards either nothing of it is seen, or all of
// it; and the file, sent again, comes to the same end.
#include "tests/registration/office.h"

namespace meterway::registration {
namespace {

constexpr int kCount = 30;

std::string point(int number) { return Mpxn::mpan(120000000000ull + static_cast<std::uint64_t>(number)).text(); }

std::string file(std::uint64_t sequence, const std::string& supplier, bool full) {
  std::vector<std::string> records;
  for (int i = 0; i < kCount; ++i) {
    records.push_back("REG|" + point(i) + "|IS|" + supplier + "|202" + std::to_string(sequence) + "0101||");
    records.push_back("ADR|" + point(i) + "|||SW1A 2AA|" + supplier + std::to_string(i) + "||");
  }
  return electricity_file(sequence, records, full);
}

/// Of every point the supplier in 2026 and the address, when they are all alike; "torn" otherwise.
std::string seen(const Office& office) {
  std::string all;
  EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
    for (int i = 0; i < kCount; ++i) {
      const auto mpxn = *Mpxn::parse(point(i));
      METERWAY_TRY(const auto who, registrant(view, mpxn, UserRole::IS, at("2026-06-01T00:00:00Z")));
      METERWAY_TRY(const auto addresses, addresses_of(view, mpxn, Date()));
      auto one = who.text();
      for (const auto& address : addresses) {
        if (address.identifier != one + std::to_string(i)) one = "torn";
      }
      if (addresses.empty() != who.empty()) one = "torn";
      if (i == 0) all = one;
      if (all != one) all = "torn";
    }
    return {};
  }));
  return all;
}

/// The second file, until the disk stops.
void run(lab::SimDisk& disk, std::uint64_t stop_at) {
  Office office(disk, 7);
  ASSERT_TRUE(office.take(file(1, "OLD", true)));
  if (stop_at > 0) disk.stop_at(disk.operations() + stop_at);
  (void)office.take(file(2, "NEW", true));
  disk.stop();
}

TEST(LoadCrash, LeavesNothingHalfAppliedAtAnyOperationOfTheDisk) {
  lab::SimDisk whole;
  std::uint64_t first = 0;
  {
    Office office(whole, 7);
    ASSERT_TRUE(office.take(file(1, "OLD", true)));
    first = whole.operations();
    ASSERT_TRUE(office.take(file(2, "NEW", true)));
    EXPECT_EQ(seen(office), "NEW");
  }
  const auto all = whole.operations() - first;
  ASSERT_GT(all, 20u);
  int old_seen = 0, new_seen = 0, live_seen = 0;
  for (std::uint64_t stop_at = 1; stop_at <= all; ++stop_at) {
    lab::SimDisk disk;
    run(disk, stop_at);
    if (::testing::Test::HasFatalFailure()) return;
    disk.crash(stop_at * 7919);
    Office office(disk, 7, false);
    const auto now = seen(office);
    ASSERT_TRUE(now == "OLD" || now == "NEW") << now << " stopped at " << stop_at;
    (now == "OLD" ? old_seen : new_seen)++;
    EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto live, view.get("registration-live", ""));
      if (live) ++live_seen;
      return {};
    }));
    ASSERT_TRUE(office.loader.finish_earlier());
    ASSERT_EQ(seen(office), now) << "bringing in changes nothing that is seen; stopped at " << stop_at;
    const auto again = office.take(file(2, "NEW", true));
    ASSERT_TRUE(again) << again.error().why << " stopped at " << stop_at;
    ASSERT_EQ(seen(office), "NEW");
    ASSERT_EQ(again->sequence, 2u);
    ASSERT_TRUE(office.take(file(3, "LAST", false))) << "the sequence goes on";
    ASSERT_EQ(seen(office), "LAST");
  }
  EXPECT_GT(old_seen, 0);
  EXPECT_GT(new_seen, 0);
  EXPECT_GT(live_seen, 0) << "none was stopped between turning on and bringing in";
}

/// How many points of a load that is on are still to be brought in; none when no load is.
std::size_t left_to_bring_in(const Office& office) {
  std::size_t out = 0;
  EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto live, view.get("registration-live", ""));
    METERWAY_TRY(const auto staged, view.scan("registration-staged", "", "", 100));
    out = live ? staged.size() : 0;
    return {};
  }));
  return out;
}

TEST(LoadCrash, APowerCutWhileItIsBroughtInAfterARestartLeavesItWholeToo) {
  // Where the power must go for the second file to be on and hardly brought in.
  std::uint64_t where = 0;
  for (std::uint64_t stop_at = 400; stop_at > 0 && where == 0; --stop_at) {
    lab::SimDisk disk;
    run(disk, stop_at);
    disk.crash(stop_at * 7919);
    if (left_to_bring_in(Office(disk, 7, false)) + 7 >= kCount) where = stop_at;
  }
  ASSERT_GT(where, 0u);
  int cut = 0, half = 0;
  bool whole = false;
  for (std::uint64_t second = 1; !whole && second < 400; ++second) {
    lab::SimDisk disk;
    run(disk, where);
    disk.crash(where * 7919);
    {
      Office office(disk, 7, false);
      if (left_to_bring_in(office) == 0) continue;
      disk.stop_at(disk.operations() + second);
      whole = office.loader.finish_earlier().has_value();
      disk.stop();
      if (!whole) ++cut;
    }
    disk.crash(second * 7919 + 1);
    Office office(disk, 7, false);
    ASSERT_EQ(seen(office), "NEW") << "it was on; cut at " << second;
    const auto left = left_to_bring_in(office);
    if (left > 0 && left < kCount) ++half;
    ASSERT_TRUE(office.loader.finish_earlier());
    ASSERT_EQ(left_to_bring_in(office), 0u);
    ASSERT_EQ(seen(office), "NEW") << "cut at " << second;
    ASSERT_TRUE(office.take(file(3, "LAST", false)));
    ASSERT_EQ(seen(office), "LAST");
  }
  EXPECT_TRUE(whole) << "the last was not cut";
  EXPECT_GT(cut, 3);
  EXPECT_GT(half, 0);
}

}  // namespace
}  // namespace meterway::registration
