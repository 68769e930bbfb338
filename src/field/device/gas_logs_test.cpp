#include "field/device/gas_logs.h"

#include "field/device/gas_test_world.h"

namespace meterway::field::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

gbz::Component get_snapshot(std::uint32_t cause, UtcTime from, UtcTime to, std::uint8_t offset,
                            std::uint16_t cluster = 0x0702) {
  return part(cluster, 1, cluster == 0x0702 ? 6 : 7,
              wire::Writer().u32_le(zigbee(from)).u32_le(zigbee(to)).u8(offset).u32_le(cause));
}

TEST(GasLogs, EachDayLeavesASnapshotAndThirtyOneAreKept) {
  GasMeter meter;
  const auto end = test_time() + days(40);
  meter.device.pass(end);
  EXPECT_EQ(gas_snapshots(meter.device.state(), kGasDaily).size(), 31u);
  const auto answers =
      meter.ask(0x0077,
                {get_snapshot(kGasDaily, end - days(2), end, 0), get_snapshot(kGasDaily, end - days(2), end, 1),
                 get_snapshot(kGasDaily, end - days(2), end, 2)},
                end);
  EXPECT_EQ(GasMeter::number(answers.at(0), "time"), zigbee(end - days(1) - hours(9)));
  EXPECT_EQ(GasMeter::number(answers.at(1), "time"), zigbee(end - hours(9)));
  EXPECT_EQ(to_hex(answers.at(2).payload), "068b");
  EXPECT_GT(GasMeter::number(answers.at(1), "current_summation"), GasMeter::number(answers.at(0), "current_summation"));
}

TEST(GasLogs, BillingPeriodsEndWithASnapshotOfRegistersAndAccount) {
  GasMeter meter;
  const auto start = test_time() + days(1);
  meter.statuses(
      0x00D8, {part(0x0700, 9, 9, wire::Writer().u32_le(0).u32_le(1).u32_le(zigbee(start)).u24_le(1).u8(0x22).u8(0))},
      test_time());
  meter.device.pass(start + days(15));
  const auto all = gas_snapshots(meter.device.state(), kGasBillingEnd);
  ASSERT_EQ(all.size(), 3u) << "its first start, and two weeks";
  EXPECT_EQ(all.at(1).at, start + days(7));
  const auto answers = meter.ask(
      0x0076, {get_snapshot(2, start, start + days(20), 2), get_snapshot(2, start, start + days(20), 2, 0x0705)},
      start + days(15));
  EXPECT_EQ(GasMeter::number(answers.at(0), "time"), zigbee(start + days(14)));
  EXPECT_EQ(GasMeter::number(answers.at(1), "meter_balance"), all.at(2).balance);
}

TEST(GasLogs, AChangeOfTariffOrModeLeavesASnapshotOfWhatWasCountedUntilThen) {
  GasMeter meter;
  meter.device.pass(test_time() + hours(5));
  const auto counted = meter.device.state().registers.import_milli / 1000;
  meter.statuses(0x00A3, price_parts(true, 0, {1, 2, 3, 4}), test_time() + hours(5));
  const auto all = gas_snapshots(meter.device.state(), kGasTariffChange | kGasModeChange);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().cause, kGasTariffChange);
  EXPECT_EQ(all.front().total, counted);
}

TEST(GasLogs, HalfHoursAddUpToWhatTheMeterCounted) {
  GasMeter meter;
  const auto before = meter.device.state().registers.import_milli;
  const auto end = test_time() + days(1);
  const auto answers = meter.ask(
      0x0078, {part(0x0702, 1, 8, wire::Writer().u16_le(0).u32_le(zigbee(test_time())).u8(0).u16_le(200))}, end);
  const auto fields = GasMeter::fields_of(answers.at(0));
  EXPECT_EQ(GasMeter::number(answers.at(0), "number_of_samples"), 48);
  EXPECT_EQ(GasMeter::number(answers.at(0), "start"), zigbee(test_time() + minutes(30)))
      << "a period is known by its end";
  std::int64_t litres = 0;
  for (const auto& field : fields) litres += field.name == "samples" ? field.number : 0;
  EXPECT_NEAR(static_cast<double>(litres),
              static_cast<double>(meter.device.state().registers.import_milli - before) / 1000, 48);
}

TEST(GasLogs, OfATimeBeforeTheMeterWasThereNothingIsFound) {
  GasMeter meter;
  const auto old =
      part(0x0702, 1, 8, wire::Writer().u16_le(0).u32_le(zigbee(test_time() - days(100))).u8(0).u16_le(48));
  EXPECT_EQ(meter.statuses(0x0078, {old}, test_time() + days(1)), std::vector<int>{0x8B});
}

