#include "flow/answer/schedules.h"

#include "records/schedule/schedule.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::answer {
namespace {

using duis::text_element;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;
namespace rows = meterway::schedule;

class ScheduleAnswers : public tests::FlowBench {
 protected:
  ScheduleAnswers() {
    write([&](store::WriteView& view) -> Status {
      for (const auto eui : {kSupplier, kOtherSupplier})
        METERWAY_CHECK(registry::put_user(view, {eui, "supplier", {UserRole::IS}, registry::UserState::Live, ""}));
      registry::Device device;
      device.eui = kMeter;
      device.type = DeviceType::ESME;
      device.state = registry::DeviceState::Commissioned;
      device.responsible = {{UserRole::IS, kSupplier, {}, {}}};
      return registry::put_device(view, device);
    });
  }
  AuthorisedRequest asks(const char* service, std::vector<duis::Element> children, Eui64 user = kSupplier) {
    AuthorisedRequest out;
    out.service = duis::find_service(service);
    out.verified.request.id = {user, tests::kBroker, {++counter_}};
    out.verified.request.body.name = out.service->body_element;
    out.verified.request.body.children = std::move(children);
    return out;
  }
  /// A form that is right, with other texts in some places ("" takes an element away).
  std::vector<duis::Element> form(std::map<std::string, std::string> other = {}) {
    std::vector<std::pair<std::string, std::string>> texts{{"ScheduleFrequency", "Daily"},
                                                           {"ScheduleStartDate", "2026-06-02"},
                                                           {"ScheduleEndDate", ""},
                                                           {"ScheduleExecutionStartTime", ""},
                                                           {"DSPScheduledServiceReference", "4.6"},
                                                           {"DSPScheduledServiceReferenceVariant", "4.6.1"},
                                                           {"DeviceID", kMeter.dashed_upper()}};
    std::vector<duis::Element> out;
    for (auto& [name, text] : texts) {
      if (const auto found = other.find(name); found != other.end()) text = found->second;
      if (!text.empty()) out.push_back(text_element(name, text));
    }
    duis::Element body;
    body.name = other.count("body") != 0 ? other["body"] : "DSPRetrieveImportDailyReadLog";
    body.children = {text_element("StartDateOffset", other.count("from") != 0 ? other["from"] : "-1"),
                     text_element("StartTime", "00:00:00.00Z"), text_element("EndDateOffset", "0"),
                     text_element("EndTime", "00:00:00.00Z")};
    if (other.count("from") != 0) body.children[2].text = "-2";
    out.push_back(std::move(body));
    return out;
  }
  /// As the write that keeps the answer does. Empty, or why not.
  std::string keep(const DccAnswer& answer) {
    std::string why;
    const auto done = context().store.write([&](store::WriteView& view) -> Status {
      Effects effects;
      const auto carried = answer.effect(view, answer.request, effects);
      if (carried) return {};
      why = name(carried.error().why);
      return fail(ErrorCode::Refused, 0, "request");
    });
    EXPECT_EQ(done.has_value(), why.empty());
    return why;
  }
  std::string make(std::map<std::string, std::string> other = {}, Eui64 user = kSupplier) {
    auto answer = create_schedule(asks("5.1", form(std::move(other)), user), context());
    if (!answer) return std::string(name(answer.error().why));
    const auto refused = keep(*answer);
    return refused.empty() ? answer->content->text : refused;
  }
  std::vector<rows::Schedule> all() {
    return read<std::vector<rows::Schedule>>([](const auto& view) { return rows::schedules_from(view, 0, 1000); });
  }

 private:
  std::uint64_t counter_ = 0;
};

TEST_F(ScheduleAnswers, AScheduleIsMadeAndToldAgainAsItWasAsked) {
  const auto number = make({{"ScheduleEndDate", "2026-07-01"}, {"ScheduleExecutionStartTime", "02:30:00.00Z"}});
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(std::to_string(all()[0].id), number);
  EXPECT_EQ(all()[0].next, *from_iso8601("2026-06-02T02:30:00Z"));
  for (const auto& by : {text_element("DSPScheduleID", number), text_element("DeviceID", kMeter.dashed_upper())}) {
    const auto answer = read_schedule(asks("5.2", {by}), context());
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->content->children.size(), 1U);
    const auto& told = answer->content->children[0];
    EXPECT_EQ(told.text_at("DSPScheduleID"), number);
    const auto asked = form({{"ScheduleEndDate", "2026-07-01"}, {"ScheduleExecutionStartTime", "02:30:00.00Z"}});
    const auto& details = told.child("DSPScheduleDetails")->children;
    ASSERT_EQ(details.size(), asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      EXPECT_EQ(details[i].name, asked[i].name);
      EXPECT_EQ(details[i].text, asked[i].text);
      ASSERT_EQ(details[i].children.size(), asked[i].children.size());
      for (std::size_t k = 0; k < asked[i].children.size(); ++k)
        EXPECT_EQ(details[i].children[k].text, asked[i].children[k].text);
    }
  }
}

