#include "field/device/faults.h"

#include "field/device/test_world.h"

namespace meterway::field::test {
namespace {

using dlms::Choice;

constexpr dlms::Obis kFirmware{0, 0, 0, 2, 1, 255}, kModel{0, 0, 96, 1, 4, 255};

Order read_two(std::uint64_t counter) {
  return {{0x003F},
          kSupplier,
          kEsme,
          counter,
          access(counter, {{Choice::Get, 1, kFirmware, 2, 0, {}}, {Choice::Get, 1, kModel, 2, 0, {}}})};
}

Device broken(const Fault& fault) {
  DeviceState state;
  state.commissioned = state.registers.read_at = test_time();
  state.faults[fault.at] = fault.code;
  const Keys& keys = keys_of(kEsme);
  return Device({kEsme, DeviceType::ESME, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::ESME),
                LoadProfile(Fuel::Electricity, 1), std::move(state));
}

std::vector<int> codes(const dlms::AccessResponse& response) {
  std::vector<int> out;
  for (const auto& result : response.results) out.push_back(result.code);
  return out;
}

TEST(Faults, ABrokenObjectAnswersItsCodeAndWhatFollowsIsNotLookedAt) {
  auto device = broken(read_fault("1/0-0:0.2.1.255/2", "").value());
  const auto response = read_access(answer(device.take(command(read_two(1)), test_time())));
  EXPECT_EQ(codes(response), (std::vector<int>{1, 250})) << "hardware-fault, then other-reason";
  EXPECT_EQ(response.data.at(0).type, dlms::Type::Null);
  EXPECT_EQ(response.data.at(1).type, dlms::Type::Null);
}

TEST(Faults, WhatStandsBeforeTheBrokenObjectIsAnswered) {
  auto device = broken(read_fault("1/0-0:96.1.4.255/2", "temporary-failure").value());
  const auto response = read_access(answer(device.take(command(read_two(1)), test_time())));
  EXPECT_EQ(codes(response), (std::vector<int>{0, 2}));
}

TEST(Faults, AnObjectOfAProtectedReadIsBrokenAsWell) {
  auto device = broken(read_fault("1/0-0:94.44.34.10/2", "").value());
  const Order order{{0x0027}, kSupplier, kEsme, 1, protected_read(1, kSupplier, kEsme, 8, {0, 0, 94, 44, 34, 10})};
  EXPECT_EQ(codes(read_access(answer(device.take(command(order), test_time())))), (std::vector<int>{1}));
}

TEST(Faults, ABrokenMethodChangesNothing) {
  auto device = broken(read_fault("112/0-0:19.10.0.255/1", "").value());
  const Order order{
      {0x001C},
      kSupplier,
      kEsme,
      1,
      access(1, {{Choice::Action, 112, {0, 0, 19, 10, 0, 255}, 1, 0, {}}}, {dlms::Data::of(dlms::Type::Int32, 5)})};
  EXPECT_EQ(codes(read_access(answer(device.take(command(order), test_time())))), (std::vector<int>{1}));
  EXPECT_EQ(device.state().registers.balance, 0);
}

TEST(Faults, SurviveARestart) {
  const auto device = broken(read_fault("1/0-0:0.2.1.255/2", "9").value());
  const auto again = read_state(write_state(device.state())).value();
  EXPECT_EQ(fault_at(again, "1/0-0:0.2.1.255/2"), 9);
  EXPECT_EQ(fault_at(again, "1/0-0:96.1.4.255/2"), 0);
}

TEST(Faults, APlaceHasOneSpellingAndAResultAName) {
  EXPECT_EQ(read_fault("1/0-0:0.2.1.255/2", "other-reason")->code, 250);
  EXPECT_EQ(read_fault("0702/0A00", "")->code, 0xC0) << "hardware failure";
  EXPECT_EQ(read_fault("0702/06", "not found")->code, 0x8B);
  EXPECT_EQ(read_fault("0702/06/29", "")->code, 0xC0) << "a place of a log";
  for (const char* at : {"0702/06/", "0702/06/029", "0702/06/-1", "0702/0600/1", "0702/06/4294967296", "0702/06/1/2"})
    EXPECT_FALSE(read_fault(at, "")) << at;
  EXPECT_EQ(read_fault("000C", "")->at, "000C");
  for (const char* at : {"", "1/2", "01/0-0:0.2.1.255/2", "1/0-0:0.2.1/2", "1/0-0:0.2.1.256/2", "1/0-0:0.2.1.255/300",
                         "0702/0a00", "0702/A", "70000/0-0:0.2.1.255/2"})
    EXPECT_FALSE(read_fault(at, "")) << at;
  EXPECT_EQ(read_fault("1/0-0:0.2.1.255/2", "hardware failure").error().code, ErrorCode::UnknownCode)
      << "that is what the others say";
  EXPECT_FALSE(read_fault("0702/06", "0"));
  EXPECT_FALSE(read_fault("0702/06", "256"));
}

TEST(Faults, AUseCaseIsFoundByItsCode) {
  DeviceState state;
  EXPECT_EQ(fault_of(state, MessageCode{0x000C}), 0);
  state.faults["000C"] = 3;
  state.faults["011B/05"] = 127;
  EXPECT_EQ(fault_of(state, MessageCode{0x000C}), 3);
  EXPECT_EQ(fault_of(state, MessageCode{0x000D}), 0);
  EXPECT_EQ(fault_of(state, MessageCode{0x011B}, 5), 127);
  EXPECT_EQ(fault_of(state, MessageCode{0x011B}, 4), 0);
}

}  // namespace
}  // namespace meterway::field::test
