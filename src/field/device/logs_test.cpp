#include "field/device/logs.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/log_book.h"
#include "field/device/test_world.h"

/// Logs that fill as time passes, read as whoever asked sees them.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Type;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr dlms::Obis kProfile{0, 0, 99, 1, 0, 255}, kReactive{0, 0, 99, 1, 2, 255}, kEvents{0, 0, 99, 98, 0, 255},
    kSecurity{0, 0, 99, 98, 1, 255}, kClock{0, 0, 94, 44, 100, 255};

Data range(UtcTime from, UtcTime to) {
  return Data::structure({Data::structure({Data::of(Type::Uint16, 1), Data::octets(kClock), Data::of(Type::Int8, 2),
                                           Data::of(Type::Uint16, 0)}),
                          Data::of(Type::Uint32, log_seconds(from)), Data::of(Type::Uint32, log_seconds(to)),
                          Data::array({})});
}

Order read_of(std::uint16_t code, std::uint64_t counter, dlms::Obis instance, const Data& selection,
              Eui64 target = kEsme, Eui64 asker = kSupplier) {
  const dlms::Specification entry{Choice::GetSelected, 7, instance, 2, 1, selection};
  return {{code}, asker, target, counter, access(counter, {entry})};
}

/// ECS22b and its like: get protected attributes of a log by dates.
Bytes protected_log_read(std::uint64_t counter, std::uint8_t object, dlms::Obis instance, UtcTime from, UtcTime to) {
  const auto date = [](UtcTime time) { return Data::octets(dlms_date_time(time)); };
  const auto selection = Data::structure(
      {Data::of(Type::Uint16, 7), Data::octets(instance), Data::of(Type::Int8, 2), Data::of(Type::Uint16, 0),
       Data::structure({Data::of(Type::Enum, 1), Data::structure({date(from), date(to)})})});
  const auto argument =
      Data::structure({Data::array({selection}), dlms::protection_parameters({{counter}, kSupplier, kEsme})});
  return access(counter, {{Choice::Action, 30, {0, 0, 43, 2, object, 255}, 1, 0, {}}}, {argument});
}

std::vector<std::int64_t> column(const Data& log, std::size_t index) {
  std::vector<std::int64_t> out;
  for (const auto& entry : log.items) out.push_back(entry.items.at(index).number);
  return out;
}

TEST(LogBook, KeepsTheNewestEntriesAndGivesThemBackAsTheyWere) {
  Bytes book;
  for (std::uint8_t i = 1; i <= 5; ++i) {
    Bytes entry(400, 0);
    entry[0] = i;
    entry[300] = 7;
    append_entry(book, entry, 3);
  }
  EXPECT_EQ(count_entries(book), 3u);
  EXPECT_LT(book.size(), 40u);
  std::vector<int> first;
  each_entry(book, [&](ByteView entry) {
    ASSERT_EQ(entry.size(), 400u);
    EXPECT_EQ(entry[300], 7);
    first.push_back(entry[0]);
  });
  EXPECT_EQ(first, (std::vector<int>{3, 4, 5}));
}

TEST(LogBook, EndsAtBytesThatAreNoBook) {
  for (const auto* text : {"00", "0005aabb", "0001", "ffff00"}) EXPECT_EQ(count_entries(*from_hex(text)), 0u) << text;
  int entries = 0;
  each_entry(*from_hex("000100"), [&](ByteView entry) { entries += entry.empty() ? 1 : 2; });
  EXPECT_EQ(entries, 1) << "a run without its number";
}

TEST(DeviceLogs, EveryRowHasATimeInFrontAndKnownColumns) {
  for (const auto& row : log_rows()) {
    const auto columns = columns_of(row, true);
    ASSERT_FALSE(columns.empty());
    EXPECT_EQ(columns[0].source, "time");
    EXPECT_EQ(columns[0].type, Type::Uint32);
    for (const auto& c : columns) EXPECT_NE(c.type, Type::Null) << row.key().text() << " " << c.source;
    EXPECT_GT(row.capacity, 0u);
  }
}

TEST(ECS22b, ReadsTheHalfHoursOfADayAndTheyAddUpToWhatTheRegisterCounted) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const UtcTime midnight = test_time() + hours(15);
  device.pass(midnight);
  const auto before = device.state().registers.import_milli;
  const UtcTime now = midnight + days(1);
  device.pass(now);
  const Order order{{0x0037}, kSupplier, kEsme, 9, protected_log_read(9, 7, kProfile, midnight, now)};
  const auto response = answer(device.take(command(order), now));
  const auto read = read_access(response);
  ASSERT_EQ(read.results.at(0).code, 0);
  const auto log = open_block(response, dlms::protected_block(read.data.at(0))).items.at(0);
  ASSERT_EQ(log.type, Type::CompactArray);
  ASSERT_EQ(log.items.size(), 49u) << "both ends belong to the period";
  EXPECT_EQ(log_time(static_cast<std::uint32_t>(log.items.front().items[0].number)), midnight);
  EXPECT_EQ(log_time(static_cast<std::uint32_t>(log.items.back().items[0].number)), now);
  std::int64_t sum = 0;
  for (std::size_t i = 1; i < 49; ++i) sum += log.items[i].items[1].number;
  const auto counted = static_cast<std::int64_t>((device.state().registers.import_milli - before) / 1000);
  EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(counted), 48) << "but for the rounding of each half-hour";
  EXPECT_GT(sum, 1000);
}

