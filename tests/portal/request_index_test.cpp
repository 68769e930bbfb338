#include "records/registry/request_index.h"

#include <algorithm>
#include <set>

#include "tests/support/flow_bench.h"

namespace meterway::registry {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class RequestIndex : public tests::FlowBench {
 protected:
  void note(Eui64 user, std::uint64_t counter, UtcTime at, std::string refusal = "", bool believed = true) {
    const IndexEntry entry{at, {user, kMeter, {counter}}, Leg::Request, "4.1.1", std::move(refusal)};
    write([&](store::WriteView& view) { return note_request(view, entry, believed); });
  }
  FoundRequests find(const RequestsAsked& asked, std::string_view after = "", std::size_t limit = 100,
                     std::size_t most = 10'000) {
    return read<FoundRequests>([&](const auto& view) { return recent_requests(view, asked, after, limit, most); });
  }
  static std::vector<std::uint64_t> counters(const FoundRequests& found) {
    std::vector<std::uint64_t> out;
    for (const auto& one : found.entries) out.push_back(one.id.counter.value);
    return out;
  }
};

TEST_F(RequestIndex, TellsTheYoungestFirstOfEverybodyOverMinutesAndDays) {
  const auto now = clock.now();
  note(kSupplier, 1, now - hours(50));
  note(kOtherSupplier, 2, now - minutes(2));
  note(kSupplier, 3, now - seconds(10), "no_device");
  note(kOtherSupplier, 4, now - seconds(5));
  note(kSupplier, 5, now);
  const auto all = find({});
  EXPECT_EQ(counters(all), (std::vector<std::uint64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(all.entries[2].refusal, "no_device");
  EXPECT_EQ(all.entries[2].service, "4.1.1");
  EXPECT_EQ(all.entries[2].at, now - seconds(10));
  EXPECT_TRUE(all.next.empty());
  EXPECT_EQ(counters(find({std::vector{kSupplier}, {}, {}, {}})), (std::vector<std::uint64_t>{5, 3, 1}));
  EXPECT_TRUE(find({std::vector<Eui64>{}, {}, {}, {}}).entries.empty());
}

TEST_F(RequestIndex, IsNarrowedByTimeToTheMicrosecond) {
  const auto now = clock.now();
  for (std::uint64_t i = 0; i < 5; ++i) note(kSupplier, i, now + std::chrono::microseconds(i));
  const RequestsAsked asked{{}, now + std::chrono::microseconds(1), now + std::chrono::microseconds(4), {}};
  EXPECT_EQ(counters(find(asked)), (std::vector<std::uint64_t>{3, 2, 1}));
}

TEST_F(RequestIndex, PagesWithoutGapOrRepeatThoughMoreComeInBetween) {
  const auto now = clock.now();
  for (std::uint64_t i = 0; i < 200; ++i)  // some at the very same moment
    note(i % 3 == 0 ? kSupplier : kOtherSupplier, i, now + seconds(i / 4 * 7));
  std::multiset<std::uint64_t> seen;
  std::string after;
  do {
    const auto page = find({}, after, 7);
    EXPECT_LE(page.entries.size(), 7u);
    EXPECT_TRUE(std::is_sorted(page.entries.begin(), page.entries.end(),
                               [](const auto& a, const auto& b) { return a.at > b.at; }));
    for (const auto counter : counters(page)) seen.insert(counter);
    after = page.next;
    note(kSupplier, 1000 + seen.size(), now + hours(2));
  } while (!after.empty());
  EXPECT_EQ(seen.size(), 200u);
  EXPECT_EQ(std::set<std::uint64_t>(seen.begin(), seen.end()).size(), 200u);
}

TEST_F(RequestIndex, StopsAfterSoManyLookedAtAndGoesOnThere) {
  for (std::uint64_t i = 0; i < 50; ++i) note(kSupplier, i, clock.now() + seconds(i));
  RequestsAsked asked;
  asked.fits = [](const IndexEntry& one) -> Result<bool> { return one.id.counter.value % 25 == 0; };
  auto page = find(asked, "", 10, 20);
  EXPECT_EQ(page.looked_at, 20u);
  EXPECT_TRUE(page.entries.empty() || counters(page).front() == 25u);
  std::set<std::uint64_t> found;
  for (;;) {
    for (const auto counter : counters(page)) found.insert(counter);
    if (page.next.empty()) break;
    page = find(asked, page.next, 10, 20);
  }
  EXPECT_EQ(found, (std::set<std::uint64_t>{0, 25}));
}

TEST_F(RequestIndex, WhatNamesAUserWithoutItsSignatureIsFoundOfItButStandsApart) {
  note(kSupplier, 1, clock.now(), "bad_signature", false);
  note(kOtherSupplier, 2, clock.now(), "bad_signature", false);
  EXPECT_EQ(counters(find({std::vector{kSupplier}, {}, {}, {}})), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(find({}).entries.size(), 2u);
}

TEST_F(RequestIndex, ForgetsWholeMinutesThatAreOldEnough) {
  const auto now = clock.now();
  for (std::uint64_t i = 0; i < 40; ++i) {
    note(kSupplier, i, now - minutes(i));
    note(kOtherSupplier, i, now - minutes(i));
  }
  std::string from;
  int steps = 0;
  do {
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(from, remove_index(view, from, now - minutes(10), 4));
      return {};
    });
  } while (!from.empty() && ++steps < 100);
  EXPECT_LT(steps, 100);
  const auto left = find({});
  EXPECT_EQ(left.entries.size(), 22u);
  for (const auto& one : left.entries) EXPECT_GE(one.at, now - minutes(10));
}

TEST_F(RequestIndex, AnAfterThatIsNoneIsRefused) {
  const auto done = context().store.read([&](const store::ReadView& view) -> Status {
    const auto found = recent_requests(view, {}, "abc", 10, 10);
    EXPECT_FALSE(found);
    EXPECT_FALSE(recent_requests(view, {}, "00", 10, 10));
    return {};
  });
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace meterway::registry
