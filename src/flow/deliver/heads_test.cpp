#include "flow/deliver/heads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace meterway::flow::deliver {
namespace {

using Due = std::array<bool, kDeliveryClasses>;

Due all_due() {
  Due due;
  due.fill(true);
  return due;
}
Due only(std::initializer_list<DeliveryClass> classes) {
  Due due{};
  for (const auto one : classes) due[index(one)] = true;
  return due;
}
Place place(std::uint64_t number, std::int64_t due) {
  return {{Eui64(1), DeliveryClass::OnDemand, UtcTime(), number}, UtcTime(std::chrono::microseconds(due)), 0};
}

TEST(Turns, TheFirstInOrderGoesFirst) {
  Turns turns;
  EXPECT_EQ(turns.next(only({DeliveryClass::Bulk, DeliveryClass::Install, DeliveryClass::OnDemand})),
            DeliveryClass::Install);
  EXPECT_EQ(turns.next(only({DeliveryClass::Bulk, DeliveryClass::OnDemand})), DeliveryClass::OnDemand);
  EXPECT_FALSE(turns.next(Due{}));
}

TEST(Turns, ClassesOfOneOrderTakeTurns) {
  Turns turns;
  const auto due = only({DeliveryClass::Prepayment, DeliveryClass::Outage});
  const auto first = turns.next(due), second = turns.next(due), third = turns.next(due);
  EXPECT_NE(first, second);
  EXPECT_EQ(first, third);
}

TEST(Turns, NoClassWaitsLongerThanItsRowSays) {
  Turns turns;
  std::array<unsigned, kDeliveryClasses> waited{}, longest{}, pushed{};
  for (int i = 0; i < 5000; ++i) {
    const auto one = *turns.next(all_due());
    for (auto& wait : waited) ++wait;
    waited[index(one)] = 0;
    ++pushed[index(one)];
    for (std::size_t c = 0; c < kDeliveryClasses; ++c) longest[c] = std::max(longest[c], waited[c]);
  }
  for (std::size_t c = 0; c < kDeliveryClasses; ++c) {
    // Several may have waited long enough at the same time; then one goes after the other.
    EXPECT_LE(longest[c], waits_at_most(delivery_class_at(c)) + kDeliveryClasses - 1) << name(delivery_class_at(c));
    EXPECT_GT(pushed[c], 0u);
  }
  EXPECT_GT(pushed[index(DeliveryClass::Prepayment)] + pushed[index(DeliveryClass::Outage)], 4000u);
}

TEST(Turns, AClassThatHasNothingDueIsNotWaiting) {
  Turns turns;
  for (int i = 0; i < 1000; ++i) turns.next(only({DeliveryClass::Prepayment}));
  EXPECT_EQ(turns.next(only({DeliveryClass::Prepayment, DeliveryClass::Bulk})), DeliveryClass::Prepayment);
}

TEST(Heads, GiveTheEarliestDueFirst) {
  Heads heads;
  for (const int due : {5, 3, 9, 1}) heads.add(place(static_cast<std::uint64_t>(due), due));
  std::vector<std::uint64_t> order;
  while (heads.first() != nullptr) order.push_back(heads.take_first().id.chance);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 3, 5, 9}));
  EXPECT_FALSE(heads.needs_refill()) << "all of it was here";
}

TEST(Heads, KeepNoMoreThanTheirLimitHoweverManyThereAre) {
  Heads heads;
  for (int i = 0; i < 1000; ++i) heads.add(place(static_cast<std::uint64_t>(i), i));
  EXPECT_LE(heads.size(), 2 * Heads::kMost);
}

/// Whatever comes in whatever order: what is taken next is the earliest of all in the store that is not under way.
TEST(Heads, MissNothingThatIsInTheStore) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 chance(seed);
    std::vector<Place> stored;  // ordered, as the store is
    const auto earlier = [](const Place& a, const Place& b) { return a.due != b.due ? a.due < b.due : a.id < b.id; };
    std::vector<DeliveryId> under_way;
    Heads heads;
    std::uint64_t number = 0;
    for (int step = 0; step < 1500; ++step) {
      const auto what = chance() % 10;
      if (what < 6) {
        const auto one = place(++number, static_cast<std::int64_t>(chance() % 10000));
        stored.insert(std::lower_bound(stored.begin(), stored.end(), one, earlier), one);
        heads.add(one);
      } else if (what < 9) {
        if (heads.needs_refill()) {
          const auto limit = under_way.size() + Heads::kMost;
          const auto count = std::min(limit, stored.size());
          heads.refill({stored.data(), count}, count < limit, [&](const DeliveryId& id) {
            return std::find(under_way.begin(), under_way.end(), id) != under_way.end();
          });
        }
        const auto next = std::find_if(stored.begin(), stored.end(), [&](const Place& one) {
          return std::find(under_way.begin(), under_way.end(), one.id) == under_way.end();
        });
        ASSERT_EQ(heads.first() == nullptr, next == stored.end()) << "seed " << seed << " step " << step;
        if (next == stored.end()) continue;
        ASSERT_EQ(heads.take_first().id, next->id) << "seed " << seed << " step " << step;
        under_way.push_back(next->id);
      } else if (!under_way.empty()) {  // it ended: taken, or put back for later
        const auto id = under_way.front();
        under_way.erase(under_way.begin());
        const auto found = std::find_if(stored.begin(), stored.end(), [&](const Place& one) { return one.id == id; });
        auto again = *found;
        stored.erase(found);
        if (chance() % 2 == 0) continue;
        again.due += std::chrono::microseconds(chance() % 5000);
        stored.insert(std::lower_bound(stored.begin(), stored.end(), again, earlier), again);
        heads.add(again);
      }
    }
  }
}

}  // namespace
}  // namespace meterway::flow::deliver