TEST(ECS22b, ShowsNoUseWhileTheSwitchWasOpenAndNothingBeforeTheMeterWasThere) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto change = [&](std::uint16_t code, int script, UtcTime at) {
    const auto counter = static_cast<std::uint64_t>(script) + 100;
    const Order order{
        {code},
        kSupplier,
        kEsme,
        counter,
        access(counter, {{Choice::Action, 9, {0, 0, 10, 0, 106, 255}, 1, 0, {}}}, {Data::of(Type::Uint16, script)})};
    answer(device.take(command(order), at));
  };
  change(0x0050, 0x34, test_time() + hours(2));
  change(0x0051, 0x36, test_time() + hours(3));
  const UtcTime now = test_time() + hours(4);
  const Order order{{0x0037}, kSupplier, kEsme, 500, protected_log_read(500, 7, kProfile, test_time() - days(1), now)};
  const auto response = answer(device.take(command(order), now));
  const auto log = open_block(response, dlms::protected_block(read_access(response).data.at(0))).items.at(0);
  const auto use = column(log, 1);
  ASSERT_EQ(use.size(), 8u) << "half past nine to one";
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(use[i] == 0, i >= 4) << i;
}

TEST(ECS22b, RemembersTheGapsOverARestart) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto lost = test_time() + hours(1);
  device.pass(lost);
  device.supply_returns(lost, lost + hours(2), lost + hours(2));
  const auto state = read_state(write_state(device.state())).value();
  const LoadProfile profile(Fuel::Electricity, 1);
  const auto* row = find_log(DeviceType::ESME, 7, kProfile);
  const auto log =
      read_log(*row, false, state, &profile, test_time() + hours(4), {test_time(), test_time() + hours(4)});
  const auto use = column(log, 1);
  ASSERT_EQ(use.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(use[i] == 0, i >= 2 && i < 6) << i;
}

TEST(ECS22c, SelectsByTheClockColumnAlone) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const UtcTime now = test_time() + hours(10);
  const auto read = [&](std::uint64_t counter, const Data& selection) {
    return read_access(answer(device.take(command(read_of(0x0038, counter, kReactive, selection)), now)));
  };
  const auto good = read(1, range(test_time() + hours(1), test_time() + hours(2)));
  EXPECT_EQ(good.results.at(0).code, 0);
  EXPECT_EQ(good.data.at(0).items.size(), 3u);
  auto other = range(test_time(), now);
  other.items[0].items[1] = Data::octets(kProfile);
  EXPECT_EQ(read(2, other).results.at(0).code, 0x0C);
  EXPECT_EQ(read(3, Data::null()).results.at(0).code, 0x0C);
  const auto backwards = read(4, range(now, test_time()));
  EXPECT_EQ(backwards.results.at(0).code, 0);
  EXPECT_TRUE(backwards.data.at(0).items.empty());
}

TEST(ECS35a, TellsWhichCommandsWereCarriedOutAndWhichWereNot) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto at = test_time() + minutes(5);
  answer(device.take(command(read_of(0x0038, 1, kReactive, range(test_time(), at))), at));
  answer(device.take(command(read_of(0x0038, 2, kReactive, Data::null())), at));
  const auto log =
      read_access(answer(device.take(command(read_of(0x0048, 3, kEvents, range(test_time(), at))), at))).data.at(0);
  EXPECT_EQ(column(log, 1), (std::vector<std::int64_t>{0x8154, 0x8155}));
  EXPECT_EQ(to_hex(log.items.at(0).items.at(2).bytes), "0038");
}

TEST(ECS15a, EmptiesTheEventLogButNobodyEmptiesTheSecurityLog) {
  auto device = make_device(kEsme, DeviceType::ESME);
  answer(device.take(command(read_of(0x0038, 1, kReactive, Data::null())), test_time()));
  const auto clear = [&](std::uint64_t counter, dlms::Obis instance) {
    const Order order{{0x0024},
                      kSupplier,
                      kEsme,
                      counter,
                      access(counter, {{Choice::Action, 7, instance, 1, 0, {}}}, {Data::of(Type::Int8, 0)})};
    return read_access(answer(device.take(command(order), test_time()))).results.at(0).code;
  };
  EXPECT_EQ(clear(2, kEvents), 0);
  EXPECT_EQ(clear(3, kSecurity), 3);
  const auto read = [&](std::uint16_t code, std::uint64_t counter, dlms::Obis instance) {
    const auto order = read_of(code, counter, instance, range(test_time(), test_time()));
    return column(read_access(answer(device.take(command(order), test_time()))).data.at(0), 1);
  };
  EXPECT_EQ(read(0x0048, 4, kEvents), (std::vector<std::int64_t>{0x8154, 0x8155})) << "what came after";
  EXPECT_EQ(read(0x0049, 5, kSecurity), std::vector<std::int64_t>{0x8F52});
}

TEST(ECS35b, ShowsThatACommandFailedItsIntegrityCheck) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto message = build(read_of(0x0038, 1, kReactive, Data::null()));
  message.mac->at(0) ^= 1;
  EXPECT_FALSE(device.take(gbcs::write_message(message), test_time()).response);
  const auto order = read_of(0x0049, 2, kSecurity, range(test_time(), test_time()));
  const auto log = read_access(answer(device.take(command(order), test_time()))).data.at(0);
  EXPECT_EQ(column(log, 1), std::vector<std::int64_t>{0x8F1E});
}

}  // namespace
}  // namespace meterway::field::test
