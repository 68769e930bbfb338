#include "flow/correlate/installation.h"

#include "flow/correlate/correlate.h"
#include "standard/duis/services.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "tests/support/flow_bench.h"
#include "tests/support/registration_rows.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::asn1::Node;
using registry::DeviceState;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kSupplier;

constexpr Eui64 kDisplay{0x00DB1234567890A4};

class AfterResponse : public tests::FlowBench {
 protected:
  void put(Eui64 eui, DeviceType type, DeviceState state) {
    registry::Device device;
    device.eui = eui;
    device.type = type;
    device.state = state;
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  static gbcs::Message response(std::uint16_t code, const Node& content, Eui64 target = kSupplier) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Response, {1000}, kMeter, target, {}, {code}, {}, {}, {}, {}};
    message.content = gbcs::asn1::write(content);
    return message;
  }
  static Node clock(std::uint64_t status) {
    const std::string time = "20260601000000Z";
    return Node::sequence(
        {Node::of(0x18, {reinterpret_cast<const std::uint8_t*>(time.data()), time.size()}), Node::integer(status)});
  }
  static registry::RequestRecord asked(const std::string& service, bool critical, const std::string& inside = {}) {
    registry::RequestRecord record;
    record.id = record.header = {kSupplier, kMeter, {1000}};
    record.service = service;
    record.critical = critical;
    const auto* row = duis::find_service(service);
    const std::string name(row->body_element);
    record.document =
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"><sr:Header>"
        "<sr:RequestID>" +
        record.id.text() + "</sr:RequestID><sr:CommandVariant>" + (critical ? "4" : "1") +
        "</sr:CommandVariant><sr:ServiceReference>" + std::string(row->reference) +
        "</sr:ServiceReference><sr:ServiceReferenceVariant>" + service +
        "</sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:" + name + ">" + inside + "</sr:" + name +
        "></sr:Body></sr:Request>";
    return record;
  }
  Installed after(const registry::RequestRecord& record, const gbcs::Message& message) {
    return read<Installed>(
        [&](const auto& view) { return after_response(view, record, message, context(), bench_now()); });
  }
  UtcTime bench_now() const { return tests::bench_time(); }
};

/// 8.11 by two suppliers, each registered at a point of its own; the meter is at the other's, in another hub's log.
class LogUpdate : public AfterResponse {
 protected:
  static constexpr Eui64 kOtherHub{0x00DB1234567890F2};
  const Mpxn ours = Mpxn::mpan(130000000001), theirs = Mpxn::mpan(130000000002);
  LogUpdate() {
    const auto us = *MarketParticipant::parse("US"), them = *MarketParticipant::parse("THEM");
    write([&](store::WriteView& view) -> Status {
      for (const auto& [eui, who] : {std::pair{kSupplier, us}, std::pair{tests::kOtherSupplier, them}}) {
        registry::User user{eui, "supplier", {UserRole::IS}, registry::UserState::Live, ""};
        user.participants = {{UserRole::IS, who}};
        METERWAY_CHECK(registry::put_user(view, user));
      }
      METERWAY_CHECK(tests::put_registered(view, ours, UserRole::IS, us));
      return tests::put_registered(view, theirs, UserRole::IS, them);
    });
    put_meter(DeviceState::Commissioned, theirs.text());
  }
  void put_meter(DeviceState state, const std::string& point) {
    registry::Device device;
    device.eui = kMeter;
    device.type = DeviceType::ESME;
    device.state = state;
    device.hub = kOtherHub;
    if (!point.empty()) device.details["ImportMPxN"] = point;
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  /// What the hub's answer to it changes.
  std::vector<registry::Device> changed(Eui64 by, const std::string& what, const Mpxn& point) {
    auto record =
        asked("8.11", false,
              "<sr:DeviceID>" + kMeter.dashed_upper() + "</sr:DeviceID><sr:RequestType>" + what + "</sr:RequestType>" +
                  (what == "Remove" ? ""
                                    : "<sr:AddDeviceToCHFWhitelist><sr:JoinTimePeriod>60</sr:JoinTimePeriod>"
                                      "<sr:InstallCode>30313233343536373839414243444546</sr:InstallCode>"
                                      "<sr:ImportMPxN>" +
                                          point.text() + "</sr:ImportMPxN></sr:AddDeviceToCHFWhitelist>"));
    record.id = {by, kHub, {1000}};
    auto message = response(0x0001, Node::integer(0), kBroker);
    message.content = gbcs::dlms::write_apdu(gbcs::dlms::AccessResponse{0, {{}}, {{}}});
    return after(record, message).inventory;
  }
};

TEST_F(LogUpdate, AHubsAnswerMovesNoDeviceOfAnother) {
  EXPECT_TRUE(changed(kSupplier, "Add", ours).empty()) << "neither hub nor point";
  put_meter(DeviceState::Commissioned, theirs.text());
  auto moved = changed(tests::kOtherSupplier, "Add", theirs);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].hub, kHub);
  EXPECT_EQ(moved[0].state, DeviceState::Commissioned) << "no row";
}

