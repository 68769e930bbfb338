#include "flow/deliver/deliver.h"

#include "flow/envelope/trace.h"
#include "records/audit/log.h"
#include "records/registry/device_past.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::deliver {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class StoreOutcome : public tests::FlowBench {
 protected:
  Outcome outcome(Eui64 user = kSupplier) const {
    Outcome out;
    out.request.emplace();
    out.request->id = out.request->header = {user, kMeter, {1000}};
    out.request->service_reference = out.request->service = "7.4";
    out.request->received_at = out.request->send_at = clock.now();
    out.user = user;
    out.trace_key = out.request->id.text();
    out.response_code = "I99";
    out.body = duis::response_message("7.4", "7.4");
    return out;
  }
  Outcome alert() const {
    Outcome out;
    out.user = kSupplier;
    out.trace_key = out.alert_key = "alert:1";
    out.response_id = RequestId{kMeter, kSupplier, {7}};
    out.response_code = "I0";
    out.body = duis::device_alert_message({0x8F36}, Bytes{1});
    return out;
  }
  std::vector<Place> stored(Outcome&& what) {
    const auto places = store_outcome(std::move(what), context());
    EXPECT_TRUE(places) << describe(places.error());
    return places ? *places : std::vector<Place>();
  }
  std::size_t queued() {
    return read<std::vector<Place>>([](const auto& view) { return places_after(view, nullptr, 100); }).size();
  }
};

TEST_F(StoreOutcome, QueuesInTheClassOfTheService) {
  const auto places = stored(outcome());
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].id.delivery_class, DeliveryClass::Prepayment) << "7.4 reads the supply status";
  EXPECT_EQ(places[0].id.user, kSupplier);
  EXPECT_EQ(trace(outcome().trace_key), std::vector<std::string>{"deliver queued"});
}

TEST_F(StoreOutcome, TheUserIsNotToldBeforeTheAcknowledgementHasHadTime) {
  const auto places = stored(outcome());
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].due, clock.now() + settings.delivery.least_delay);
}

TEST_F(StoreOutcome, WhatEndsBeforeItsDateIsToldAtOnce) {
  auto superseded = outcome();
  superseded.request->dcc_dated = true;
  superseded.request->send_at = clock.now() + std::chrono::hours(24 * 30);
  clock.advance(std::chrono::hours(1));
  const auto places = stored(std::move(superseded));
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].due, clock.now()) << "by its date it would have been kept too long";
}

TEST_F(StoreOutcome, AnAlertNeedsNoDelay) {
  const auto places = stored(alert());
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].due, clock.now());
  EXPECT_EQ(places[0].id.delivery_class, DeliveryClass::Alert);
}

TEST_F(StoreOutcome, ARequestHasOneOutcome) {
  EXPECT_EQ(stored(outcome()).size(), 1u);
  EXPECT_TRUE(stored(outcome()).empty());
  EXPECT_EQ(queued(), 1u);
  const auto record = read<std::optional<registry::RequestRecord>>([](const auto& view) {
    return registry::find_request(view, {kSupplier, kMeter, {1000}}, registry::Leg::Request);
  });
  ASSERT_TRUE(record);
  EXPECT_EQ(record->progress, registry::Progress::Done);
  EXPECT_EQ(record->outcome, "I99");
}

TEST_F(StoreOutcome, AnAlertIsToldOnce) {
  EXPECT_EQ(stored(alert()).size(), 1u);
  EXPECT_TRUE(stored(alert()).empty());
}

TEST_F(StoreOutcome, TellsEveryRecipientWithAResponseIdOfHisOwn) {
  auto both = alert();
  both.delivery_class = DeliveryClass::Outage;
  auto other = both;
  other.user = kOtherSupplier;
  other.response_id = RequestId{kMeter, kOtherSupplier, {7}};
  other.alert_key.clear();
  both.also.push_back(std::move(other));
  const auto places = stored(std::move(both));
  ASSERT_EQ(places.size(), 2u);
  for (const auto& place : places) {
    EXPECT_EQ(place.id.delivery_class, DeliveryClass::Outage);
    const auto letter = read<std::optional<Letter>>([&](const auto& view) { return read_letter(view, place); });
    ASSERT_TRUE(letter);
    EXPECT_NE(letter->document.find(place.id.user.dashed_upper() + ":7<"), std::string::npos) << letter->document;
  }
}

TEST_F(StoreOutcome, WhatItChangesIsInTheHistoryOfTheDeviceAndInTheAudit) {
  registry::Device meter;
  meter.eui = kMeter;
  meter.type = DeviceType::ESME;
  meter.state = registry::DeviceState::InstalledNotCommissioned;
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::put_device(view, meter));
    return flow::trace(view, context(), outcome().trace_key,
                       {{"authorise", "passed", "for x; rule responsible.IS allowed as IS; facts 8.1.1/...", {}, {}}});
  });
  auto commissioned = outcome();
  commissioned.cause = "answer to 8.1.1";
  commissioned.seen = {meter};
  meter.state = registry::DeviceState::Commissioned;
  commissioned.inventory = {meter};
  stored(std::move(commissioned));
  const auto past = read<registry::Past>([](const auto& view) { return registry::past_of(view, kMeter); });
  ASSERT_EQ(past.changes.size(), 1u);
  EXPECT_EQ(past.changes[0].what, "answer to 8.1.1");
  EXPECT_EQ(past.changes[0].who, "user-" + kSupplier.plain());
  const auto lines = read<audit::Page>([](const auto& view) { return audit::list(view, {}, 0, 10); }).entries;
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].rule, "responsible.IS");
  EXPECT_EQ(lines[0].about, "device:" + kMeter.plain());
  EXPECT_NE(lines[0].detail.find("facts 8.1.1"), std::string::npos) << lines[0].detail;
  EXPECT_NE(lines[0].detail.find("is Commissioned"), std::string::npos) << lines[0].detail;

  // What a device says of itself is nobody's request: its history alone tells of it.
  auto of_itself = alert();
  of_itself.cause = "alert 8F12";
  of_itself.seen = {meter};
  meter.state = registry::DeviceState::Pending;
  of_itself.inventory = {meter};
  stored(std::move(of_itself));
  const auto then = read<registry::Past>([](const auto& view) { return registry::past_of(view, kMeter); });
  ASSERT_EQ(then.changes.size(), 2u);
  EXPECT_EQ(then.changes[1].what, "alert 8F12");
  EXPECT_EQ(then.changes[1].who, "device-" + kMeter.plain());
  EXPECT_EQ(read<audit::Page>([](const auto& view) { return audit::list(view, {}, 0, 10); }).entries.size(), 1u);
}

TEST_F(StoreOutcome, NobodyIsToldWhatEndsAtTheDcc) {
  auto own = outcome();
  own.user.reset();
  EXPECT_TRUE(stored(std::move(own)).empty());
  EXPECT_EQ(queued(), 0u);
}

}  // namespace
}  // namespace meterway::flow::deliver
