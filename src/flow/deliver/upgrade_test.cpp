#include "flow/deliver/upgrade.h"

#include "flow/deliver/queue.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::deliver {
namespace {

class DeliveryUpgrade : public tests::FlowBench {};

TEST_F(DeliveryUpgrade, QueuesWhatWasQueuedAndKeepsWhatWasGivenUp) {
  const std::string letter =
      R"({"user":"90b3d51f30010000","trace_key":"A:B:1","document":"<d/>","failures":2,"created":1780272000000000,)"
      R"("due":1780272005000000})";
  write([&](auto& view) -> Status {
    METERWAY_CHECK(view.put("delivery", "90b3d51f30010000:R:00001780272000000000:0102", letter));
    return view.put("undelivered", "90b3d51f30010000:A:00001780272000000000:0103", letter);
  });
  ASSERT_TRUE(upgrade_from_version_1(context().store));
  ASSERT_TRUE(upgrade_from_version_1(context().store)) << "a second start finds nothing to do";
  const auto places = read<std::vector<Place>>([](const auto& view) { return places_after(view, nullptr, 10); });
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].id.user, tests::kSupplier);
  EXPECT_EQ(places[0].id.delivery_class, DeliveryClass::OnDemand);
  const auto kept = read<std::optional<Letter>>([&](const auto& view) { return read_letter(view, places[0]); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->trace_key, "A:B:1");
  EXPECT_EQ(kept->document, "<d/>");
  const auto lost =
      read<std::vector<Undelivered>>([](const auto& view) { return undelivered_after(view, nullptr, 10); });
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].id.delivery_class, DeliveryClass::Alert);
}

}  // namespace
}  // namespace meterway::flow::deliver