TEST_F(ScheduleAnswers, WhatDoesNotGoTogetherIsRefusedAndNothingIsKept) {
  EXPECT_EQ(make({{"DSPScheduledServiceReference", "4.8"}}), "senseless");
  EXPECT_EQ(make({{"body", "DSPReadNetworkData"}}), "senseless");
  EXPECT_EQ(make({{"ScheduleEndDate", "2026-06-01"}}), "senseless") << "before its start";
  EXPECT_EQ(make({{"ScheduleStartDate", "2020-01-01"}, {"ScheduleEndDate", "2020-02-01"}}), "senseless") << "all past";
  EXPECT_EQ(make({{"from", "-1"}}), "senseless") << "a period that ends before it begins";
  EXPECT_EQ(make({{"DeviceID", "00-DB-12-34-56-78-90-FF"}}), "no_device");
  EXPECT_EQ(make({}, kOtherSupplier), "not_responsible");
  EXPECT_EQ(make({{"DSPScheduledServiceReference", "4.2"},
                  {"DSPScheduledServiceReferenceVariant", "4.2"},
                  {"body", "DSPReadInstantaneousExportRegisters"}}),
            "role_not_eligible");
  EXPECT_TRUE(all().empty());
}

TEST_F(ScheduleAnswers, AStartInThePastBeginsWithTheNextMoment) {
  make({{"ScheduleStartDate", "2015-01-02"}});
  EXPECT_EQ(all().at(0).next, *from_iso8601("2026-06-01T00:00:00Z")) << "midnight, which is now";
}

TEST_F(ScheduleAnswers, AnotherUsersScheduleIsAsIfItWereNot) {
  const auto number = make();
  for (const auto* service : {"5.2", "5.3"}) {
    const auto ask = [&](Eui64 user, const char* element, const std::string& text) {
      auto request = asks(service, {text_element(element, text)}, user);
      const bool reads = std::string_view(service) == "5.2";
      const auto answer =
          reads ? read_schedule(std::move(request), context()) : delete_schedule(std::move(request), context());
      return answer ? std::string("given") : answer.error().detail + std::string(name(answer.error().why));
    };
    const auto other = ask(kOtherSupplier, "DSPScheduleID", number);
    EXPECT_EQ(other, ask(kOtherSupplier, "DSPScheduleID", "1")) << "that there is none";
    EXPECT_EQ(other, ask(kOtherSupplier, "DeviceID", kMeter.dashed_upper()));
    EXPECT_EQ(ask(kSupplier, "DSPScheduleID", number), "given");
  }
}

TEST_F(ScheduleAnswers, DeletedByNumberOrAllOfADevice) {
  const auto first = make();
  make();
  make();
  auto one = delete_schedule(asks("5.3", {text_element("DSPScheduleID", first)}), context());
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->content);
  EXPECT_EQ(keep(*one), "");
  EXPECT_EQ(all().size(), 2U);
  auto rest = delete_schedule(asks("5.3", {text_element("DeviceID", kMeter.dashed_upper())}), context());
  ASSERT_TRUE(rest);
  EXPECT_EQ(keep(*rest), "");
  EXPECT_TRUE(all().empty());
}

TEST_F(ScheduleAnswers, AUserHasNoMoreForADeviceThanCanBeTold) {
  for (std::size_t i = 0; i < rows::kMostForDevice; ++i) make();
  EXPECT_EQ(make(), "senseless");
  EXPECT_EQ(all().size(), rows::kMostForDevice);
}

TEST_F(ScheduleAnswers, WhoeverHasLostTheDeviceHasLostThemBeforeTheyAreTakenAway) {
  const auto number = make();
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto device, registry::find_device(view, kMeter));
    device->responsible[0].until = clock.now();
    return registry::put_device(view, *device);
  });
  const auto answer = read_schedule(asks("5.2", {text_element("DSPScheduleID", number)}), context());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().why, Refusal::NoSchedule);
}

}  // namespace
}  // namespace meterway::flow::answer
