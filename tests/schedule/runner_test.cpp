#include "flow/schedule/runner.h"

#include "flow/alert/alert.h"
#include "flow/before_sending.h"
#include "flow/deliver/deliver.h"
#include "records/anomaly/book.h"
#include "records/audit/log.h"
#include "standard/duis/response.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::schedule {
namespace {

using meterway::schedule::find_schedule;
using registry::Progress;
using std::chrono::hours;
using std::chrono::minutes;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

/// A runner on a store of its own; what it tells is written down, and nothing is sent.
class ScheduleRunner : public tests::FlowBench {
 protected:
  ScheduleRunner() {
    settings.schedule_spread = std::chrono::milliseconds(0);
    write([&](store::WriteView& view) -> Status {
      for (const auto eui : {kSupplier, kOtherSupplier})
        METERWAY_CHECK(registry::put_user(view, {eui, "supplier", {UserRole::IS}, registry::UserState::Live, ""}));
      return registry::put_device(view, meter({{UserRole::IS, kSupplier, {}, {}}}));
    });
    begin();
  }
  static registry::Device meter(std::vector<registry::Responsibility> responsible) {
    registry::Device device;
    device.eui = kMeter;
    device.type = DeviceType::ESME;
    device.state = registry::DeviceState::Commissioned;
    device.hub = tests::kHub;
    device.responsible = std::move(responsible);
    return device;
  }
  void begin() {
    executor.forget();
    runner = Runner::start(context(), {[&](Eui64 device) { looked.push_back(device); },
                                       [&](Outcome&& outcome) {
                                         return alert::add_alerts(outcome, context()) &&
                                                deliver::store_outcome(std::move(outcome), context()).has_value();
                                       }});
    executor.run();
  }
  /// As a restart does.
  void restart() {
    runner.reset();
    open();
    begin();
  }
  void set_time(UtcTime time) {
    clock.set(time);
    executor.run();
  }
  Schedule add(std::uint64_t id, UtcTime moment, const char* service = "4.8.1", Eui64 user = kSupplier) {
    Schedule one;
    one.id = id;
    one.user = user;
    one.device = kMeter;
    one.service = service;
    one.timing.start = calendar::date_of(moment);
    one.timing.time = std::chrono::floor<std::chrono::milliseconds>(moment - UtcTime(one.timing.start));
    if (std::string_view(service) == "4.8.1") one.period = {"-1", "00:00:00Z", "0", "00:00:00Z"};
    one.created = clock.now();
    one.request = {1};
    EXPECT_TRUE(move_on(one, clock.now(), settings));
    write([&](auto& view) { return put_schedule(view, one); });
    runner->look();
    executor.run();
    return one;
  }
  std::optional<Schedule> schedule(std::uint64_t id) {
    return read<std::optional<Schedule>>([&](const auto& view) { return find_schedule(view, id); });
  }
  std::vector<registry::RequestRecord> open_requests() {
    return read<std::vector<registry::RequestRecord>>([](const auto& view) { return registry::open_requests(view); });
  }
  /// Of all that came of the User, how it ended: "-" while it is open.
  std::vector<std::string> ends(Eui64 user = kSupplier) {
    std::vector<std::string> out;
    const auto page =
        read<registry::RequestPage>([&](const auto& view) { return registry::requests_of(view, user, "", 1000); });
    for (const auto& record : page.records) out.push_back(record.progress == Progress::Done ? record.outcome : "-");
    return out;
  }

  std::unique_ptr<Runner> runner;
  std::vector<Eui64> looked;
  const UtcTime start = tests::bench_time();
};

TEST_F(ScheduleRunner, AtItsMomentItBecomesARequestAndMovesOn) {
  const auto moment = start + hours(3);
  add(7, moment);
  set_time(moment - std::chrono::milliseconds(1));
  EXPECT_TRUE(looked.empty());
  set_time(moment);
  ASSERT_FALSE(looked.empty());
  EXPECT_EQ(looked[0], kMeter);
  const auto open = open_requests();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].schedule, 7U);
  EXPECT_EQ(open[0].service, "4.8.1");
  EXPECT_EQ(open[0].use_case, "ECS22b");
  EXPECT_EQ(open[0].id.originator, kSupplier);
  EXPECT_EQ(open[0].header, open[0].id) << "the meter knows the supplier";
  EXPECT_NE(open[0].transaction, 0U);
  EXPECT_EQ(trace(open[0].id.text()), (std::vector<std::string>{"schedule run", "transform command"}));
  const auto after = *schedule(7);
  EXPECT_EQ(after.next, moment + hours(24));
  EXPECT_EQ(after.last, moment);
  EXPECT_EQ(after.runs, 1U);
  set_time(moment + hours(23));
  EXPECT_EQ(open_requests().size(), 1U);
  set_time(moment + hours(24));
  EXPECT_EQ(open_requests().size(), 2U);
}

