#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/test_world.h"
#include "standard/gbcs/utrn.h"

/// What the devices make of the use cases they carry out, as whoever asked sees it.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Type;
using std::chrono::hours;

dlms::Specification entry(Choice choice, std::uint16_t class_id, dlms::Obis obis, std::uint8_t index) {
  return {choice, class_id, obis, index, 0, {}};
}
Data date_time(UtcTime time) { return Data::octets(dlms_date_time(time)); }
const Data kNow = Data::octets(*from_hex("0000000000000000008000ff"));
const Data kNever = Data::octets(*from_hex("ffffffffffffffffff8000ff"));

std::string token(Eui64 meter, std::uint64_t counter, std::uint16_t value, std::uint8_t value_class) {
  return gbcs::make_utrn({kSupplier, meter, {counter}}, value, value_class, keys_of(kSupplier).prepayment,
                         keys_of(meter).agreement.public_key())
      .value();
}
Order top_up(std::uint64_t counter, const std::string& digits) {
  return {{0x0007},
          kSupplier,
          kEsme,
          counter,
          access(counter, {entry(Choice::Action, 115, {0, 0, 19, 40, 0, 255}, 1)},
                 {Data::text(Type::OctetString, digits)})};
}
std::uint8_t result_of(Device& device, const Order& order) {
  return read_access(answer(device.take(command(order), test_time()))).results.at(0).code;
}

TEST(CS01a, AddsTheTokensCreditOnce) {
  auto device = make_device(kEsme, DeviceType::ESME);
  constexpr std::uint64_t kCounter = 3ull << 32;
  const auto order = top_up(kCounter, token(kEsme, kCounter, 10, 1));
  EXPECT_EQ(result_of(device, order), 0);
  EXPECT_EQ(device.state().registers.balance, 1'000'000) << "ten pounds in thousandths of a penny";
  EXPECT_EQ(result_of(device, order), 1) << "the same token again";
  EXPECT_EQ(device.state().registers.balance, 1'000'000);
}

