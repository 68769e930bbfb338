#include "standard/mmc/mmc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "standard/duis/schema.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"

namespace meterway::mmc {
namespace {

using gbcs::dlms::Choice;
using gbcs::dlms::Data;
using gbcs::dlms::Type;
using testing::HasSubstr;
using testing::Not;

gbcs::Message message(gbcs::Kind kind, std::uint16_t code, Bytes content) {
  gbcs::Message made;
  made.header.kind = kind;
  made.header.code = MessageCode{code};
  made.header.counter = OriginatorCounter{1000};
  made.header.originator = Eui64(0x00db1234567890a0);
  made.header.target = Eui64(0x90b3d51f30010000);
  made.content = std::move(content);
  return made;
}

Bytes answers(std::vector<Data> data, std::vector<std::uint8_t> codes, Choice choice = Choice::Get) {
  gbcs::dlms::AccessResponse response;
  for (std::size_t i = 0; i < data.size(); ++i) response.results.push_back({choice, codes[i]});
  response.data = std::move(data);
  return gbcs::dlms::write_apdu(response);
}

std::string mapped(const gbcs::Message& made, std::string_view service = {}) {
  const auto text = to_mmc(gbcs::write_message(made), {.service = service});
  EXPECT_TRUE(text) << describe(text.error());
  if (!text) return {};
  const auto document = xml::Document::parse(*text);
  EXPECT_TRUE(document) << *text;
  const auto valid = duis::validate_mapped(*document);
  EXPECT_TRUE(valid) << valid.error().element << ": " << valid.error().rule << "\n" << *text;
  return *text;
}

TEST(MappingCatalogue, HeaderSaysWhoAnsweredWhomAndWhichService) {
  auto made = message(gbcs::Kind::Response, 0x0059, answers({Data::octets(Bytes{0x01, 0x23, 0xAB, 0xCD})}, {0}));
  made.header.supplementary_party = Eui64(0x90b3d51f30030000);
  made.header.supplementary_counter = OriginatorCounter{77};
  made.header.date_time = {0x07, 0xDF, 1, 31, 0xFF, 9, 30, 0, 0, 0x80, 0x00, 0x02};
  const auto text = mapped(made);
  EXPECT_THAT(text, HasSubstr("<ra:BusinessOriginatorID>00-DB-12-34-56-78-90-A0<"));
  EXPECT_THAT(text, HasSubstr("<ra:OriginatorCounter>1000<"));
  EXPECT_THAT(text, HasSubstr("<ra:SupplementaryRemotePartyCounter>77<"));
  EXPECT_THAT(text, HasSubstr("<ra:GBCSHexadecimalMessageCode>0059<"));
  EXPECT_THAT(text, HasSubstr("<ra:ServiceReference>11.2<"));
  EXPECT_THAT(text, HasSubstr("ClockStatus=\"unreliable\" isFromGSME=\"false\">2015-01-31T09:30:00Z<"));
  EXPECT_THAT(text, HasSubstr("<ra:ReadFirmwareVersionRsp MessageSuccess=\"true\">"));
  EXPECT_THAT(text, HasSubstr("<ra:FirmwareVersion>0123ABCD<"));
}

TEST(MappingCatalogue, FailureNamesThePositionAndTheResultOfEveryInstruction) {
  const auto text = mapped(message(gbcs::Kind::Response, 0x0040, answers({Data::null()}, {4})));
  EXPECT_THAT(text, HasSubstr("<ra:ReadDeviceConfigurationInstantaneousPowerThresholdsRsp MessageSuccess=\"false\"/>"));
  EXPECT_THAT(text, HasSubstr("<ra:COSEMResponse Position=\"1\" ResponseCode=\"4\">"));
  EXPECT_THAT(text, HasSubstr("<ra:DataAccessResult>object-undefined<"));
  const auto action = mapped(message(gbcs::Kind::Response, 0x004F, answers({Data::null()}, {0xEE}, Choice::Action)));
  EXPECT_THAT(action, HasSubstr("<ra:ActionResult>response-code-not-known<"));
}

TEST(MappingCatalogue, SuccessNeedsNoDebugInfoExceptWhereTheSchemaHasNoAnswer) {
  const auto enabled = mapped(message(gbcs::Kind::Response, 0x004F, answers({Data::null()}, {0}, Choice::Action)));
  EXPECT_THAT(enabled, HasSubstr("<ra:EnableSupplyRsp MessageSuccess=\"true\"/>"));
  EXPECT_THAT(enabled, Not(HasSubstr("DebugInfo")));
  const auto scheduler = mapped(message(gbcs::Kind::Response, 0x011A, answers({Data::null()}, {0}, Choice::Set)));
  EXPECT_THAT(scheduler, Not(HasSubstr("SMETSData")));
  EXPECT_THAT(scheduler, HasSubstr("<ra:DataAccessResult>success<"));
}

TEST(MappingCatalogue, ServiceThatAResponseDoesNotTellIsTakenFromWhoeverAsked) {
  const auto made = message(gbcs::Kind::Response, 0x0055, answers({Data::null()}, {0}, Choice::Action));
  EXPECT_THAT(mapped(made), Not(HasSubstr("SMETSData")));
  EXPECT_THAT(mapped(made, "7.6"), HasSubstr("<ra:DeactivateAuxiliaryLoadRsp MessageSuccess=\"true\"/>"));
  EXPECT_FALSE(to_mmc(gbcs::write_message(made), {.service = "7.4"}));
}

TEST(MappingCatalogue, PricesAreRawNumbersBesideTheirScale) {
  const auto price = [](std::int64_t number) {
    return Data::structure({Data::octets(Bytes{1}), Data::of(Type::Int16, number)});
  };
  const auto prices = Data::structure({Data::structure({Data::of(Type::Int8, 3), Data::of(Type::Int8, -5)}),
                                       Data::null(), Data::array({price(1500), price(1600)})});
  const auto text = mapped(message(gbcs::Kind::Response, 0x00BD,
                                   answers({prices, Data::of(Type::Uint32, 1500), Data::null(), Data::array({}),
                                            Data::array({}), Data::array({}), Data::array({})},
                                           {0, 0, 0, 0, 0, 0, 0})));
  EXPECT_THAT(text, HasSubstr("<ra:PriceScale>-5<"));
  EXPECT_THAT(text, HasSubstr("<ra:TariffTOUPrice index=\"2\">1600<"));
}

TEST(MappingCatalogue, GasIsInCubicMetresByTheDivisorOfTheSameAnswer) {
  gbcs::gbz::Component component;
  component.cluster = 0x0702;
  component.frame_control = 0x18;
  component.command = 0x01;
  component.payload = *from_hex("020300 22E80300 000000 25393000000000");
  const auto text = mapped(message(gbcs::Kind::Response, 0x0074, gbcs::gbz::write_frames({.components = {component}})));
  EXPECT_THAT(text, HasSubstr("<ra:Value>12.345<"));
  EXPECT_THAT(text, HasSubstr("<ra:Unit>m3<"));
}

TEST(MappingCatalogue, GasStatusIsToldByClusterAndAttribute) {
  gbcs::gbz::Component component;
  component.cluster = 0x0702;
  component.frame_control = 0x08;
  component.command = 0x01;
  component.payload = *from_hex("1400 86");
  const auto text = mapped(message(gbcs::Kind::Response, 0x0082, gbcs::gbz::write_frames({.components = {component}})));
  EXPECT_THAT(text, HasSubstr("MessageSuccess=\"false\""));
  EXPECT_THAT(text, HasSubstr("<ra:ClusterName id=\"0702\">"));
  EXPECT_THAT(text, HasSubstr("<ra:AttributeID>0014<"));
  EXPECT_THAT(text, HasSubstr("<ra:ZCLStatus>UNSUPPORTED_ATTRIBUTE<"));
}

TEST(MappingCatalogue, ResultsInAsn1HaveTheirWords) {
  const auto refused = mapped(message(gbcs::Kind::Response, 0x000E, *from_hex("020102")));
  EXPECT_THAT(refused, HasSubstr("<ra:JoinServiceNonCriticalRsp MessageSuccess=\"false\">"));
  EXPECT_THAT(refused, HasSubstr("<ra:ASN1Status>invalidJoinMethodAndRole<"));
  const auto left = mapped(message(gbcs::Kind::Response, 0x0010, *from_hex("020100")));
  EXPECT_THAT(left, HasSubstr("<ra:unjoinResponseCode ResponseCode=\"0\">"));
}

TEST(MappingCatalogue, AlertHasCodeNameTimeAndItsPayload) {
  const auto body = [](std::int64_t code, std::vector<Data> more) {
    std::vector<Data> items{Data::of(Type::Uint16, code), Data::octets(*from_hex("07df0101ff000000008000ff"))};
    for (auto& one : more) items.push_back(std::move(one));
    return gbcs::dlms::write_apdu(gbcs::dlms::DataNotification{0, Data::structure(std::move(items))});
  };
  const auto plain = mapped(message(gbcs::Kind::Alert, 0x1001, body(0x810E, {})));
  EXPECT_THAT(plain, HasSubstr("<ra:GBCSHexAlertCode>810E<"));
  EXPECT_THAT(plain, HasSubstr("<ra:Timestamp>2015-01-01T00:00:00Z<"));
  EXPECT_THAT(plain, HasSubstr("<ra:AlertDescription>"));
  const auto ended = mapped(
      message(gbcs::Kind::Alert, 0x0122, body(0x8F87, {Data::of(Type::Uint8, 0x21), Data::of(Type::Uint8, 10)})));
  EXPECT_THAT(ended, HasSubstr("<ra:AuxiliaryControllerN>1<"));
  EXPECT_THAT(ended, HasSubstr("<ra:ResultingLevel>10<"));
  EXPECT_THAT(ended, HasSubstr("<ra:InputFromControlledLoad/>"));
}

TEST(MappingCatalogue, AnAlertCodeOfMoreThanTwoOctetsIsNone) {
  const auto alert = message(gbcs::Kind::Alert, 0x00CA,
                             *from_hex("3025 0203018F66 180F32303330303131353030303030305A 020203E9"
                                       "3009 020100 04040123ABCF"));
  const auto text = to_mmc(gbcs::write_message(alert), {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::BadValue);
}

TEST(MappingCatalogue, OutcomeOfAnActivationIsToldInAsn1) {
  const auto text = mapped(message(gbcs::Kind::Alert, 0x00CA,
                                   *from_hex("3025 0203008F66 180F32303330303131353030303030305A 020203E9"
                                             "3009 020100 04040123ABCF")));
  EXPECT_THAT(text, HasSubstr("<ra:ExecutionDateTime>2030-01-15T00:00:00Z<"));
  EXPECT_THAT(text, HasSubstr("<ra:OriginatorCounterFromCommand>1001<"));
  EXPECT_THAT(text, HasSubstr("<ra:ASN1Status>success<"));
  EXPECT_THAT(text, HasSubstr("<ra:FirmwareVersion>0123ABCF<"));
}

TEST(MappingCatalogue, BillingPeriodIsWhatItsDatesLeaveOpen) {
  const auto calendar = [](std::vector<const char*> dates) {
    std::vector<Data> entries;
    for (const auto* date : dates)
      entries.push_back(Data::structure({Data::octets(Bytes{12, 30, 0, 0}), Data::octets(*from_hex(date))}));
    return mapped(message(gbcs::Kind::Response, 0x003E, answers({Data::array(std::move(entries))}, {0})));
  };
  EXPECT_THAT(calendar({"ffffffffff"}), HasSubstr("<ra:Daily/>"));
  EXPECT_THAT(calendar({"ffffffff03"}), HasSubstr("<ra:Weekly>3<"));
  EXPECT_THAT(calendar({"ffffff1cff"}), HasSubstr("<ra:Monthly>28<"));
  EXPECT_THAT(calendar({"ffff0201ff", "ffff0801ff"}),
              testing::AllOf(HasSubstr("<ra:SixMonthly>"), HasSubstr("<ra:BillingPeriodStartMonth>2<")));
  EXPECT_THAT(calendar({"ffff0b0fff"}), testing::AllOf(HasSubstr("<ra:Yearly>"), HasSubstr("<ra:DayOfMonth>15<"),
                                                       HasSubstr("<ra:BillingTime>12:30:00Z<")));
}

TEST(MappingCatalogue, EntriesOfAControllerHaveItsLevelInsteadOfAnAction) {
  const auto entry = [](std::int64_t script) {
    return Data::structure({Data::of(Type::Uint32, 473385600), Data::of(Type::Uint16, script), Data::of(Type::Enum, 1),
                            Data::of(Type::Uint32, 7)});
  };
  const auto text =
      mapped(message(gbcs::Kind::Response, 0x00BA, answers({Data::array({entry(0x0211), entry(0x2332)})}, {0})));
  EXPECT_THAT(text, HasSubstr("<ra:SwitchNumber>2</ra:SwitchNumber>\n              <ra:SwitchAction>On<"));
  EXPECT_THAT(text, HasSubstr("<ra:SwitchNumber>3</ra:SwitchNumber>\n              <ra:Outcome>Success<"));
  EXPECT_THAT(text, HasSubstr("<ra:AuxiliaryControllerLevel>50<"));
  EXPECT_THAT(text, HasSubstr("<ra:InputFromControlledLoad/>"));
}

// Set, adjust, preset, then the time and its status: method 4 of the clock is not its attribute 4.
TEST(MappingCatalogue, ClockOfAMeterHasItsStatusBesideItsTime) {
  gbcs::dlms::AccessResponse response;
  response.data = {Data::null(), Data::null(), Data::null(), Data::octets(*from_hex("07df0101ff000000008000ff")),
                   Data::of(Type::Uint8, 2)};
  response.results = {{Choice::Set, 0}, {Choice::Action, 0}, {Choice::Action, 0}, {Choice::Get, 0}, {Choice::Get, 0}};
  const auto text = mapped(message(gbcs::Kind::Response, 0x0062, gbcs::dlms::write_apdu(response)), "8.1.1");
  EXPECT_THAT(text, HasSubstr("<ra:CommissionDeviceSynchroniseClockRsp MessageSuccess=\"true\">"));
  EXPECT_THAT(text, HasSubstr("<ra:DeviceTime>2015-01-01T00:00:00Z<"));
  EXPECT_THAT(text, HasSubstr("<ra:ElecClockTimeStatus TimeStatusCode=\"2\">"));
  EXPECT_THAT(text, HasSubstr("<ra:TimeStatus>unreliable<"));
}

// One answer where the use case has seven: the code does not tell which, what was asked does.
TEST(MappingCatalogue, CommandTellsWhatAnAnswerIsAbout) {
  gbcs::dlms::AccessRequest command;
  auto& asked = command.specifications.emplace_back();
  asked.class_id = 1;
  asked.instance = {0, 0, 94, 44, 0, 13};
  asked.index = 2;
  command.data.push_back(Data::null());
  const auto made = message(gbcs::Kind::Response, 0x011C, answers({Data::text(Type::VisibleString, "Heat pump")}, {0}));
  const auto text = to_mmc(gbcs::write_message(made), {.command = &command});
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("<ra:AuxiliaryControllerDescription auxiliaryControllerN=\"3\">"));
  EXPECT_THAT(*text, HasSubstr("<ra:AuxiliaryControlDescription>Heat pump<"));
}

TEST(MappingCatalogue, ValuesThatTheSchemaHasNoRoomForAreLeftOutWithTheirAnswer) {
  const auto long_text = Data::octets(Bytes(100, 'x'));
  const auto text = mapped(message(gbcs::Kind::Response, 0x00FA, answers({long_text, long_text}, {0, 0})));
  EXPECT_THAT(text, Not(HasSubstr("SMETSData")));
  EXPECT_THAT(text, HasSubstr("DebugInfo"));
}

TEST(MappingCatalogue, RefusesCommandsAndUnknownCodes) {
  const auto command = message(gbcs::Kind::Command, 0x0059, answers({Data::null()}, {0}));
  EXPECT_FALSE(to_mmc(gbcs::write_message(command), {}));
  const auto unknown = message(gbcs::Kind::Response, 0x7777, answers({Data::null()}, {0}));
  EXPECT_FALSE(to_mmc(gbcs::write_message(unknown), {}));
}

}  // namespace
}  // namespace meterway::mmc