TEST_F(ScheduleRunner, ThePeriodIsCountedFromTheDayOfTheMoment) {
  const auto one = add(7, start + hours(3));
  const auto request = request_at(one, one.next, {kSupplier, kMeter, {5}});
  EXPECT_EQ(request.body.text_at("ReadLogPeriod/StartDateTime"), "2026-05-31T00:00:00Z");
  EXPECT_EQ(request.body.text_at("ReadLogPeriod/EndDateTime"), "2026-06-01T00:00:00Z");
  EXPECT_TRUE(duis::read_request(duis::write_request(request))) << "a document that the User could have sent";
}

TEST_F(ScheduleRunner, ItsCounterLiesBetweenWhatTheUserHasSentAndWhatHeWillSend) {
  add(7, start + hours(1));
  add(8, start + hours(2));
  set_time(start + hours(1));
  const auto by_time = open_requests().at(0).id.counter.value;
  EXPECT_EQ(by_time,
            static_cast<std::uint64_t>(
                std::chrono::duration_cast<std::chrono::milliseconds>(clock.now().time_since_epoch()).count()));
  write([&](auto& view) {
    return registry::advance_counter(view, {kSupplier, kMeter, {by_time + 500}}, registry::CounterKind::Ordinary);
  });
  set_time(start + hours(2));
  EXPECT_EQ(open_requests().at(1).id.counter.value, by_time + 501);
}

TEST_F(ScheduleRunner, ARestartNeitherRepeatsNorForgets) {
  add(7, start + hours(3));
  set_time(start + hours(3));
  restart();
  EXPECT_EQ(open_requests().size(), 1U);
  runner.reset();
  executor.forget();
  clock.set(start + hours(27) + minutes(20));  // down over the next
  restart();
  EXPECT_EQ(open_requests().size(), 2U);
  EXPECT_EQ(schedule(7)->next, start + hours(51));
}

TEST_F(ScheduleRunner, AClockSetBackMakesNothingTwice) {
  add(7, start + hours(3));
  set_time(start + hours(3));
  clock.set(start);
  restart();
  for (int hour = 0; hour <= 26; ++hour) set_time(start + hours(hour));
  EXPECT_EQ(open_requests().size(), 1U);
  set_time(start + hours(27));
  EXPECT_EQ(open_requests().size(), 2U);
}

TEST_F(ScheduleRunner, WhatIsTooLateIsToldWithE30OnceForEachMoment) {
  settings.schedule_allowance = hours(2);
  add(7, start + hours(3));
  executor.forget();
  clock.set(start + hours(24 * 2 + 4));
  restart();
  EXPECT_EQ(ends(), (std::vector<std::string>{"E30", "E30", "-"})) << "the third is an hour late";
  EXPECT_EQ(schedule(7)->missed, 2U);
  EXPECT_EQ(schedule(7)->runs, 1U);
}

TEST_F(ScheduleRunner, WhatCannotBecomeACommandIsToldAndTheScheduleGoesOn) {
  add(7, start + hours(3));
  write([&](auto& view) {
    auto device = meter({{UserRole::IS, kSupplier, {}, {}}});
    device.type = DeviceType::CHF;
    return registry::put_device(view, device);
  });
  set_time(start + hours(3));
  EXPECT_EQ(ends(), std::vector<std::string>{"E100"});
  EXPECT_EQ(schedule(7)->next, start + hours(27));
}

TEST_F(ScheduleRunner, EndsWithItsLastMoment) {
  auto one = add(7, start + hours(3));
  one.timing.end = one.timing.start;
  write([&](auto& view) { return put_schedule(view, one); });
  set_time(start + hours(3));
  EXPECT_EQ(open_requests().size(), 1U);
  EXPECT_FALSE(schedule(7));
}

