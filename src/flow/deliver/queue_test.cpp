#include "flow/deliver/queue.h"

#include "tests/support/flow_bench.h"

namespace meterway::flow::deliver {
namespace {

using std::chrono::seconds;
using tests::kOtherSupplier;
using tests::kSupplier;

class DeliveryQueue : public tests::FlowBench {
 protected:
  Place put(std::uint64_t number, seconds due, DeliveryClass one = DeliveryClass::OnDemand, Eui64 user = kSupplier) {
    Place place;
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(place, enqueue(view, {user, one, clock.now() + seconds(number), number}, clock.now() + due,
                                  {"key" + std::to_string(number), "document " + std::to_string(number)}));
      return {};
    });
    return place;
  }
  std::vector<std::uint64_t> order(DeliveryClass one = DeliveryClass::OnDemand, std::size_t limit = 100) {
    std::vector<std::uint64_t> out;
    for (const auto& place :
         read<std::vector<Place>>([&](const auto& view) { return first_places(view, kSupplier, one, limit); }))
      out.push_back(place.id.chance);
    return out;
  }
  std::optional<Letter> letter(const Place& place) {
    return read<std::optional<Letter>>([&](const auto& view) { return read_letter(view, place); });
  }
};

TEST_F(DeliveryQueue, IsOrderedByUserClassAndWhenItIsDue) {
  put(1, seconds(30));
  put(2, seconds(10));
  put(3, seconds(20));
  put(4, seconds(0), DeliveryClass::Bulk);
  put(5, seconds(0), DeliveryClass::OnDemand, kOtherSupplier);
  EXPECT_EQ(order(), (std::vector<std::uint64_t>{2, 3, 1}));
  EXPECT_EQ(order(DeliveryClass::OnDemand, 2), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(order(DeliveryClass::Bulk), (std::vector<std::uint64_t>{4}));
}

TEST_F(DeliveryQueue, KeepsTheDocumentWhenAPlaceMoves) {
  const auto place = put(1, seconds(0));
  Place moved;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(moved, put_back(view, place, place.due + seconds(9)));
    return {};
  });
  EXPECT_EQ(moved.failures, 1u);
  EXPECT_FALSE(letter(place)) << "the place is another now";
  ASSERT_TRUE(letter(moved));
  EXPECT_EQ(letter(moved)->document, "document 1");
  EXPECT_EQ(letter(moved)->trace_key, "key1");
  EXPECT_EQ(order().size(), 1u);
}

TEST_F(DeliveryQueue, LeavesNothingBehindWhenItWasTaken) {
  const auto place = put(1, seconds(0));
  write([&](auto& view) { return take_off(view, place); });
  EXPECT_TRUE(order().empty());
  EXPECT_FALSE(letter(place));
  EXPECT_FALSE(
      read<std::optional<UtcTime>>([](const auto& view) { return oldest(view, kSupplier, DeliveryClass::OnDemand); }));
}

TEST_F(DeliveryQueue, KnowsTheOldestHoweverLateItIsDue) {
  put(2, seconds(10));
  const auto first = put(1, seconds(500));
  EXPECT_EQ(
      read<std::optional<UtcTime>>([](const auto& view) { return oldest(view, kSupplier, DeliveryClass::OnDemand); }),
      first.id.made);
}

TEST_F(DeliveryQueue, KeepsWhatIsGivenUpUntilItIsRequeuedOrDropped) {
  const auto one = put(1, seconds(0)), other = put(2, seconds(0));
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(give_up(view, one, GivenUp::Expired, clock.now(), "nobody listens"));
    return give_up(view, other, GivenUp::TooLarge, clock.now(), "120000 bytes");
  });
  EXPECT_TRUE(order().empty());
  const auto listed =
      read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 10); });
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].detail, "nobody listens");
  EXPECT_EQ(listed[1].why, GivenUp::TooLarge);
  EXPECT_EQ(read<std::vector<Undelivered>>([&](const auto& view) {
              return undelivered_after(view, &listed[0].id, 10);
            }).size(),
            1u);

  std::optional<Place> again;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(again, requeue(view, one.id, clock.now() + seconds(60)));
    return {};
  });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->failures, 0u);
  EXPECT_EQ(letter(*again)->document, "document 1");
  bool dropped = false, twice = true;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(dropped, drop(view, other.id));
    METERWAY_TRY(twice, drop(view, other.id));
    return {};
  });
  EXPECT_TRUE(dropped);
  EXPECT_FALSE(twice);
  EXPECT_TRUE(
      read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 10); }).empty());
}

TEST_F(DeliveryQueue, IsReadPageByPageOverAllUsers) {
  for (std::uint64_t i = 1; i <= 7; ++i)
    put(i, seconds(i), DeliveryClass::OnDemand, i % 2 ? kSupplier : kOtherSupplier);
  std::size_t count = 0;
  std::optional<Place> last;
  for (;;) {
    const auto page =
        read<std::vector<Place>>([&](const auto& view) { return places_after(view, last ? &*last : nullptr, 3); });
    count += page.size();
    if (page.size() < 3) break;
    last = page.back();
  }
  EXPECT_EQ(count, 7u);
}

TEST(DeliveryId, IsReadAsItIsWritten) {
  const DeliveryId id{kSupplier, DeliveryClass::Outage, tests::bench_time(), 0xFEDCBA9876543210};
  const auto again = DeliveryId::parse(id.text());
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(*again, id);
  for (std::size_t size = 0; size < id.text().size(); ++size)
    EXPECT_FALSE(DeliveryId::parse(std::string_view(id.text()).substr(0, size))) << size;
  EXPECT_FALSE(DeliveryId::parse(id.text() + "00"));
  auto wrong = id.text();
  wrong[17] = '9';
  EXPECT_EQ(DeliveryId::parse(wrong).error().code, ErrorCode::BadValue) << "there is no class 9";
}

}  // namespace
}  // namespace meterway::flow::deliver