TEST_F(LogUpdate, ADeviceGetsNoPointOfAnother) {
  put_meter(DeviceState::Pending, "");
  auto moved = changed(kSupplier, "Add", theirs);
  ASSERT_EQ(moved.size(), 1u) << "nobody is known to be responsible: a supplier may";
  EXPECT_EQ(moved[0].hub, kHub);
  EXPECT_EQ(moved[0].state, DeviceState::Whitelisted);
  EXPECT_EQ(moved[0].detail("ImportMPxN"), "");
  moved = changed(kSupplier, "Add", ours);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].detail("ImportMPxN"), ours.text());
}

/// Alert 8F12 of a hub, whose log has the meter in it.
class LogReport : public LogUpdate {
 protected:
  LogReport() {
    put_hub(kOtherHub, DeviceState::Commissioned);
    put_hub(kHub, DeviceState::Commissioned);
  }
  void put_hub(Eui64 eui, DeviceState state) {
    registry::Device hub;
    hub.eui = hub.hub.emplace(eui);
    hub.type = DeviceType::CHF;
    hub.state = state;
    write([&](auto& view) { return registry::put_device(view, hub); });
  }
  void put_free_meter() {
    registry::Device device;
    device.eui = kMeter;
    device.type = DeviceType::ESME;
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  Installed reported(std::vector<Eui64> log) {
    using gbcs::dlms::Data;
    std::vector<Data> entries;
    for (const auto eui : log) entries.push_back(Data::structure({Data::octets(eui.wire()), Data::octets(Bytes(16))}));
    gbcs::Message alert;
    alert.header = {gbcs::Kind::Alert, {1}, kHub, kBroker, {}, {0x1004}, {}, {}, {}, {}};
    alert.content = gbcs::dlms::write_apdu(gbcs::dlms::DataNotification{
        0, Data::structure({Data::of(gbcs::dlms::Type::Uint16, 0x8F12), Data::octets(Bytes(12)),
                            Data::structure({Data::octets(Bytes(12)), Data::octets(kHub.wire()),
                                             Data::array(std::move(entries))})})});
    return read<Installed>([&](const auto& view) { return after_device_log_report(view, alert, bench_now()); });
  }
};

TEST_F(LogReport, AHubTakesNothingOutOfTheLogOfAnotherAtWork) {
  const auto report = reported({kMeter});
  EXPECT_TRUE(report.inventory.empty());
  EXPECT_EQ(report.claimed, std::vector<Eui64>{kMeter});
  EXPECT_EQ(reported({kOtherHub}).claimed, std::vector<Eui64>{kOtherHub}) << "nor another hub";
  for (const auto state : {DeviceState::Decommissioned, DeviceState::Withdrawn}) {
    put_hub(kOtherHub, state);
    const auto after = reported({kMeter});
    ASSERT_EQ(after.inventory.size(), 1u);
    EXPECT_EQ(after.inventory[0].hub, kHub);
    EXPECT_TRUE(after.claimed.empty());
  }
}

TEST_F(LogReport, AHubTakesInWhatIsInNoLog) {
  put_free_meter();
  const auto report = reported({kMeter});
  ASSERT_EQ(report.inventory.size(), 1u);
  EXPECT_EQ(report.inventory[0].hub, kHub);
  EXPECT_EQ(report.inventory[0].state, DeviceState::InstalledNotCommissioned) << "it has a link key";
}

const std::string kOther = "<sr:OtherDeviceID>00-DB-12-34-56-78-90-A4</sr:OtherDeviceID>";

TEST_F(AfterResponse, AReliableClockCommissionsAMeterThatIsThere) {
  const auto record = asked("8.1.1", true);
  put(kMeter, DeviceType::GSME, DeviceState::InstalledNotCommissioned);
  EXPECT_TRUE(after(record, response(0x007F, clock(2))).inventory.empty()) << "unreliable";
  const auto done = after(record, response(0x007F, clock(0)));
  ASSERT_EQ(done.inventory.size(), 1u);
  EXPECT_EQ(done.inventory[0].state, DeviceState::Commissioned);
  EXPECT_EQ(done.seen[0].state, DeviceState::InstalledNotCommissioned);
  put(kMeter, DeviceType::GSME, DeviceState::Suspended);
  EXPECT_TRUE(after(record, response(0x007F, clock(0))).inventory.empty()) << "no row";
  put(kMeter, DeviceType::GSME, DeviceState::Commissioned);
  EXPECT_TRUE(after(record, response(0x007F, clock(0))).inventory.empty());
}

TEST_F(AfterResponse, AnAnswerThatTheDccCannotCheckChangesNoState) {
  put(kMeter, DeviceType::PPMID, DeviceState::Whitelisted);
  const auto record = asked("8.7.2", false, kOther);
  const auto unchecked = after(record, response(0x000E, Node::integer(0)));
  EXPECT_TRUE(unchecked.inventory.empty());
  ASSERT_EQ(unchecked.joins.size(), 1u) << "what it says of its log is recorded";
  EXPECT_EQ(unchecked.joins[0].other, kDisplay);
  EXPECT_TRUE(unchecked.joins[0].joined);
  const auto checked = after(record, response(0x000E, Node::integer(0), kBroker));
  ASSERT_EQ(checked.inventory.size(), 1u);
  EXPECT_EQ(checked.inventory[0].state, DeviceState::Commissioned);
}

TEST_F(AfterResponse, ARefusalJoinsAndUnjoinsNothing) {
  put(kMeter, DeviceType::ESME, DeviceState::Commissioned);
  for (const auto* service : {"8.7.1", "8.8.1"}) {
    const auto refused = after(asked(service, true, kOther), response(0x000D, Node::integer(3)));
    EXPECT_TRUE(refused.joins.empty() && refused.inventory.empty());
    const auto broken = after(asked(service, true, kOther), response(0x000D, Node::of(0x04, Bytes{0})));
    EXPECT_TRUE(broken.joins.empty());
  }
  const auto left = after(asked("8.8.1", true, kOther), response(0x000F, Node::integer(0)));
  ASSERT_EQ(left.joins.size(), 1u);
  EXPECT_FALSE(left.joins[0].joined);
}

TEST_F(AfterResponse, OfASignedPreCommandTheRequestBeforeItIsRead) {
  put(kMeter, DeviceType::ESME, DeviceState::Commissioned);
  const auto first = asked("8.7.1", true, kOther);
  write([&](auto& view) { return registry::put_request(view, first); });
  auto second = first;
  second.leg = registry::Leg::SignedPreCommand;
  second.document = "<another/>";
  EXPECT_EQ(after(second, response(0x000D, Node::integer(0))).joins.size(), 1u);
}

}  // namespace
}  // namespace meterway::flow::correlate