TEST_F(ScheduleRunner, OfALostDeviceIsRemovedAtThatMomentAndTheUserTold) {
  const auto until = start + hours(10);
  ASSERT_TRUE(set_alert_code(settings.dcc_alert_codes, "schedule_removed", "N43"));
  write([&](auto& view) {
    return registry::put_device(
        view, meter({{UserRole::IS, kSupplier, {}, until}, {UserRole::IS, kOtherSupplier, until, {}}}));
  });
  add(7, start + hours(24 * 20));
  add(8, start + hours(24 * 20), "4.8.1", kOtherSupplier);
  set_time(until - std::chrono::microseconds(1));
  EXPECT_FALSE(schedule(8)) << "not his yet";
  EXPECT_TRUE(schedule(7));
  set_time(until);
  EXPECT_FALSE(schedule(7)) << "although its moment is far";
  EXPECT_EQ(trace("dcc:schedule_removed:7"),
            (std::vector<std::string>{"schedule removed", "alert raised", "deliver queued"}));
  const auto lines = read<audit::Page>([](const auto& view) { return audit::list(view, {}, 0, 10); }).entries;
  ASSERT_EQ(lines.size(), 2U) << "of 8 before, as it was not his yet";
  EXPECT_EQ(lines[0].person, "platform");
  EXPECT_EQ(lines[0].function, "service.schedule.remove");
  EXPECT_EQ(lines[0].about, "device:" + kMeter.plain());
  EXPECT_EQ(lines[0].rule, "responsible.IS");
  EXPECT_NE(lines[0].detail.find("schedule 7 of 4.8.1"), std::string::npos) << lines[0].detail;
  EXPECT_NE(lines[0].detail.find("; facts 4.8.1/"), std::string::npos) << lines[0].detail;
  add(9, start + hours(24 * 20), "4.8.1", kOtherSupplier);
  set_time(until + hours(5));
  EXPECT_TRUE(schedule(9));
  EXPECT_TRUE(open_requests().empty());
}

TEST_F(ScheduleRunner, OfADeviceThatReportsAnotherSupplierAreLookedAtBeforeTheNextSweep) {
  add(7, start + hours(24 * 20));
  write([&](auto& view) { return registry::put_device(view, meter({{UserRole::IS, kOtherSupplier, {}, {}}})); });
  set_time(start + minutes(20));
  EXPECT_TRUE(schedule(7)) << "the sweep comes at the whole hour";
  add(9, start + hours(24 * 20), "4.8.1", kOtherSupplier);
  looked.clear();
  runner->look_over(kMeter);
  executor.run();
  EXPECT_FALSE(schedule(7));
  EXPECT_TRUE(schedule(9)) << "the new one's stays";
  EXPECT_EQ(trace("dcc:schedule_removed:7"), std::vector<std::string>{"schedule removed"});
  EXPECT_EQ(looked, std::vector<Eui64>{kMeter}) << "what is dated at the DCC is looked at with it";
}

TEST_F(ScheduleRunner, WithoutACodeForTheAlertTheRemovalIsInTheTrace) {
  add(7, start + hours(24 * 20));
  write([&](auto& view) { return registry::erase_device(view, kMeter); });
  set_time(start + hours(1));
  EXPECT_FALSE(schedule(7));
  EXPECT_EQ(trace("dcc:schedule_removed:7"), std::vector<std::string>{"schedule removed"});
}

TEST_F(ScheduleRunner, OfASuspendedUserStaysAndItsRunsAreRefusedOnTheirWay) {
  add(7, start + hours(3));
  write([&](auto& view) {
    return registry::put_user(view, {kSupplier, "supplier", {UserRole::IS}, registry::UserState::Suspended, ""});
  });
  set_time(start + hours(3));
  EXPECT_TRUE(schedule(7));
  EXPECT_EQ(open_requests().size(), 1U) << "who sends it asks again (flow/before_sending)";
}

