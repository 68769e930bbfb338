#include "flow/alert/dcc_form.h"

#include "flow/envelope/response.h"
#include "standard/duis/response.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/message.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::alert {
namespace {

using gbcs::asn1::Node;
using gbcs::dlms::Data;
using gbcs::dlms::Type;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kSupplier;

class DccForm : public tests::FlowBench {
 protected:
  DccForm() {
    settings.dcc_alert_codes[DccEvent::HubRadio] = "N41";
    settings.dcc_alert_codes[DccEvent::HubFirmware] = "N42";
    settings.dcc_alert_codes[DccEvent::DisplayFirmware] = "N43";
  }
  static gbcs::Message message(std::uint16_t code, Eui64 target = kBroker) {
    gbcs::Message out;
    out.header = {gbcs::Kind::Alert, {2000}, kHub, target, {}, {code}, {}, {}, {}, {}};
    out.signature_field = gbcs::SignatureField::Empty;
    return out;
  }
  static gbcs::Message radio(std::uint16_t code, std::uint16_t alert, Data content) {
    auto out = message(code);
    out.content = gbcs::dlms::write_apdu(gbcs::dlms::DataNotification{
        gbcs::dlms::invoke_id({2000}),
        Data::structure({Data::of(Type::Uint16, alert), Data::octets(Bytes(12, 0)), std::move(content)})});
    return out;
  }
  static gbcs::Message firmware(std::uint16_t code, std::vector<Node> rest) {
    auto out = message(code);
    rest.insert(rest.begin(), {Node::integer(0x8F8A), Node::of(0x18, Bytes(15, '0'))});
    out.content = gbcs::asn1::write(Node::sequence(std::move(rest)));
    return out;
  }
  /// The body as the User gets it; reading it is validating it.
  duis::Element told(const gbcs::Message& alert, std::uint16_t code,
                     std::optional<duis::Throttled> storm = std::nullopt) {
    duis::Response response;
    response.code = "I0";
    response.body = told_body(code, gbcs::write_message(alert), storm, context());
    const auto text = sign_response(std::move(response), context());
    EXPECT_TRUE(text);
    auto back = duis::read_response(*text);
    EXPECT_TRUE(back) << (back ? "" : back.error().element + ": " + back.error().rule);
    return back ? back->body : duis::Element{};
  }
};

TEST_F(DccForm, EveryAlertOfAHubsRadioIsAValidDualBandAlert) {
  const auto device = Data::octets(kMeter.wire());
  const auto two = Data::structure({Data::octets(Bytes{0}), Data::octets(Bytes{1})});
  Bytes discarded(8, 0x90);
  discarded.insert(discarded.end(), 8, 0x11);
  discarded.push_back(1);
  discarded.insert(discarded.end(), {0, 0, 0, 0, 0, 0, 3, 0xE8});
  EXPECT_EQ(told(radio(0x0110, 0x8F20, device), 0x8F20)
                .text_at("DCCAlert/DualBandCHAlert/LimitedDutyCycleActionTaken/DeviceIDToSuspend"),
            kMeter.dashed_upper());
  EXPECT_EQ(told(radio(0x0112, 0x8F28, two), 0x8F28)
                .text_at("DCCAlert/DualBandCHAlert/SubGHzChannelScanRequestAssessmentOutcome/ScanTrigger"),
            "GSMERequest");
  EXPECT_EQ(told(radio(0x0114, 0x8F2C, Data::octets(discarded)), 0x8F2C)
                .text_at("DCCAlert/DualBandCHAlert/MessageDiscardedDueToDutyCycleManagement/CRAFlag"),
            "Command");
  EXPECT_EQ(told(radio(0x0115, 0x8F2D, device), 0x8F2D)
                .text_at("DCCAlert/DualBandCHAlert/NoMoreSubGHzDeviceCapacity/DeviceID"),
            kMeter.dashed_upper());
  const auto plain = told(radio(0x0111, 0x8F26, two), 0x8F26);
  EXPECT_EQ(plain.text_at("DCCAlertCode"), "N41");
  EXPECT_EQ(plain.text_at("DCCAlert/DualBandCHAlert/DeviceAlertCode"), "8F26");
  EXPECT_EQ(plain.text_at("DCCAlert/DualBandCHAlert/GBCSHexadecimalMessageCode"), "0111");
}

TEST_F(DccForm, EveryResultOfFirmwareHasItsWord) {
  const char* const words[] = {"FileTransferSuccess", "FirmwareImageDiscarded", "HardwareVersionMismatch",
                               "FileTransferFailure"};
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto alert =
        firmware(0x0128, {Node::of(0x04, kMeter.wire()), Node::of(0x04, Bytes{1, 2, 3, 0xAB}), Node::integer(i)});
    const auto body = told(alert, i == 0 ? 0x8F8A : 0x8F89);
    EXPECT_EQ(body.text_at("DCCAlert/CommsHubAlert/FirmwareTransferAlert/TransferResponseCode"), words[i]);
    EXPECT_EQ(body.text_at("DCCAlert/CommsHubAlert/FirmwareTransferAlert/FirmwareVersion"), "010203AB");
  }
  const auto body = told(firmware(0x012B, {Node::of(0x04, Bytes{1, 2, 3, 4}), Node::integer(1)}), 0x8F8B);
  EXPECT_EQ(body.text_at("DCCAlert/PPMIDAlert/PPMIDFirmwareUpgradeAlert/ActivateImageResultCode"), "ActivationFailure");
}

TEST_F(DccForm, WhatCannotBeReadIsToldByItsCodeAlone) {
  for (const auto& content : {Data::null(), Data::octets(Bytes{1}), Data::structure({Data::octets(Bytes{0x77})})}) {
    for (const std::uint16_t code : {0x0110, 0x0112, 0x0114, 0x0115}) {
      const auto body = told(radio(code, 0x8F20, content), 0x8F20);
      EXPECT_EQ(body.text_at("DCCAlert/DualBandCHAlert/DeviceAlertCode"), "8F20");
    }
  }
  const auto body = told(firmware(0x0128, {Node::integer(99)}), 0x8F89);
  EXPECT_EQ(body.text_at("DCCAlert/CommsHubAlert/AlertCode"), "8F89");
}

TEST_F(DccForm, AStormIsSummedUpInTheSameForm) {
  const auto body = told(radio(0x0110, 0x8F20, Data::octets(kMeter.wire())), 0x8F20, duis::Throttled{3, 40});
  EXPECT_EQ(body.name, "DCCAlertMessage");
  EXPECT_EQ(body.text_at("ThrottledAlertSequenceId"), "3");
  EXPECT_EQ(body.text_at("ThrottledAlertCount"), "40");
}

TEST_F(DccForm, WithoutACodeOrForAUserItStaysTheDevicesOwnMessage) {
  auto to_user = radio(0x0110, 0x8F20, Data::octets(kMeter.wire()));
  to_user.header.target = kSupplier;
  EXPECT_EQ(told(to_user, 0x8F20).name, "DeviceAlertMessage");
  EXPECT_EQ(told(radio(0x0018, 0x8F12, Data::null()), 0x8F12).name, "DeviceAlertMessage");
  settings.dcc_alert_codes.clear();
  EXPECT_EQ(told(radio(0x0110, 0x8F20, Data::octets(kMeter.wire())), 0x8F20).name, "DeviceAlertMessage");
}

}  // namespace
}  // namespace meterway::flow::alert
