#include "standard/gbcs/names.h"

#include <gtest/gtest.h>

namespace meterway::gbcs::names {
namespace {

constexpr MessageCode kReadLoadLimit{0x0042}, kSwitchSchedule{0x0054}, kUpdateTariff{0x0019};

dlms::AccessResponse results(dlms::Choice choice, std::size_t count) {
  dlms::AccessResponse response;
  response.data.resize(count);
  response.results.assign(count, {choice, 0});
  return response;
}

TEST(Names, AnObjectIsFoundByClassInstanceAccessAndNumber) {
  const auto* object = find_object(70, {0, 0, 96, 3, 10, 255}, Access::Attribute, 3);
  ASSERT_NE(object, nullptr);
  EXPECT_EQ(object->name, "SupplyState");
  EXPECT_EQ(find_word(object->form.words, 2), "Armed");
  EXPECT_EQ(find_object(70, {0, 0, 96, 3, 10, 255}, Access::Method, 3), nullptr);
  EXPECT_EQ(find_object(70, {0, 0, 96, 3, 10, 254}, Access::Attribute, 3), nullptr);
}

TEST(Names, AMethodsAnswerHasARowOfItsOwnWhereItDiffers) {
  const auto* argument = find_object(104, {0, 0, 30, 3, 0, 255}, Access::Method, 4);
  ASSERT_NE(argument, nullptr);
  EXPECT_EQ(answer_of(argument)->name, "CHFCurrentConnectedDeviceLog");
  const auto* script = find_object(9, {0, 0, 10, 0, 106, 255}, Access::Method, 1);
  EXPECT_EQ(answer_of(script), script);
}

TEST(Names, EveryShapeThatAnObjectNamesHasMembers) {
  for (const auto& object : all_objects()) {
    if (object.form.kind != ValueKind::Shape) continue;
    EXPECT_FALSE(find_members(object.form.shape, 0).empty()) << object.name;
  }
}

TEST(Names, ALogEntryIsToldByItsNumberOfMembers) {
  const auto shape = find_shape("billing_entry");
  EXPECT_EQ(find_members(shape, 15)[2].name, "SecondaryActiveImportRegisterConsumption");
  EXPECT_EQ(find_members(shape, 7)[2].name, "TariffTOURegisterMatrixValue");
  EXPECT_EQ(find_members(shape, 3).size(), 7u);
}

TEST(Names, AWordServesARangeAndNothingBeyondIt) {
  const auto list = find_word_list("tariff_action");
  EXPECT_EQ(find_word(list, 48), "time-of-use register");
  EXPECT_EQ(find_word(list, 49), "");
  EXPECT_EQ(find_word(list, 0), "");
  EXPECT_EQ(find_word(find_word_list("no such list"), 1), "");
}

TEST(Names, TheWordOfARangeIsToldWithThePlaceOfTheNumber) {
  const auto list = find_word_list("tariff_action");
  EXPECT_EQ(find_counted_word(list, 48), "time-of-use register 48");
  EXPECT_EQ(find_counted_word(list, 102), "set of block registers 2");
  EXPECT_EQ(find_counted_word(list, 201), "register of the secondary element 1");
  EXPECT_EQ(find_counted_word(find_word_list("controller_script"), 0x2332), "controller 3 input level 50");
  EXPECT_EQ(find_counted_word(find_word_list("price_index"), 0xB3), "block 2 of register 3");
  EXPECT_EQ(find_counted_word(find_word_list("price_index"), 0), "no register");
  EXPECT_EQ(find_counted_word(find_word_list("validity_window"), 30), "30 minutes");
  EXPECT_EQ(find_counted_word(find_word_list("tamper_state"), 255), "Locked");
  EXPECT_EQ(find_counted_word(list, 49), "");
}

TEST(Names, AResponseToAFixedCommandIsNamedByTheOrderOfItsRows) {
  const auto items = items_of(kReadLoadLimit, results(dlms::Choice::Get, 6));
  ASSERT_NE(items[3].object, nullptr);
  EXPECT_EQ(items[0].object->name, "LoadLimitSupplyState");
  EXPECT_EQ(items[3].object->name, "LoadLimitPowerThreshold");
}

TEST(Names, AResponseThatMayBeSeveralCommandsIsNamedWhereTheyAgree) {
  // Two of five descriptions of switches, then special days, schedule and their activations.
  const auto items = items_of(kSwitchSchedule, results(dlms::Choice::Set, 6));
  EXPECT_EQ(items[0].object, nullptr);
  ASSERT_NE(items[2].object, nullptr);
  EXPECT_EQ(items[2].object->name, "ALCSHCALCSSpecialDaysToSet");
  EXPECT_EQ(items[5].object->name, "ALCSSchedulerActivation");
}

TEST(Names, TheCommandNamesWhatTheCodeAloneCannot) {
  dlms::AccessRequest command;
  command.specifications = {{dlms::Choice::Set, 1, {0, 0, 94, 44, 0, 23}, 2, 0, {}}};
  command.data = {dlms::Data::octets({})};
  const auto items = items_of(kSwitchSchedule, results(dlms::Choice::Set, 1), &command);
  ASSERT_NE(items[0].object, nullptr);
  EXPECT_EQ(items[0].object->name, "SwitchTypeAndId3");
}

TEST(Names, AResponseWithMoreItemsThanItsCommandHasNoNames) {
  for (const auto& item : items_of(kUpdateTariff, results(dlms::Choice::Set, 300))) EXPECT_EQ(item.object, nullptr);
  for (const auto& item : items_of(kReadLoadLimit, results(dlms::Choice::Get, 7))) EXPECT_EQ(item.object, nullptr);
}

TEST(Names, AProtectedReadSaysWhichAttributesItsBlockHolds) {
  const auto items = items_of(MessageCode{0x0027}, results(dlms::Choice::Action, 1));
  ASSERT_EQ(items[0].block.size(), 1u);
  EXPECT_EQ(items[0].block[0]->name, "ImportRegisters");
}

}  // namespace
}  // namespace meterway::gbcs::names
