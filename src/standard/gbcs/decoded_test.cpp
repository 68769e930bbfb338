#include "standard/gbcs/decoded.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "standard/gbcs/known_commands.h"

namespace meterway::gbcs {
namespace {

const Eui64 kSupplier(0x90B3D51F30010000), kMeter(0x00DB1234567890A0);

Message message(Kind kind, std::uint16_t code, Bytes content) {
  Message made;
  made.header.kind = kind;
  made.header.code = {code};
  made.header.originator = kind == Kind::Command ? kSupplier : kMeter;
  made.header.target = kind == Kind::Command ? kMeter : kSupplier;
  made.header.counter = {1000};
  made.content = std::move(content);
  return made;
}

/// A response to a get of everything that the code asks.
Message answers(std::uint16_t code, std::vector<dlms::Data> values) {
  dlms::AccessResponse response;
  response.results.assign(values.size(), {dlms::Choice::Get, 0});
  response.data = std::move(values);
  return message(Kind::Response, code, dlms::write_apdu(response));
}

dlms::Data scaler_unit(int scaler, int unit) {
  return dlms::Data::structure({dlms::Data::of(dlms::Type::Int8, scaler), dlms::Data::of(dlms::Type::Enum, unit)});
}

TEST(Decoded, AValueIsScaledByTheItemAfterIt) {
  const auto number = dlms::Data::of(dlms::Type::Uint32, 4775);
  const auto decoded = decode(answers(0x0026, {number, scaler_unit(0, 30), number, scaler_unit(2, 32)}));
  ASSERT_EQ(decoded.instructions.size(), 4u);
  EXPECT_EQ(decoded.instructions[0].name, "ActiveExportRegister");
  EXPECT_EQ(value_text(decoded.values_of(decoded.instructions[0])[0]), "4.775 kWh");
  EXPECT_EQ(value_text(decoded.values_of(decoded.instructions[2])[0]), "477.5 kvarh");
}

TEST(Decoded, MoneyIsInPenceAndStatesAreWords) {
  EXPECT_EQ(value_text(decode(answers(0x0069, {dlms::Data::of(dlms::Type::Int32, -1250)})).fields[0]), "-1.250 pence");
  EXPECT_EQ(value_text(decode(answers(0x0052, {dlms::Data::of(dlms::Type::Enum, 2)})).fields[0]), "Armed");
}

TEST(Decoded, AStateWithoutAWordIsNotKnown) {
  const auto decoded = decode(answers(0x0052, {dlms::Data::of(dlms::Type::Enum, 9)}));
  ASSERT_EQ(decoded.fields.size(), 1u);
  EXPECT_FALSE(is_known(decoded.fields[0]));
  EXPECT_EQ(value_text(decoded.fields[0]), "9");
}

TEST(Decoded, WhatHasAnotherShapeThanItsRowIsListedWithoutNames) {
  const auto decoded = decode(answers(0x0052, {scaler_unit(0, 1)}));
  ASSERT_EQ(decoded.fields.size(), 3u);
  EXPECT_EQ(decoded.fields[0].name, "SupplyState");
  EXPECT_EQ(decoded.fields[1].name, "");
  EXPECT_FALSE(is_known(decoded.fields[1]));
}

TEST(Decoded, OctetsThatAreNoTextOrTimeAreShownInHex) {
  Field field;
  field.kind = names::ValueKind::DateTime;
  const auto shown = [&field](std::string_view octets) {
    const Bytes bytes(octets.begin(), octets.end());
    field.bytes = bytes;
    return value_text(field);
  };
  EXPECT_EQ(shown("20300115000000Z"), "2030-01-15T00:00:00Z");
  EXPECT_EQ(shown("2030011500\xC9\xA9Z"), "32303330303131353030c9a95a");
  field.kind = names::ValueKind::Text;
  EXPECT_EQ(shown("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(shown("caf\xE9"), "636166e9");
  EXPECT_EQ(shown("two\nlines"), "74776f0a6c696e6573");
}

TEST(Decoded, ChildrenAreFoundByTheirPosition) {
  const auto decoded = decode(answers(0x0026, {scaler_unit(1, 30), scaler_unit(2, 30)}));
  const auto& group = decoded.fields[3];
  ASSERT_NE(child(decoded.fields, group, 1), nullptr);
  EXPECT_EQ(child(decoded.fields, group, 0)->number, 2);
  EXPECT_EQ(child(decoded.fields, group, 2), nullptr);
}

TEST(Decoded, AContentThatDoesNotReadHasNoInstructions) {
  const auto decoded = decode(message(Kind::Response, 0x0052, {0xDA, 0x01}));
  EXPECT_TRUE(decoded.instructions.empty());
  EXPECT_TRUE(std::holds_alternative<std::monostate>(decoded.content));
  EXPECT_TRUE(decode(message(Kind::Response, 0xFFF0, {0xDA, 0x01})).fields.empty());
}

TEST(Decoded, AnInstructionOfAFutureDatedOutcomeIsTakenApart) {
  auto body = dlms::Data::structure({dlms::Data::of(dlms::Type::Uint16, 0x8F66),
                                     dlms::Data::octets(from_hex("07ee010fff090000008000ff").value()),
                                     dlms::Data::octets(from_hex("001900000000000003f0232800005e2c020006").value())});
  const auto decoded = decode(message(Kind::Alert, 0x00CC, dlms::write_apdu(dlms::DataNotification{0x200007D0, body})));
  EXPECT_EQ(decoded.alert_code, 0x8F66);
  ASSERT_EQ(decoded.fields.size(), 8u);
  EXPECT_EQ(value_text(decoded.fields[1]), "2030-01-15T09:00:00Z");
  EXPECT_EQ(decoded.fields[3].name, "message_code");
  EXPECT_TRUE(decoded.fields[3].part);
  EXPECT_EQ(decoded.fields[4].number, 1008);
  EXPECT_EQ(value_text(decoded.fields[6]), "0-0:94.44.2.0");
}

TEST(Decoded, AGasVolumeIsDividedAsTheMessageSays) {
  // id 0302 (divisor) = 1000, id 0000 (consumption) = 12345
  const auto content = from_hex("010901010702001408000102030022e8030000000025393000000000").value();
  const auto decoded = decode(message(Kind::Response, 0x0074, content));
  ASSERT_FALSE(decoded.fields.empty());
  const auto& consumption = decoded.fields.back();
  EXPECT_EQ(consumption.name, "Current Summation Delivered");
  EXPECT_EQ(value_text(consumption), "12.345 m3");
}

TEST(Decoded, ANumberOfAGasMessageIsNoTruth) {
  const auto content = from_hex("0109010107000010090002804a371c00000000788f010050").value();
  const auto decoded = decode(message(Kind::Command, 0x007C, content));
  ASSERT_EQ(decoded.fields.size(), 4u);
  EXPECT_EQ(decoded.fields[2].name, "conversion_factor");
  EXPECT_EQ(decoded.fields[2].number, 102264);
  EXPECT_EQ(value_text(decoded.fields[2]), "1.02264") << "5 digits after the point, as trailing_digit says";
  EXPECT_TRUE(decoded.fields[2].word.empty());
}

TEST(Decoded, AnAttributeHasTheDigitsAfterThePointThatAnotherOneTells) {
  // 0306 (digits of the calorific value) = 1, 0304 (calorific value) = 395
  const auto content = from_hex("01090101070000101800010603001810040300238b010000").value();
  const auto decoded = decode(message(Kind::Response, 0x007B, content));
  ASSERT_FALSE(decoded.fields.empty());
  EXPECT_EQ(decoded.fields.back().name, "Calorific Value");
  EXPECT_EQ(value_text(decoded.fields.back()), "39.5");
}

TEST(Decoded, BlocksAndTheirPricesAreToldApart) {
  EXPECT_EQ(zcl::attribute_name(0x0700, 0x0102), "Block 3 Threshold");
  EXPECT_EQ(zcl::attribute_name(0x0700, 0x0401), "No Tier Block 2 Price");
  EXPECT_EQ(zcl::attribute_name(0x0700, 0x0410), "Tier 1 Block Price");
  EXPECT_EQ(zcl::attribute_name(0x0702, 0x0703), "Current Block 4 Summation Delivered");
}

TEST(Decoded, ATruthOfAnElectricityMessageIsATruth) {
  dlms::Data truth = dlms::Data::of(dlms::Type::Boolean, 1);
  const auto decoded = decode(answers(0x0059, {truth}));  // of another shape than its row: nothing says what it is
  ASSERT_EQ(decoded.fields.size(), 1u);
  EXPECT_EQ(value_text(decoded.fields[0]), "true");
}

TEST(KnownCommands, AResponseFindsTheCommandWhoseCounterItRepeats) {
  dlms::AccessRequest request;
  request.specifications = {{dlms::Choice::Set, 1, {0, 0, 94, 44, 6, 3}, 2, 0, {}}};
  request.data = {dlms::Data::of(dlms::Type::Boolean, 1)};
  KnownCommands commands;
  commands.add(message(Kind::Command, 0x005F, dlms::write_apdu(request)));
  dlms::AccessResponse response;
  response.data.resize(1);
  response.results = {{dlms::Choice::Set, 0}};
  const auto answer = message(Kind::Response, 0x005F, dlms::write_apdu(response));
  EXPECT_EQ(decode(answer).instructions[0].name, "");
  EXPECT_EQ(decode(answer, {nullptr, commands.answered_by(answer.header)}).instructions[0].name,
            "BoostFunctionControl3Value");
  // Another command under the same counter: neither is taken.
  request.specifications[0].instance[5] = 4;
  commands.add(message(Kind::Command, 0x005F, dlms::write_apdu(request)));
  EXPECT_EQ(commands.answered_by(answer.header), nullptr);
}

}  // namespace
}  // namespace meterway::gbcs