TEST_F(ScheduleRunner, ManyAtOneMomentGoInTurnAndNoneIsLeft) {
  for (std::uint64_t id = 1; id <= 250; ++id) add(id, start + hours(3), "4.16");
  set_time(start + hours(3));
  EXPECT_EQ(open_requests().size(), 250U);
  std::set<OriginatorCounter> counters;
  for (const auto& record : open_requests()) counters.insert(record.id.counter);
  EXPECT_EQ(counters.size(), 250U);
}

/// Two runs in 24 hours pass, a third is too much.
class WithAThreshold : public ScheduleRunner {
 protected:
  WithAThreshold() {
    write([&](auto& view) {
      return anomaly::put_level(view, {{kSupplier, "4.8.1"}, anomaly::Source::User, 1, 2, 24, start, "T-1"}, start);
    });
  }
  std::vector<anomaly::Item> held() {
    return read<std::vector<anomaly::Item>>(
        [&](const auto& view) { return anomaly::items(view, kSupplier, {}, 0, 100); });
  }
  void decide(std::uint64_t number, anomaly::State state) {
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(auto item, anomaly::find_item(view, number));
      item->state = state;
      return anomaly::put_item(view, *item);
    });
  }
};

TEST_F(WithAThreshold, RunsAreCountedAndOneTooManyIsHeld) {
  for (std::uint64_t id = 1; id <= 3; ++id) add(id, start + hours(3));
  add(4, start + hours(3), "4.16");
  set_time(start + hours(3));
  const auto open = open_requests();
  ASSERT_EQ(open.size(), 4U);
  ASSERT_EQ(held().size(), 1U);
  const auto item = held()[0];
  EXPECT_EQ(item.service, "4.8.1");
  EXPECT_EQ(item.counted, "3");
  for (const auto& record : open) EXPECT_EQ(record.held, record.id == item.request);
  EXPECT_EQ(trace(item.request.text()),
            (std::vector<std::string>{"schedule run", "transform command", "anomaly quarantined"}));
  EXPECT_EQ(read<std::vector<anomaly::Notice>>([&](const auto& view) {
              return anomaly::notices(view, item.user(), 0, 10);
            }).size(),
            1U)
      << "over the warning";
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(schedule(id)->next, start + hours(27)) << "and goes on";
  restart();
  EXPECT_EQ(open_requests().size(), 4U);
  EXPECT_EQ(held().size(), 1U);
  set_time(start + hours(29));
  EXPECT_EQ(open_requests().size(), 8U);
  EXPECT_EQ(held().size(), 2U) << "of the next day one as well";
}

TEST_F(WithAThreshold, AHeldRunIsReleasedOrDeletedAsAnyOther) {
  for (std::uint64_t id = 1; id <= 4; ++id) add(id, start + hours(3));
  set_time(start + hours(3));
  ASSERT_EQ(held().size(), 2U);
  const auto record_of = [&](const anomaly::Item& item) {
    return *read<std::optional<registry::RequestRecord>>(
        [&](const auto& view) { return registry::find_request(view, item.request, item.leg); });
  };
  auto first = record_of(held()[0]), second = record_of(held()[1]);
  const auto waits = before_sending(first, context());
  ASSERT_TRUE(waits);
  EXPECT_FALSE(waits->go || waits->ends);
  clock.set(start + hours(24 * 3));
  decide(held()[0].number, anomaly::State::Released);
  decide(held()[1].number, anomaly::State::Deleted);
  const auto goes = before_sending(first, context());
  ASSERT_TRUE(goes);
  EXPECT_TRUE(goes->go);
  EXPECT_FALSE(first.held);
  EXPECT_NE(first.schedule, 0U) << "it is answered as the run that it is";
  EXPECT_EQ(first.deadline, clock.now() + settings.reach_timeout) << "and has time to arrive";
  const auto ends = before_sending(second, context());
  ASSERT_TRUE(ends && ends->ends);
  EXPECT_EQ(ends->ends->response_code, "E100");
  // What it would be made again from, where the broker's counter has gone on meanwhile.
  const auto asked = duis::read_request(first.document);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->id, first.id);
  EXPECT_EQ(asked->body.text_at("ReadLogPeriod/StartDateTime"), "2026-05-31T00:00:00Z") << "of its moment";
}

