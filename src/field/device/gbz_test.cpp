#include "field/device/gbz_rules.h"

#include "field/device/gas_test_world.h"

namespace meterway::field::test {
namespace {

using std::chrono::hours;
using Statuses = std::vector<int>;
constexpr std::uint32_t kCancel = 0xFFFFFFFF;

TEST(GasCommands, EveryRowNamesARule) {
  for (const auto& row : gbz_commands()) EXPECT_NE(find_gbz_rule(row.rule), nullptr) << row.rule;
}

TEST(GasSettings, AreReadAsTheyWereSet) {
  GasMeter meter;
  const auto now = test_time();
  EXPECT_EQ(meter.statuses(0x007C,
                           {part(0x0700, 9, 2, wire::Writer().u32_le(1).u32_le(0).u32_le(101234).u8(0x50)),
                            part(0x0700, 9, 3, wire::Writer().u32_le(1).u32_le(0).u32_le(400).u8(1).u8(0x10))},
                           now),
            (Statuses{0, 0}));
  EXPECT_EQ(meter.read(0x007B, 0x0700, 0x0302, now), 101234);
  EXPECT_EQ(meter.read(0x007B, 0x0700, 0x0304, now), 400);
  EXPECT_EQ(meter.statuses(
                0x00FC,
                {part(0x0702, 1, 14,
                      wire::Writer().u32_le(0).u32_le(1).u16_le(77).u8(1).u16_le(1).u16_le(10000).u8(60).u16_le(300)),
                 part(0x0702, 1, 13, wire::Writer().u32_le(1).bytes({0, 3, 0, 3}))},
                now),
            (Statuses{0, 0}));
  EXPECT_EQ(meter.read(0x007B, 0x0702, 0x0B10, now), 77);
  EXPECT_EQ(meter.read(0x009E, 0x0702, 0x0607, now), 0);
}

TEST(GasSettings, AnMprnIsReadBackAsText) {
  GasMeter meter;
  const std::string mprn = "1234567890";
  const Bytes text(mprn.begin(), mprn.end());
  EXPECT_EQ(meter.statuses(
                0x0087, {part(0x0708, 9, 3, wire::Writer().u32_le(1).u32_le(0).u32_le(0).u8(text.size()).bytes(text))},
                test_time()),
            Statuses{0});
  const auto answers = meter.ask(0x0089, {part(0x0702, 0, 0, wire::Writer().u16_le(0x0307))}, test_time());
  EXPECT_EQ(GasMeter::fields_of(answers.at(0)).at(0).items.at(0).at(2).bytes, text);
}

TEST(GasSettings, ABillingCalendarIsNotFoundUntilOneIsSet) {
  GasMeter meter;
  const auto get = part(0x0700, 1, 11, wire::Writer().u32_le(0).u32_le(kCancel).u8(1).u8(0));
  EXPECT_EQ(meter.statuses(0x00DA, {get}, test_time()), Statuses{0x8B});
  const auto billing = wire::Writer().u32_le(0).u32_le(1).u32_le(zigbee(test_time())).u24_le(6).u8(0x23).u8(0);
  meter.statuses(0x00D8, {part(0x0700, 9, 9, billing)}, test_time());
  const auto answers = meter.ask(0x00DA, {get}, test_time());
  EXPECT_EQ(answers.at(0).command, 9);
  EXPECT_EQ(GasMeter::number(answers.at(0), "duration"), 6);
}

TEST(GasSettings, EventBehaviourIsReportedAsItWasSetAndSecurityEventsAreNotForSetting) {
  GasMeter meter;
  const auto set = [](std::uint16_t event) {
    return part(0x0708, 9, 4, wire::Writer().u32_le(1).u32_le(0).u8(0x5B).u8(0).u8(1).u16_le(event));
  };
  EXPECT_EQ(meter.statuses(0x00AD, {set(0x81AA)}, test_time()), Statuses{0});
  EXPECT_EQ(meter.statuses(0x00AD, {set(0x8F1E)}, test_time()), Statuses{0x85});
  const auto answers = meter.ask(0x00F1, {part(0x0708, 9, 5, wire::Writer().u16_le(0x81FF))}, test_time());
  const auto fields = GasMeter::fields_of(answers.at(0));
  ASSERT_EQ(fields.at(2).items.size(), 44u);
  for (const auto& item : fields.at(2).items) {
    const auto event = item.at(0).number;
    EXPECT_TRUE(event != 0x81AA || item.at(1).number == 0x5B);
    EXPECT_TRUE(event != 0x81AB || item.at(1).number == 0x1B);
  }
}

TEST(GasCalendar, IsReadBackPartByPart) {
  GasMeter meter;
  EXPECT_EQ(meter.statuses(0x006B, calendar_parts(0, 77, 0, {{0, 1}, {420, 2}}, {{0, 3}}), test_time()),
            Statuses(6, 0));
  const auto get = [&](std::uint8_t command, wire::Writer payload) {
    return meter.ask(0x009F, {part(0x0707, 1, command, payload)}, test_time());
  };
  const auto days = get(1, wire::Writer().u32_le(0).u32_le(0xFFFFFFFF).u8(1).u8(0));
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days.at(0).sequence, days.at(1).sequence);
  EXPECT_EQ(GasMeter::fields_of(days.at(0)).back().items.at(1).at(1).number, 2);
  EXPECT_EQ(get(2, wire::Writer().u32_le(0).u32_le(0xFFFFFFFF).u8(1).u8(0)).size(), 1u);
  EXPECT_EQ(get(3, wire::Writer().u32_le(0).u32_le(0xFFFFFFFF)).at(0).command, 3);
  EXPECT_EQ(get(4, wire::Writer().u32_le(0).u8(0).u8(0).u32_le(0).u32_le(0xFFFFFFFF)).at(0).command, 4);
  EXPECT_EQ(get(3, wire::Writer().u32_le(0).u32_le(0xFFFFFFFE)).at(0).command, 0x0B) << "no such calendar is set";
}

TEST(GasCalendar, TwoCalendarsOfOneSecondDoNotMix) {
  GasMeter meter;
  meter.statuses(0x006B, calendar_parts(0, 77, 0, {{0, 1}}, {{0, 2}}), test_time());
  meter.statuses(0x006F, calendar_parts(3, 77, 0, {{0, 1}, {480, 0}}, {{0, 1}}), test_time());
  EXPECT_EQ(read_gas_calendar(meter.device.state(), GasCalendar::Switching).days.at(1).size(), 1u);
  EXPECT_EQ(read_gas_calendar(meter.device.state(), GasCalendar::NonDisablement).days.at(1).size(), 2u);
  EXPECT_EQ(read_gas_calendar(meter.device.state(), GasCalendar::NonDisablement).weeks.size(), 1u);
}

TEST(GasCalendar, WithAWeekOfUnknownDaysChangesNothing) {
  GasMeter meter;
  meter.statuses(0x006B, calendar_parts(0, 77, 0, {{0, 1}}, {{0, 2}}), test_time());
  const auto before = meter.device.state().stored;
  auto parts = calendar_parts(0, 78, 0, {{0, 3}}, {{0, 4}});
  parts[3].payload.back() = 9;
  EXPECT_EQ(meter.statuses(0x006B, parts, test_time()), (Statuses{1, 1, 1, 0x85, 1, 1}));
  EXPECT_EQ(meter.device.state().stored, before);
  auto missing = calendar_parts(0, 79, 0, {{0, 3}}, {{0, 4}});
  missing.front().payload.back() = 3;
  EXPECT_EQ(meter.statuses(0x006B, missing, test_time()).front(), 0x85) << "a day is missing";
  EXPECT_EQ(meter.device.state().stored, before);
}

/// Prices of blocks with their calendar, the thresholds last; `dated` starts tomorrow.
std::vector<gbz::Component> block_tariff(std::array<std::uint64_t, 3> thresholds, bool dated) {
  const std::uint32_t start = dated ? zigbee(test_time() + hours(24)) : 0;
  auto parts = calendar_parts(0, 77, start, {{0, 1}}, {{0, 2}});
  for (auto& p : price_parts(false, start, {1, 2, 3, 4})) parts.push_back(std::move(p));
  auto last = wire::Writer().u32_le(0).u32_le(7).u32_le(start).u32_le(1).u8(0).u8(1).u8(1).u8(3);
  for (const auto threshold : thresholds) last.u48_le(threshold);
  parts.push_back(part(0x0700, 9, 6, last));
  return parts;
}

TEST(GasMessages, ThatMakeNoSenseAtTheirEndHaveChangedNothing) {
  GasMeter meter;
  meter.statuses(0x006B, block_tariff({10, 20, 30}, false), test_time());
  const auto before = meter.device.state();
  const auto unchanged = [&](const char* what) {
    EXPECT_EQ(meter.device.state().stored, before.stored) << what;
    EXPECT_EQ(meter.device.state().pending.size(), before.pending.size()) << what;
    EXPECT_EQ(meter.device.state().account.time_debt, before.account.time_debt) << what;
  };
  for (const bool dated : {false, true}) {
    EXPECT_EQ(meter.statuses(0x006B, block_tariff({10, 30, 20}, dated), test_time()),
              (Statuses{1, 1, 1, 1, 1, 1, 1, 1, 0x85}));
    unchanged("thresholds that do not rise");
    auto cut = block_tariff({40, 50, 60}, dated);
    cut.back().payload.pop_back();
    EXPECT_EQ(meter.statuses(0x006B, cut, test_time()), (Statuses{1, 1, 1, 1, 1, 1, 1, 1, 0x80}));
    unchanged("thresholds that end too early");
    auto strange = block_tariff({40, 50, 60}, dated);
    strange.back().command = 0x77;
    EXPECT_EQ(meter.statuses(0x006B, strange, test_time()), (Statuses{1, 1, 1, 1, 1, 1, 1, 1, 0x81}));
    unchanged("a command that is not known");
    auto prices = price_parts(true, dated ? zigbee(test_time() + hours(24)) : 0, {5, 6, 7, 8});
    prices[1].payload[24] = 9;
    EXPECT_EQ(meter.statuses(0x00A3, prices, test_time()), (Statuses{1, 0x85}));
    unchanged("a price of no tier");
  }
  const auto debt = [](std::uint8_t type) {
    return part(
        0x0705, 1, 2,
        wire::Writer().u32_le(1).u8(0).u32_le(500).u8(0).u8(type).u32_le(0).u16_le(0).u8(0).u32_le(1).u16_le(0));
  };
  const auto answered = meter.statuses(0x006E, {debt(0), debt(6)}, test_time());
  EXPECT_EQ(answered, (Statuses{1, 0x85}));
  unchanged("a debt of no type");
  const auto configure = [](std::uint16_t event) {
    return part(0x0708, 9, 4, wire::Writer().u32_le(1).u32_le(0).u8(0x5B).u8(0).u8(1).u16_le(event));
  };
  EXPECT_EQ(meter.statuses(0x00AD, {configure(0x81AA), configure(0x8F1E)}, test_time()), (Statuses{1, 0x85}));
  unchanged("an event that cannot be configured");
}

TEST(GasInstructions, WaitForTheirStartAndSayThatTheyWereCarriedOut) {
  GasMeter meter;
  const auto start = test_time() + hours(24);
  auto parts = calendar_parts(0, 77, zigbee(start), {{0, 1}}, {{0, 2}});
  for (auto& p : price_parts(true, zigbee(start), {100, 200, 300, 400})) parts.push_back(std::move(p));
  EXPECT_EQ(meter.statuses(0x006B, parts, test_time()), Statuses(8, 0));
  EXPECT_EQ(meter.device.state().pending.size(), 4u) << "calendar, special days, tariff information and prices";
  EXPECT_EQ(meter.read(0x009F, 0x0700, 0x0410, start - hours(1)), 0);
  const auto alerts = meter.device.pass(start);
  ASSERT_EQ(alerts.size(), 4u);
  const auto message = gbcs::read_message(alerts.front()).value();
  EXPECT_EQ(message.header.code, MessageCode{0x00CD});
  EXPECT_EQ(message.header.target, kSupplier);
  const auto alert = gbz::read_alert(message.content, message.header.code).value();
  EXPECT_EQ(alert.code, 0x8F66);
  EXPECT_EQ(alert.count, 1);
  EXPECT_EQ(to_hex(alert.detail), "0e006b00000000000003e907070900");
  EXPECT_EQ(meter.read(0x009F, 0x0700, 0x0410, start), 100);
  EXPECT_EQ(read_gas_calendar(meter.device.state(), GasCalendar::Switching).days.size(), 2u);
}

TEST(GasInstructions, AreTakenBackByTheSameCommandWithTheStartThatNeverComes) {
  GasMeter meter;
  const auto start = test_time() + hours(24);
  const auto set = [](std::uint32_t from) {
    return std::vector{part(0x0705, 1, 3, wire::Writer().u32_le(1).u32_le(from).u32_le(5).u32_le(6)),
                       part(0x0705, 1, 6, wire::Writer().u32_le(0).u32_le(1).u32_le(from).u16_le(0x0897).u32_le(7))};
  };
  EXPECT_EQ(meter.statuses(0x006F, set(zigbee(start)), test_time()), (Statuses{0, -1}));
  EXPECT_EQ(meter.device.state().pending.size(), 2u);
  EXPECT_EQ(meter.statuses(0x006F, set(zigbee(start) + 60), test_time()), (Statuses{0, -1}));
  EXPECT_EQ(meter.device.state().pending.size(), 2u) << "later ones take the place of earlier ones";
  EXPECT_EQ(meter.statuses(0x006F, set(kCancel), test_time()), (Statuses{0, -1}));
  EXPECT_TRUE(meter.device.state().pending.empty());
  EXPECT_TRUE(meter.device.pass(start + hours(1)).empty());
  EXPECT_EQ(meter.read(0x00B5, 0x0705, 0x0010, start + hours(1)), 1000000);
  EXPECT_EQ(meter.read(0x00BF, 0x0705, 0x0000, start + hours(1)), 148);
}

TEST(GasInstructions, OfCalendarsThatNeverStartLeaveNothingBehind) {
  GasMeter meter;
  meter.statuses(0x006B, calendar_parts(0, 77, kCancel - 1, {{0, 1}}, {{0, 2}}), test_time());
  EXPECT_TRUE(meter.device.state().stored.empty());
}

TEST(GasMessages, AfterWhatFailsNothingIsLookedAt) {
  GasMeter meter;
  auto parts = price_parts(true, 0, {1, 2, 3, 4});
  parts[1].payload[24] = 9;  // no such tier
  const auto again = parts[0];
  parts.push_back(again);
  const auto answers = meter.ask(0x00A3, parts, test_time());
  EXPECT_EQ(to_hex(answers.at(1).payload), "0585");
  EXPECT_EQ(to_hex(answers.at(2).payload), "ff01");
}

TEST(GasProxy, ReadsWhatWasSetOnTheMeterAndKeepsItsOwn) {
  GasMeter meter, proxy(make_device(kGpf, DeviceType::GPF));
  proxy.statuses(0x0072, {part(0x0708, 9, 0, wire::Writer().u32_le(0).u32_le(1).u8(0).u32_le(500000000).u32_le(0x200))},
                 test_time());
  auto parts = calendar_parts(0, 77, 0, {{0, 1}}, {{0, 2}});
  for (auto& p : price_parts(true, 0, {6000, 7000, 8000, 9000})) parts.push_back(std::move(p));
  meter.statuses(0x006B, parts, test_time());
  proxy.device.mirror(meter.device);
  const auto seasons = part(0x0707, 1, 3, wire::Writer().u32_le(0).u32_le(0xFFFFFFFF));
  EXPECT_EQ(proxy.ask(0x009F, {seasons}, test_time()).at(0).payload,
            meter.ask(0x009F, {seasons}, test_time()).at(0).payload);
  EXPECT_EQ(proxy.read(0x009F, 0x0700, 0x0420, test_time()), 7000);
  EXPECT_EQ(proxy.device.state().stored.count("0708/tenancy"), 1u);
}

}  // namespace
}  // namespace meterway::field::test
