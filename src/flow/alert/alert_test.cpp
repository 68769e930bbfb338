#include "flow/alert/alert.h"

#include "flow/envelope/response.h"
#include "standard/duis/response.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::alert {
namespace {

using registry::DeviceState;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

const Eui64 kNetwork{0x90B3D51F30020000};

class Alert : public tests::FlowBench {
 protected:
  Alert() {
    meter.eui = kMeter;
    meter.type = DeviceType::ESME;
    meter.state = DeviceState::Commissioned;
    meter.hub = kHub;
    meter.details["ImportMPxN"] = "1200000000001";
    meter.responsible = {{UserRole::IS, kSupplier, {}, {}}, {UserRole::ED, kNetwork, {}, {}}};
  }
  DccAlert outage() const {
    DccAlert alert;
    alert.event = DccEvent::PowerOutage;
    alert.body = power_outage(kHub, clock.now(), meter.detail("ImportMPxN"));
    alert.identity = kHub.plain() + ":1";
    alert.about = &meter;
    return alert;
  }
  std::vector<Eui64> told(const std::vector<Outcome>& outcomes) const {
    std::vector<Eui64> users;
    for (const auto& one : outcomes) users.push_back(one.user.value_or(Eui64{}));
    return users;
  }
  /// The signed document as the User gets it; reading it is validating it.
  duis::Response document(const Outcome& outcome) {
    duis::Response response;
    response.code = outcome.response_code;
    response.body = outcome.body;
    const auto text = sign_response(std::move(response), context());
    EXPECT_TRUE(text);
    auto back = duis::read_response(*text);
    EXPECT_TRUE(back) << (back ? "" : back.error().element + ": " + back.error().rule);
    return back ? *std::move(back) : duis::Response{};
  }

  registry::Device meter;
};

TEST_F(Alert, APowerOutageGoesToTheNetworkOperatorAndTheSupplierOfTheMeter) {
  const auto out = outcomes(outage(), context());
  EXPECT_EQ(told(out), (std::vector<Eui64>{kSupplier, kNetwork}));
  const auto said = document(out.front());
  EXPECT_EQ(said.body.text_at("DCCAlertCode"), "AD1");
  EXPECT_EQ(said.body.text_at("DCCAlert/PowerOutageEvent/MPxN"), "1200000000001");
  EXPECT_FALSE(said.request_id);
}

TEST_F(Alert, WhoWasResponsibleBeforeIsNotToldAnyMore) {
  meter.responsible[0].until = clock.now();
  EXPECT_EQ(told(outcomes(outage(), context())), std::vector<Eui64>{kNetwork});
}

TEST_F(Alert, EachRecipientHasAnIdentityOfItsOwnUnderOneTrace) {
  const auto out = outcomes(outage(), context());
  ASSERT_EQ(out.size(), 2u);
  EXPECT_NE(out[0].alert_key, out[1].alert_key);
  EXPECT_EQ(out[0].trace_key, out[1].trace_key);
}

TEST_F(Alert, WhatHasNoCodeIsSentOnlyOnceConfigurationGivesItOne) {
  auto after = meter;
  after.state = DeviceState::Suspended;
  const auto change = status_change(DeviceState::Commissioned, after, clock.now());
  ASSERT_TRUE(change);
  EXPECT_TRUE(outcomes(*change, context()).empty());
  ASSERT_TRUE(set_alert_code(settings.dcc_alert_codes, "device_suspended", "N8"));
  const auto out = outcomes(*change, context());
  ASSERT_EQ(out.size(), 2u);
  const auto said = document(out.front());
  EXPECT_EQ(said.body.text_at("DCCAlertCode"), "N8");
  EXPECT_NE(said.body.find("DCCAlert/DeviceStatusChangeEvent/DeviceStatusChange/DeviceSuspended"), nullptr);
}

TEST_F(Alert, EveryChangeOfStateThatTheSchemaHasAWordForIsValid) {
  const DeviceState all[] = {
      DeviceState::Pending,      DeviceState::Whitelisted,    DeviceState::InstalledNotCommissioned,
      DeviceState::Commissioned, DeviceState::Decommissioned, DeviceState::Withdrawn,
      DeviceState::Suspended,    DeviceState::Recovery,       DeviceState::Recovered};
  int alerts = 0;
  for (const auto type : {DeviceType::ESME, DeviceType::CHF, DeviceType::PPMID}) {
    for (const auto before : all) {
      for (const auto state : all) {
        auto after = meter;
        after.type = type;
        after.state = state;
        const auto change = status_change(before, after, clock.now());
        EXPECT_FALSE(before == state && change);
        if (!change) continue;
        ++alerts;
        settings.dcc_alert_codes[change->event] = "N8";
        ASSERT_FALSE(outcomes(*change, context()).empty());
        document(outcomes(*change, context()).front());
      }
    }
  }
  EXPECT_GT(alerts, 60);
}

TEST_F(Alert, ADeviceLogUpdateTellsTheUserWhoAskedForIt) {
  Outcome outcome;
  outcome.request.emplace();
  outcome.request->id = {kSupplier, kHub, {5}};
  outcome.request->service = "8.11";
  outcome.response_code = "I0";
  outcome.inventory = {meter};
  write([&](auto& view) { return registry::put_device(view, meter); });
  ASSERT_TRUE(add_alerts(outcome, context()));
  ASSERT_EQ(outcome.also.size(), 1u);
  EXPECT_EQ(outcome.also[0].user, kSupplier);
  const auto said = document(outcome.also[0]);
  EXPECT_EQ(said.body.text_at("DCCAlertCode"), "N24");
  EXPECT_EQ(said.body.text_at("DCCAlert/UpdateHANDeviceLogResult/UpdateHANDeviceLogServiceRequestID"),
            outcome.request->id.text());
}

TEST_F(Alert, ACommandOfTheDccsDateThatFailedIsToldWhereConfigured) {
  Outcome outcome;
  outcome.request.emplace();
  outcome.request->id = {kSupplier, kMeter, {5}};
  outcome.request->received_at = clock.now();
  outcome.request->send_at = clock.now() + std::chrono::hours(1);
  outcome.response_code = "E20";
  ASSERT_TRUE(add_alerts(outcome, context()));
  EXPECT_TRUE(outcome.also.empty());
  ASSERT_TRUE(set_alert_code(settings.dcc_alert_codes, "command_failed", "N12"));
  ASSERT_TRUE(add_alerts(outcome, context()));
  ASSERT_EQ(outcome.also.size(), 1u);
  EXPECT_EQ(document(outcome.also[0]).body.text_at("DCCAlertCode"), "N12");
}

TEST(DccEvents, TakeNoCodeThatIsNotTheirs) {
  DccAlertCodes codes;
  EXPECT_FALSE(set_alert_code(codes, "power_outage", "N8"));
  EXPECT_FALSE(set_alert_code(codes, "device_suspended", "N32"));
  EXPECT_FALSE(set_alert_code(codes, "no_such_event", "N8"));
  EXPECT_TRUE(set_alert_code(codes, "power_outage", ""));
  EXPECT_TRUE(alert_code(DccEvent::PowerOutage, codes).empty());
}

}  // namespace
}  // namespace meterway::flow::alert