TEST_F(WithAThreshold, ARunOfALostDeviceIsNotLetGo) {
  for (std::uint64_t id = 1; id <= 3; ++id) add(id, start + hours(3));
  set_time(start + hours(3));
  ASSERT_EQ(held().size(), 1U);
  decide(held()[0].number, anomaly::State::Released);
  write([&](auto& view) { return registry::put_device(view, meter({{UserRole::IS, kOtherSupplier, {}, {}}})); });
  auto record = *read<std::optional<registry::RequestRecord>>(
      [&](const auto& view) { return registry::find_request(view, held()[0].request, held()[0].leg); });
  const auto ends = before_sending(record, context());
  ASSERT_TRUE(ends && ends->ends);
  EXPECT_EQ(ends->ends->response_code, "E4");
}

TEST_F(ScheduleRunner, WithNoCounterLeftIsRemovedAndTheUserTold) {
  ASSERT_TRUE(set_alert_code(settings.dcc_alert_codes, "schedule_removed", "N43"));
  settings.schedule_allowance = hours(2);
  write([&](auto& view) {
    return registry::advance_counter(view, {kSupplier, kMeter, {UINT64_MAX - 1}}, registry::CounterKind::Ordinary);
  });
  add(7, start + hours(3));
  add(8, start + hours(4));
  set_time(start + hours(3));
  ASSERT_EQ(open_requests().size(), 1U) << "there was one left";
  EXPECT_EQ(open_requests()[0].id.counter.value, UINT64_MAX);
  set_time(start + hours(4));
  EXPECT_FALSE(schedule(8));
  EXPECT_EQ(trace("dcc:schedule_removed:8"),
            (std::vector<std::string>{"schedule removed", "alert raised", "deliver queued"}));
  executor.forget();
  clock.set(start + hours(24 + 8));  // too late, and no counter for what would say so
  restart();
  EXPECT_FALSE(schedule(7));
}

/// More than are looked at in one go stand before it in the index and can never be run.
class BehindOthers : public ScheduleRunner {
 protected:
  void SetUp() override {
    write([&](auto& view) {
      return registry::put_device(view,
                                  meter({{UserRole::IS, kSupplier, {}, {}}, {UserRole::IS, kOtherSupplier, {}, {}}}));
    });
    for (std::uint64_t id = 1; id <= Runner::kBatch + 20; ++id) add(id, start + hours(3), "4.16", kOtherSupplier);
    add(1000, start + hours(4));
  }
  void runs_all_the_same() {
    set_time(start + hours(4));
    EXPECT_EQ(schedule(1000)->runs, 1U);
    EXPECT_EQ(schedule(1000)->next, start + hours(28));
    set_time(start + hours(28));
    EXPECT_EQ(schedule(1000)->runs, 2U);
  }
};

TEST_F(BehindOthers, ThatCannotBeReadItRunsAllTheSame) {
  write([&](store::WriteView& view) -> Status {
    for (std::uint64_t id = 1; id <= Runner::kBatch + 20; ++id)
      METERWAY_CHECK(view.put("schedule", std::string(7, '\0') + static_cast<char>(id), "no schedule"));
    return {};
  });
  runs_all_the_same();
  EXPECT_EQ(trace("schedule:1"), std::vector<std::string>{"schedule unreadable"}) << "told once";
}

TEST_F(BehindOthers, ThatCannotBeDecidedOnItRunsAllTheSame) {
  write([&](store::WriteView& view) { return view.put("user", kOtherSupplier.plain(), "no user"); });
  runs_all_the_same();
}

TEST_F(ScheduleRunner, AreSpreadOverTheirWindowAlwaysInTheSamePlace) {
  settings.schedule_spread = hours(1);
  std::set<UtcTime> places;
  for (std::uint64_t device = 0; device < 1000; ++device) {
    Schedule one;
    one.device = Eui64(kMeter.value() + device);
    one.timing.start = calendar::date_of(start);
    ASSERT_TRUE(move_on(one, start, settings));
    const auto place = one.due - one.next;
    EXPECT_GE(place.count(), 0);
    EXPECT_LT(place, hours(1));
    places.insert(one.due);
    ASSERT_TRUE(move_on(one, one.next + hours(1), settings));
    EXPECT_EQ(one.due - one.next, place) << "day by day";
  }
  EXPECT_GT(places.size(), 990U);
}

}  // namespace
}  // namespace meterway::flow::schedule