TEST(CS01a, TakesTokensOutOfOrderInsideTheCache) {
  auto device = make_device(kEsme, DeviceType::ESME);
  for (const std::uint64_t high : {7u, 5u, 6u})
    EXPECT_EQ(result_of(device, top_up(high << 32, token(kEsme, high << 32, 250, 0))), 0);
  EXPECT_EQ(device.state().registers.balance, 750'000);
}

TEST(CS01a, RefusesTheTokenOfAnotherMeterOrCounter) {
  auto device = make_device(kEsme, DeviceType::ESME);
  constexpr std::uint64_t kCounter = 3ull << 32;
  EXPECT_EQ(result_of(device, top_up(kCounter, token(kGsme, kCounter, 10, 1))), 1);
  EXPECT_EQ(result_of(device, top_up(kCounter, token(kEsme, 4ull << 32, 10, 1))), 1);
  EXPECT_EQ(result_of(device, top_up(kCounter, "12345678901234567890")), 1);
  EXPECT_EQ(device.state().registers.balance, 0);
  EXPECT_EQ(result_of(device, top_up(kCounter, token(kEsme, kCounter, 10, 1))), 0)
      << "what was refused is not in the cache";
}

TEST(CS01a, RefusesMoreThanTheMeterMayTake) {
  auto device = make_device(kEsme, DeviceType::ESME);
  EXPECT_EQ(result_of(device, top_up(1ull << 32, token(kEsme, 1ull << 32, 8191, 1))), 1) << "8191 pounds at once";
  EXPECT_TRUE(device.state().tokens.counters().empty());
}

TEST(CS01a, NeedsACounterWhoseLowHalfIsZero) {
  auto device = make_device(kEsme, DeviceType::ESME);
  EXPECT_FALSE(device.take(command(top_up((3ull << 32) + 1, token(kEsme, 3ull << 32, 10, 1))), test_time()).response);
}

TEST(CS01a, DoesNotTouchTheExecutionCounter) {
  auto device = make_device(kEsme, DeviceType::ESME);
  result_of(device, top_up(3ull << 32, token(kEsme, 3ull << 32, 10, 1)));
  EXPECT_TRUE(device.state().replay.fresh(PartyRole::Supplier, {1000}));
}

TEST(CS01b, AnswersWithValueAndCreditRemaining) {
  auto device = make_device(kGsme, DeviceType::GSME);
  constexpr std::uint64_t kCounter = 6ull << 32;
  const std::string digits = token(kGsme, kCounter, 1250, 0);
  Bytes payload{0x00, 0x14};
  payload.insert(payload.end(), digits.begin(), digits.end());
  const Order order{{0x0097}, kSupplier, kGsme, kCounter, zcl(0x0705, 1, 4, payload)};
  const auto first = gbcs::gbz::read_frames(answer(device.take(command(order), test_time())).content)->components.at(0);
  EXPECT_EQ(first.command, 0x03);
  EXPECT_EQ(to_hex(first.payload), "00d012130000d0121300");
  const auto again = gbcs::gbz::read_frames(answer(device.take(command(order), test_time())).content)->components.at(0);
  EXPECT_EQ(to_hex(again.payload), "020000000000d0121300") << "duplicate, nothing added";
}

TEST(ECS82, ReadsTheMeterBalance) {
  auto device = make_device(kEsme, DeviceType::ESME);
  result_of(device, top_up(3ull << 32, token(kEsme, 3ull << 32, 250, 0)));
  const Order order{{0x0069}, kSupplier, kEsme, 1, access(1, {entry(Choice::Get, 112, {0, 0, 19, 10, 0, 255}, 2)})};
  EXPECT_EQ(read_access(answer(device.take(command(order), test_time()))).data.at(0), Data::of(Type::Int32, 250'000));
}

/// A tariff of two time-of-use registers: 2 by night, 3 from seven; prices 10 and 30 pence.
Order set_tariff(std::uint64_t counter, const Data& when) {
  const auto script = [](int hour, int selector) {
    return Data::structure({Data::octets(Bytes{static_cast<std::uint8_t>(hour), 0, 0, 0}),
                            Data::octets(*from_hex("00000a0064ff")), Data::of(Type::Uint16, selector)});
  };
  const auto price = [](int index, int value) {
    return Data::structure({Data::octets(Bytes{static_cast<std::uint8_t>(index)}), Data::of(Type::Int16, value)});
  };
  std::vector<Data> week{Data::octets(Bytes{1})};
  for (int i = 0; i < 7; ++i) week.push_back(Data::of(Type::Uint8, 1));
  const auto season = Data::structure({Data::text(Type::OctetString, "all"),
                                       Data::octets(*from_hex("ffff0101ff000000008000ff")), Data::octets(Bytes{1})});
  const auto day = Data::structure({Data::of(Type::Uint8, 1), Data::array({script(0, 2), script(7, 3)})});
  const auto prices = Data::structure(
      {Data::structure({Data::of(Type::Int8, 3), Data::of(Type::Int8, -5)}),
       Data::structure({Data::of(Type::Uint16, 3), Data::octets(*from_hex("0100010800ff")), Data::of(Type::Int8, 2)}),
       Data::array({price(2, 10'000), price(3, 30'000)})});
  constexpr dlms::Obis kCalendar{0, 0, 13, 0, 0, 255}, kPrices{0, 0, 19, 20, 0, 255};
  return {
      {0x0019},
      kSupplier,
      kEsme,
      counter,
      access(counter,
             {entry(Choice::Set, 20, kCalendar, 7), entry(Choice::Set, 20, kCalendar, 8),
              entry(Choice::Set, 20, kCalendar, 9), entry(Choice::Set, 113, kPrices, 6),
              entry(Choice::Set, 20, kCalendar, 10), entry(Choice::Set, 113, kPrices, 7)},
             {Data::array({season}), Data::array({Data::structure(week)}), Data::array({day}), prices, when, when})};
}

/// ECS24, the parts that the tariff above has set.
dlms::AccessResponse read_tariff_back(Device& device, std::uint64_t counter, UtcTime now) {
  constexpr dlms::Obis kCalendar{0, 0, 13, 0, 0, 255}, kPrices{0, 0, 19, 20, 0, 255};
  const Order order{{0x003A},
                    kSupplier,
                    kEsme,
                    counter,
                    access(counter, {entry(Choice::Get, 3, {0, 0, 94, 44, 1, 7}, 2),
                                     entry(Choice::Get, 20, kCalendar, 5), entry(Choice::Get, 113, kPrices, 5)})};
  return read_access(answer(device.take(command(order), now)));
}

TEST(ECS01a, SetsATariffThatIsReadBackAndMetered) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto done = read_access(answer(device.take(command(set_tariff(1, kNow)), test_time())));
  for (const auto& result : done.results) EXPECT_EQ(result, (dlms::AccessResult{Choice::Set, 0}));
  const auto read = read_tariff_back(device, 2, test_time());
  EXPECT_EQ(read.data.at(0).number, 30'000) << "nine in the morning";
  EXPECT_EQ(read.data.at(1).items.at(0).items.at(1).items.size(), 2u);
  EXPECT_EQ(read.data.at(2).items.at(2).items.at(0).items.at(1).number, 10'000);

  device.pass(test_time() + hours(24));
  const auto& r = device.state().registers;
  EXPECT_EQ(r.tariff_milli[0], 0u);
  EXPECT_GT(r.tariff_milli[1], 0u);
  EXPECT_GT(r.tariff_milli[2], r.tariff_milli[1]) << "more is used by day";
  EXPECT_EQ(r.tariff_milli[1] + r.tariff_milli[2], r.import_milli);
  const auto cost = (r.tariff_milli[1] * 10'000 + r.tariff_milli[2] * 30'000) / 1'000'000;
  EXPECT_EQ(r.balance, -static_cast<std::int64_t>(cost));
}

TEST(ECS01a, WaitsForItsDateAndThenSaysSoForEveryInstruction) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const UtcTime date = test_time() + hours(10);
  const auto accepted = device.take(command(set_tariff(77, date_time(date))), test_time());
  answer(accepted);
  EXPECT_TRUE(accepted.alerts.empty());
  EXPECT_EQ(read_tariff_back(device, 78, test_time()).data.at(0).number, 24'500) << "the old tariff is still on";
  EXPECT_TRUE(device.pass(date - hours(1)).empty());
  const auto alerts = device.pass(date + hours(1));
  ASSERT_EQ(alerts.size(), 2u);
  std::vector<std::string> details;
  for (const auto& bytes : alerts) {
    const auto alert = gbcs::read_message(bytes).value();
    EXPECT_EQ(alert.header.code, MessageCode{0x00CC});
    EXPECT_TRUE(gbcs::verify_signature(alert, keys_of(kEsme).signing.public_key()));
    const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body;
    EXPECT_EQ(body.items.at(0).number, 0x8F66);
    details.push_back(to_hex(body.items.at(2).bytes));
  }
  EXPECT_EQ(details, (std::vector<std::string>{"0019000000000000004d001400000d0000ff0a",
                                               "0019000000000000004d00710000131400ff07"}));
  EXPECT_EQ(read_tariff_back(device, 79, date + hours(1)).data.at(0).number, 30'000);
  // Metered by the old tariff until the very hour, though nobody looked then.
  const LoadProfile profile(Fuel::Electricity, 1);
  std::uint64_t before = 0;
  profile.integrate(test_time(), date, [&](UtcTime, std::uint64_t milli) { before += milli; });
  EXPECT_EQ(device.state().registers.tariff_milli[0], before);
}

TEST(ECS01a, IsCancelledByTheNeverDate) {
  auto device = make_device(kEsme, DeviceType::ESME);
  answer(device.take(command(set_tariff(1, date_time(test_time() + hours(10)))), test_time()));
  EXPECT_EQ(device.state().pending.size(), 2u);
  answer(device.take(command(set_tariff(2, kNever)), test_time()));
  EXPECT_TRUE(device.state().pending.empty());
  EXPECT_TRUE(device.pass(test_time() + hours(11)).empty());
  EXPECT_EQ(read_tariff_back(device, 3, test_time() + hours(11)).data.at(0).number, 24'500);
}

TEST(GCS13a, EncryptsTheGasReadingForTheUser) {
  auto device = make_device(kGsme, DeviceType::GSME);
  const Order order{{0x0074}, kSupplier, kGsme, 9, zcl(0x0702, 0, 0, *from_hex("0203010300030000"))};
  const auto response = answer(device.take(command(order), test_time() + hours(48)));
  EXPECT_EQ(response.header.date_time->back(), 0x00) << "the meter's clock is reliable";
  const auto component = gbcs::gbz::read_frames(response.content)->components.at(0);
  EXPECT_EQ(component.encrypted_counter, std::optional<std::uint8_t>(0));
  EXPECT_EQ(component.frame_control, 0x18);
  const auto key =
      gbcs::encryption_key(response.header, keys_of(kSupplier).agreement, keys_of(kGsme).agreement.public_key());
  const auto plain = gbcs::decrypt_attribute(*key, kGsme, component.payload).value();
  // divisor 1000, multiplier 1, cubic metres, and litres in six bytes
  EXPECT_EQ(to_hex(ByteView(plain).first(23)),
            "02030022e80300"
            "01030022010000"
            "0003003001"
            "00000025");
  std::uint64_t litres = 0;
  for (int i = 0; i < 6; ++i) litres |= static_cast<std::uint64_t>(plain.at(23 + static_cast<std::size_t>(i))) << 8 * i;
  EXPECT_EQ(litres, device.state().registers.import_milli / 1000);
  EXPECT_GT(litres, 1'000u);
}

TEST(GCS13a, MarksTheProxysReadingAsTheMetersTime) {
  auto device = make_device(kGpf, DeviceType::GPF), meter = make_device(kGsme, DeviceType::GSME);
  Order order{{0x0074}, kSupplier, kGpf, 9, zcl(0x0702, 0, 0, {0x00, 0x00})};
  const auto now = test_time() + hours(2);
  EXPECT_EQ(answer(device.take(command(order), now)).header.date_time->back(), 0x00) << "it has not heard of one yet";
  meter.pass(test_time() + hours(1));
  device.mirror(meter);
  order.counter = 10;
  EXPECT_EQ(answer(device.take(command(order), now)).header.date_time, dlms_date_time(test_time() + hours(1), 0x04));
}

TEST(GCS60, ReadsBillAndBalanceAndSaysWhichAttributeItHasNot) {
  auto device = make_device(kGsme, DeviceType::GSME);
  const Order order{{0x008D}, kSupplier, kGsme, 9, zcl(0x0705, 0, 0, *from_hex("0100ffee"))};
  const auto component =
      gbcs::gbz::read_frames(answer(device.take(command(order), test_time())).content)->components.at(0);
  EXPECT_EQ(to_hex(component.payload),
            "0100002b00000000"
            "ffee86");
}

TEST(GCS33AndGCS32, ShutTheValveAndReadIt) {
  auto device = make_device(kGsme, DeviceType::GSME);
  const auto supply = [&](std::uint64_t counter) {
    const Order order{{0x0082}, kSupplier, kGsme, counter, zcl(0x0702, 0, 0, {0x14, 0x00})};
    return gbcs::gbz::read_frames(answer(device.take(command(order), test_time())).content)
        ->components.at(0)
        .payload.at(4);
  };
  EXPECT_EQ(supply(1), 2);
  const Order shut{
      {0x0081}, kSupplier, kGsme, 2, zcl(0x0702, 1, 0x0B, *from_hex("00000000804a371c00000000000000000001"))};
  const auto component =
      gbcs::gbz::read_frames(answer(device.take(command(shut), test_time())).content)->components.at(0);
  EXPECT_EQ(component.command, 0x0C);
  EXPECT_EQ(to_hex(component.payload), "00000000804a371c0000000000");
  EXPECT_EQ(supply(3), 0);
}

TEST(GCS, RefusesACommandItDoesNotCarryOutWithADefaultResponse) {
  auto device = make_device(kGsme, DeviceType::GSME);
  const Order order{{0x0088}, kSupplier, kGsme, 9, zcl(0x0708, 9, 0x7F, {1, 2, 3})};
  const auto component =
      gbcs::gbz::read_frames(answer(device.take(command(order), test_time())).content)->components.at(0);
  EXPECT_EQ(component.command, 0x0B);
  EXPECT_EQ(component.frame_control, 0x00) << "it goes the other way";
  EXPECT_EQ(to_hex(component.payload), "7f81");
}

TEST(GCS28, SetsTheClockOnlyInsideTheInterval) {
  auto device = make_device(kGsme, DeviceType::GSME);
  using gbcs::asn1::Node;
  const auto set = [&](std::uint64_t counter, UtcTime from, UtcTime to) {
    const Order order{{0x007F},
                      kSupplier,
                      kGsme,
                      counter,
                      gbcs::asn1::write(Node::sequence({generalized_time(from), generalized_time(to)}))};
    return to_hex(answer(device.take(command(order), test_time())).content);
  };
  const std::string now = "3014180f32303236303131323039303030305a0201";
  EXPECT_EQ(set(1, test_time() - hours(2), test_time() - hours(1)), now + "02");
  EXPECT_EQ(device.state().time_status, TimeStatus::Unreliable);
  EXPECT_EQ(set(2, test_time() - hours(1), test_time() + hours(1)), now + "00");
}

TEST(ECS70, SetsTheClockAndReportsIt) {
  auto device = make_device(kEsme, DeviceType::ESME);
  constexpr dlms::Obis kClock{0, 0, 1, 0, 0, 255};
  const auto interval = Data::structure({kNever, date_time(test_time() - hours(1)), date_time(test_time() + hours(1))});
  const Order order{
      {0x0062},
      kSupplier,
      kEsme,
      5,
      access(5,
             {entry(Choice::Set, 8, kClock, 9), entry(Choice::Action, 8, kClock, 5),
              entry(Choice::Action, 8, kClock, 4), entry(Choice::Get, 8, kClock, 2), entry(Choice::Get, 8, kClock, 4)},
             {Data::of(Type::Enum, 5), interval, Data::of(Type::Int8, 0), {}, {}})};
  const auto response = read_access(answer(device.take(command(order), test_time())));
  for (const auto& result : response.results) EXPECT_EQ(result.code, 0);
  EXPECT_EQ(response.data.at(3), date_time(test_time()));
  EXPECT_EQ(response.data.at(4).number, 0);
}

TEST(ECS42To44, CloseOpenAndArmTheLoadSwitch) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto run = [&](std::uint16_t code, std::uint64_t counter, int script) {
    const Order order{
        {code},
        kSupplier,
        kEsme,
        counter,
        access(counter, {entry(Choice::Action, 9, {0, 0, 10, 0, 106, 255}, 1)}, {Data::of(Type::Uint16, script)})};
    return read_access(answer(device.take(command(order), test_time()))).results.at(0).code;
  };
  EXPECT_EQ(run(0x0051, 1, 0x36), 0xFA) << "it is on";
  EXPECT_EQ(run(0x0050, 2, 0x34), 0);
  EXPECT_EQ(run(0x0051, 3, 0x36), 0);
  EXPECT_EQ(device.state().supply, Supply::Armed);
  EXPECT_EQ(run(0x004F, 4, 0x33), 0);
  EXPECT_EQ(device.state().supply, Supply::On);
}

TEST(CS02a, TellsWhoSitsInTheCells) {
  auto device = make_device(kChf, DeviceType::CHF);
  // SEQ{ authorising cell, SEQ OF role }: broker and, in vain, supplier
  const auto request = *from_hex(
      "30113007020104030203"
      "08"
      "3006020104020102");
  const auto response = device.take(command({{0x0008}, kBroker, kChf, 12, request}), test_time());
  ASSERT_TRUE(response.response);
  const auto content = gbcs::asn1::read(gbcs::read_message(*response.response)->content).value();
  ASSERT_EQ(content.items.size(), 2u);
  EXPECT_EQ(gbcs::asn1::integer_value(content.items[0].items[1]).value(), 0u);
  EXPECT_EQ(gbcs::asn1::integer_value(content.items[0].items[2]).value(), 12u) << "the command's own counter";
  EXPECT_EQ(content.items[0].items[3].items.size(), 2u);
  EXPECT_EQ(gbcs::asn1::integer_value(content.items[1].items[1]).value(), 0x19u) << "trust anchor not found";
}

}  // namespace
}  // namespace meterway::field::test