TEST(GasLogs, NothingFlowsThroughAShutValve) {
  GasMeter meter;
  meter.statuses(0x0081, {part(0x0702, 1, 11, wire::Writer().u32_le(0).u32_le(1).u32_le(0).u32_le(0).u8(0).u8(1))},
                 test_time());
  const auto answers =
      meter.ask(0x0078, {part(0x0702, 1, 8, wire::Writer().u16_le(0).u32_le(zigbee(test_time())).u8(0).u16_le(4))},
                test_time() + hours(3));
  for (const auto& field : GasMeter::fields_of(answers.at(0)))
    EXPECT_TRUE(field.name != "samples" || field.number == 0);
}

TEST(GasLogs, TheNetworkDataLogSamplesOnceItIsStartedAndNotTwiceAtATime) {
  GasMeter meter;
  const auto read = part(0x0702, 1, 8, wire::Writer().u16_le(2).u32_le(1).u8(0).u16_le(41));
  EXPECT_EQ(meter.statuses(0x0079, {read}, test_time()), std::vector<int>{0x8B});
  const auto start = [&](UtcTime at) {
    const Order order{
        {0x0080},
        kBroker,
        kGsme,
        zigbee(at),
        gbz::write_frames({{part(0x0702, 1, 7, wire::Writer().u32_le(1).u32_le(0).u8(0).u16_le(360).u16_le(41))}})};
    return GasMeter::number(gbz::read_frames(answer(meter.device.take(command(order), at)).content)->components.at(0),
                            "sample_id");
  };
  EXPECT_EQ(start(test_time()), 2);
  EXPECT_EQ(start(test_time() + hours(1)), 0xFFFF);
  const auto answers = meter.ask(0x0079, {read}, test_time() + hours(1));
  EXPECT_EQ(GasMeter::number(answers.at(0), "number_of_samples"), 11);
  EXPECT_EQ(GasMeter::number(meter.ask(0x0079, {read}, test_time() + hours(9)).at(0), "number_of_samples"), 41);
  EXPECT_EQ(start(test_time() + hours(10)), 2);
}

TEST(GasLogs, EventsAreReadByTimeAndTheSecurityLogIsNotEmptied) {
  GasMeter meter;
  meter.statuses(0x0071, {part(0x0703, 9, 0, wire::Writer().u32_le(1).u8(0).u32_le(0).u16_le(0xFFFF).u8(1).u8('A'))},
                 test_time());
  const auto read = [&](std::uint8_t log) {
    return part(0x0709, 1, 0,
                wire::Writer()
                    .u8(0x10u | log)
                    .u16_le(0)
                    .u32_le(zigbee(test_time()))
                    .u32_le(zigbee(test_time() + days(1)))
                    .u8(0)
                    .u16_le(0));
  };
  auto events = meter.ask(0x0014, {read(3)}, test_time() + hours(1)).at(0);
  EXPECT_EQ(GasMeter::number(events, "total_matching"), 1);
  const auto entry = GasMeter::fields_of(events).back().items.at(0);
  EXPECT_EQ(entry.at(1).number, 0x8154) << "a command was carried out";
  EXPECT_EQ(to_hex(entry.at(3).bytes), "0071");
  EXPECT_EQ(to_hex(meter.ask(0x0015, {part(0x0709, 1, 1, wire::Writer().u8(4))}, test_time()).at(0).payload), "00");
  EXPECT_EQ(to_hex(meter.ask(0x0015, {part(0x0709, 1, 1, wire::Writer().u8(3))}, test_time()).at(0).payload), "08");
  events = meter.ask(0x0014, {read(3)}, test_time() + hours(1)).at(0);
  EXPECT_EQ(GasMeter::number(events, "total_matching"), 1) << "the clearing itself";
}

TEST(GasProxy, GivesTheLogsOfItsMeterAndTheDaysOfItsConsumption) {
  GasMeter meter, proxy(make_device(kGpf, DeviceType::GPF));
  const auto end = test_time() + days(5);
  meter.device.pass(end);
  proxy.device.mirror(meter.device);
  EXPECT_EQ(proxy.ask(0x0077, {get_snapshot(kGasDaily, test_time(), end, 3)}, end).at(0).payload,
            meter.ask(0x0077, {get_snapshot(kGasDaily, test_time(), end, 3)}, end).at(0).payload);
  const auto days_log =
      proxy
          .ask(0x00A0, {part(0x0702, 1, 8, wire::Writer().u16_le(1).u32_le(zigbee(test_time())).u8(0).u16_le(731))},
               end)
          .at(0);
  EXPECT_EQ(GasMeter::number(days_log, "number_of_samples"), 5);
}

}  // namespace
}  // namespace meterway::field::test
