#include "field/device/auxiliary.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/test_world.h"

/// Auxiliary loads: what schedule, supplier and load controller say together, and what is read of it.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Obis;
using dlms::Specification;
using dlms::Type;
using std::chrono::hours;
using std::chrono::minutes;

constexpr MessageCode kSetSchedule{0x0054}, kCommand{0x0055}, kReadSwitches{0x00BB}, kSetLevel{0x011E},
    kLimitLevel{0x011F}, kReadLevels{0x011D};
constexpr Obis kScripts{0, 0, 10, 0, 103, 255}, kLimitScripts{0, 0, 10, 0, 107, 255};
constexpr Obis kNextSchedule{0, 1, 12, 0, 2, 255}, kNextDays{0, 1, 11, 0, 3, 255};
constexpr Obis kScheduleTime{0, 0, 94, 44, 128, 26}, kDaysTime{0, 0, 94, 44, 128, 35};

Obis object(std::uint8_t d, std::uint8_t e) { return {0, 0, 94, 44, d, e}; }
Data u16(std::int64_t value) { return Data::of(Type::Uint16, value); }
Data at(UtcTime time) { return Data::octets(dlms_date_time(time)); }
const Data kNow = Data::octets(*from_hex("0000000000000000008000ff"));

Data bits(std::uint8_t byte, std::uint32_t count) {
  Data data;
  data.type = Type::BitString;
  data.bytes = {byte};
  data.bits = count;
  return data;
}

Data entry(int index, int script, std::uint8_t hour, std::uint8_t weekdays, std::uint8_t special_days,
           const char* first = "ffffffffff", const char* last = "ffffffffff") {
  return Data::structure({u16(index), Data::of(Type::Boolean, 0xFF), Data::octets(*from_hex("00000a0067ff")),
                          u16(script), Data::octets(Bytes{hour, 0, 0, 0}), u16(0xFFFF), bits(weekdays, 7),
                          bits(special_days, 8), Data::octets(*from_hex(first)), Data::octets(*from_hex(last))});
}

/// A meter, asked in turn.
struct Asking {
  explicit Asking(Device made = make_device(kEsme, DeviceType::ESME)) : device(std::move(made)) {}
  Device device;
  std::uint64_t counter = 1000;
  std::vector<Bytes> alerts{};

  dlms::AccessResponse operator()(MessageCode code, std::vector<Specification> what, std::vector<Data> data,
                                  UtcTime when, Eui64 who = kSupplier) {
    ++counter;
    auto outcome =
        device.take(command({code, who, kEsme, counter, access(counter, std::move(what), std::move(data))}), when);
    alerts = outcome.alerts;
    return read_access(answer(outcome));
  }
  std::uint8_t run(MessageCode code, std::vector<std::pair<Obis, Data>> settings, Obis scripts, int script,
                   UtcTime when, Eui64 who = kSupplier) {
    std::vector<Specification> what;
    std::vector<Data> data;
    for (auto& [obis, value] : settings) {
      what.push_back({Choice::Set, 1, obis, 2, 0, {}});
      data.push_back(std::move(value));
    }
    what.push_back({Choice::Action, 9, scripts, 1, 0, {}});
    data.push_back(u16(script));
    return (*this)(code, std::move(what), std::move(data), when, who).results.back().code;
  }
  bool is_on(std::uint8_t n, UtcTime when) {
    return (*this)(kReadSwitches, {{Choice::Get, 70, {0, n, 96, 3, 10, 255}, 2, 0, {}}}, {}, when).data.at(0).number !=
           0;
  }
  std::string levels(std::uint8_t n, UtcTime when) {
    const auto data = (*this)(kReadLevels, {{Choice::Get, 1, object(0, 30 + n), 2, 0, {}}}, {}, when).data.at(0);
    return std::string(data.bytes.begin(), data.bytes.end());
  }
  std::vector<std::uint8_t> set_schedule(std::vector<Data> entries, std::vector<Data> special_days = {}) {
    std::vector<std::uint8_t> codes;
    for (const auto& result :
         (*this)(kSetSchedule,
                 {{Choice::Set, 11, kNextDays, 2, 0, {}},
                  {Choice::Set, 10, kNextSchedule, 2, 0, {}},
                  {Choice::Set, 9000, kScheduleTime, 6, 0, {}},
                  {Choice::Set, 9000, kDaysTime, 6, 0, {}}},
                 {Data::array(std::move(special_days)), Data::array(std::move(entries)), kNow, kNow}, test_time())
             .results)
      codes.push_back(result.code);
    return codes;
  }
};

gbcs::Message alert_of(const Bytes& bytes) { return gbcs::read_message(bytes).value(); }
std::vector<Data> body_of(const gbcs::Message& alert) {
  return std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body.items;
}

TEST(LoadSchedule, SwitchesAtItsTimes) {
  Asking ask;  // Monday, nine in the morning
  EXPECT_EQ(ask.set_schedule({entry(1, 0x0101, 12, 0xFE, 0), entry(2, 0x0102, 20, 0xFE, 0)}),
            std::vector<std::uint8_t>(4, 0));
  EXPECT_FALSE(ask.is_on(1, test_time()));
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(3))) << "noon";
  EXPECT_FALSE(ask.is_on(2, test_time() + hours(3)));
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(10)));
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(11))) << "eight in the evening";
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(7 * 24 + 5))) << "a week later, with nobody looking meanwhile";
}

TEST(LoadSchedule, IsReadAsItWasSet) {
  Asking ask;
  const auto one = entry(1, 0x0101, 12, 0xFE, 0x80);
  const auto day = Data::structure({u16(1), Data::octets(*from_hex("ffff0c19ff")), Data::of(Type::Uint8, 1)});
  ask.set_schedule({one}, {day});
  const auto read =
      ask(kReadSwitches,
          {{Choice::Get, 10, {0, 0, 12, 0, 2, 255}, 2, 0, {}}, {Choice::Get, 11, {0, 0, 11, 0, 3, 255}, 2, 0, {}}}, {},
          test_time());
  EXPECT_EQ(read.data, (std::vector<Data>{Data::array({one}), Data::array({day})}));
}

TEST(LoadSchedule, KeepsToItsDaysOfTheWeek) {
  Asking ask;
  ask.set_schedule({entry(1, 0x0101, 12, 0x40, 0)});  // Tuesdays
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(4)));
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(28)));
}

TEST(LoadSchedule, GivesASpecialDayToTheEntriesThatNameIt) {
  Asking ask;
  const auto day = Data::structure({u16(1), Data::octets(*from_hex("07ea010cff")), Data::of(Type::Uint8, 1)});  // today
  ask.set_schedule({entry(1, 0x0101, 12, 0xFE, 0), entry(2, 0x0201, 12, 0, 0x80)}, {day});
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(4)));
  EXPECT_TRUE(ask.is_on(2, test_time() + hours(4)));
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(28)));
}

TEST(LoadSchedule, OfASeasonEndsWithIt) {
  Asking ask;
  ask.set_schedule({entry(1, 0x0101, 12, 0xFE, 0, "ffff010dff", "ffff010eff"),  // 13 and 14 January
                    entry(2, 0x0102, 20, 0xFE, 0)});
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(4))) << "the 12th";
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(28)));
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(4 + 72))) << "the 15th";
}

TEST(LoadSchedule, ThatMakesNoSenseIsRefusedAndTheOldOneStays) {
  Asking ask;
  ask.set_schedule({entry(1, 0x0101, 12, 0xFE, 0)});
  EXPECT_NE(ask.set_schedule({entry(1, 0x0101, 24, 0xFE, 0)}).at(1), 0) << "no such hour";
  EXPECT_NE(ask.set_schedule({entry(1, 0x0601, 12, 0xFE, 0)}).at(1), 0) << "there are five controllers";
  EXPECT_NE(ask.set_schedule({entry(1, 0x0111, 12, 0xFE, 0)}).at(1), 0) << "a command, not a switch of a schedule";
  EXPECT_NE(ask.set_schedule({Data::structure({u16(1)})}).at(1), 0);
  EXPECT_NE(ask.set_schedule(std::vector<Data>(kMostSwitches + 1, entry(1, 0x0101, 12, 0xFE, 0))).at(1), 0);
  EXPECT_TRUE(ask.is_on(1, test_time() + hours(4)));
}

TEST(Auxiliaries, OfAnSapcAreCommandedAndReadLikeThoseOfAMeter) {
  constexpr Eui64 kSapc{0x00DB1234567890A6};
  auto device = make_device(kSapc, DeviceType::SAPC);
  const Bytes level = access(7,
                             {{Choice::Set, 1, object(117, 1), 2, 0, {}},
                              {Choice::Set, 1, object(117, 2), 2, 0, {}},
                              {Choice::Action, 9, kScripts, 1, 0, {}}},
                             {at(test_time()), at(test_time() + hours(1)), u16(0x1132)});
  const auto done = read_access(answer(device.take(command({kSetLevel, kSupplier, kSapc, 7, level}), test_time())));
  for (const auto& result : done.results) EXPECT_EQ(result.code, 0);
  const Bytes read = access(8, {{Choice::Get, 1, object(0, 31), 2, 0, {}}});
  const auto text =
      read_access(answer(device.take(command({kReadLevels, kSupplier, kSapc, 8, read}), test_time()))).data.at(0).bytes;
  EXPECT_EQ(std::string(text.begin(), text.end()), R"({"outputState": 50, "inputState": 0})");
}

TEST(LoadCommand, HoldsForItsMinutesAndThenTheScheduleCounts) {
  Asking ask;
  EXPECT_EQ(ask.run(kCommand, {{object(118, 1), u16(30)}}, kScripts, 0x0211, test_time()), 0);
  EXPECT_TRUE(ask.is_on(2, test_time() + minutes(29)));
  EXPECT_FALSE(ask.is_on(2, test_time() + minutes(30)));
  ask.set_schedule({entry(1, 0x0301, 12, 0xFE, 0)});
  EXPECT_TRUE(ask.is_on(3, test_time() + hours(4)));
  EXPECT_EQ(ask.run(kCommand, {{object(119, 2), u16(60)}}, kScripts, 0x0312, test_time() + hours(4)), 0);
  EXPECT_FALSE(ask.is_on(3, test_time() + hours(4)));
  EXPECT_TRUE(ask.is_on(3, test_time() + hours(5)));
}

TEST(LoadCommand, EndsWithAReset) {
  Asking ask;
  ask.run(kCommand, {{object(121, 1), u16(600)}}, kScripts, 0x0511, test_time());
  EXPECT_TRUE(ask.is_on(5, test_time() + minutes(1)));
  EXPECT_EQ(ask.run(kCommand, {}, kScripts, 0x0520, test_time() + minutes(2)), 0);
  EXPECT_FALSE(ask.is_on(5, test_time() + minutes(2)));
}

TEST(LoadCommand, OfNoControllerOrWithoutItsTimeIsRefused) {
  Asking ask;
  EXPECT_NE(ask.run(kCommand, {}, kScripts, 0x0620, test_time()), 0) << "there are five";
  EXPECT_NE(ask.run(kCommand, {}, kScripts, 0x0111, test_time()), 0) << "how long was not said";
  EXPECT_NE(ask.run(kSetLevel, {{object(117, 1), at(test_time() - hours(2))}, {object(117, 2), at(test_time())}},
                    kScripts, 0x1132, test_time()),
            0)
      << "it is over";
  EXPECT_NE(ask.run(kSetLevel, {{object(117, 1), at(test_time())}, {object(117, 2), at(test_time() + hours(1))}},
                    kScripts, 0x1165, test_time()),
            0)
      << "101 per cent";
  EXPECT_EQ(ask.device.state().auxiliaries.controllers, Auxiliaries().controllers);
}

TEST(LoadLevel, HoldsFromItsStartToItsEnd) {
  Asking ask;
  const std::vector<std::pair<Obis, Data>> hour{{object(117, 1), at(test_time() + hours(1))},
                                                {object(117, 2), at(test_time() + hours(2))}};
  EXPECT_EQ(ask.run(kSetLevel, hour, kScripts, 0x1132, test_time()), 0);
  EXPECT_EQ(ask.levels(1, test_time()), R"({"outputState": 0, "inputState": 0})");
  EXPECT_EQ(ask.levels(1, test_time() + hours(1)), R"({"outputState": 50, "inputState": 0})");
  EXPECT_FALSE(ask.is_on(1, test_time() + hours(1))) << "a switch is on at 100 alone";
  EXPECT_EQ(ask.levels(1, test_time() + hours(2)), R"({"outputState": 0, "inputState": 0})");
}

TEST(LoadLimit, CapsWhatTheSupplierAsksForAndTellsThatItBeganAndEnded) {
  Asking ask;
  const UtcTime end = test_time() + hours(2);
  ask.run(kSetLevel, {{object(117, 1), at(test_time())}, {object(117, 2), at(test_time() + hours(5))}}, kScripts,
          0x2164, test_time());
  EXPECT_EQ(ask.run(kLimitLevel, {{object(117, 3), at(test_time())}, {object(117, 4), at(end)}}, kLimitScripts, 0x2128,
                    test_time(), kLoadController),
            0);
  ASSERT_EQ(ask.alerts.size(), 1u);
  const auto processed = alert_of(ask.alerts.at(0));
  EXPECT_EQ(processed.header.code, MessageCode{0x0121});
  EXPECT_EQ(processed.header.target, kSupplier);
  EXPECT_TRUE(gbcs::verify_signature(processed, keys_of(kEsme).signing.public_key()));
  const auto body = body_of(processed);
  EXPECT_EQ(body.at(0).number, 0x8F86);
  EXPECT_EQ(std::vector<Data>(body.begin() + 2, body.end()),
            (std::vector<Data>{Data::of(Type::Uint8, 0x21), at(test_time()), at(end), Data::of(Type::Uint8, 40)}));
  EXPECT_EQ(ask.levels(1, test_time()), R"({"outputState": 0, "inputState": 40})");
  EXPECT_TRUE(ask.device.pass(end - minutes(1)).empty());
  const auto alerts = ask.device.pass(end);
  ASSERT_EQ(alerts.size(), 1u);
  const auto ended = body_of(alert_of(alerts.at(0)));
  EXPECT_EQ(ended.at(0).number, 0x8F87);
  EXPECT_EQ(ended.at(2).number, 0x21);
  EXPECT_EQ(ended.at(3).number, 100) << "what the supplier had asked for";
  EXPECT_TRUE(ask.device.pass(end + hours(1)).empty()) << "once";
}

TEST(LoadLimit, IsForALoadControllerAlone) {
  Asking ask;
  const Bytes content = access(7, {{Choice::Action, 9, kLimitScripts, 1, 0, {}}}, {u16(0x1128)});
  EXPECT_FALSE(ask.device.take(command({kLimitLevel, kSupplier, kEsme, 7, content}), test_time()).response);
}

TEST(Proportional, ControllersTellOfANewLevelAndNameTheLoadController) {
  Asking ask;
  ask(kSetSchedule, {{Choice::Set, 1, object(0, 22), 2, 0, {}}}, {Data::octets(Bytes{0xFF})}, test_time());
  ask.run(kSetLevel, {{object(118, 1), at(test_time())}, {object(118, 2), at(test_time() + hours(1))}}, kScripts,
          0x124B, test_time());
  ASSERT_EQ(ask.alerts.size(), 1u);
  const auto update = alert_of(ask.alerts.at(0));
  EXPECT_EQ(update.header.code, MessageCode{0x0123});
  EXPECT_EQ(update.header.supplementary_party, kLoadController);
  const auto text = body_of(update).at(2).bytes;
  EXPECT_EQ(std::string(text.begin(), text.end()), R"({"outputState":"75","inputState":"0","other-data":""})");
  EXPECT_TRUE(ask.is_on(2, test_time()));
  EXPECT_EQ(ask.device.pass(test_time() + hours(1)).size(), 1u);
}

TEST(Auxiliaries, AreTheSameAfterARestart) {
  Asking ask;
  ask.run(kCommand, {{object(118, 1), u16(30)}}, kScripts, 0x0211, test_time());
  ask.run(kLimitLevel, {{object(117, 3), at(test_time())}, {object(117, 4), at(test_time() + hours(1))}}, kLimitScripts,
          0x2128, test_time(), kLoadController);
  const auto& loads = ask.device.state().auxiliaries;
  EXPECT_NE(loads, Auxiliaries());
  EXPECT_EQ(read_state(write_state(ask.device.state()))->auxiliaries, loads);
  EXPECT_EQ(loads.next_change(test_time()), test_time() + minutes(30));
}

TEST(LoadScripts, AreReadAsTheReferenceMessagesHaveThem) {
  const auto on = read_load_script(273);
  EXPECT_EQ(on->controller, 0u);
  EXPECT_EQ(on->kind, LoadScript::Kind::For);
  EXPECT_EQ(on->level, 100);
  EXPECT_EQ(read_load_script(1312)->kind, LoadScript::Kind::Reset);
  EXPECT_EQ(read_load_script(1312)->controller, 4u);
  EXPECT_EQ(read_load_script(9010)->side, LoadSide::Input);
  EXPECT_EQ(read_load_script(9010)->level, 50);
  EXPECT_EQ(read_load_script(4580)->kind, LoadScript::Kind::Scheduled);
  EXPECT_EQ(read_load_script(4580)->level, 100);
  for (const int wrong : {0, 0x0011, 0x0611, 0x0113, 0x3132, 0x1165, 0xFFFF}) EXPECT_FALSE(read_load_script(wrong));
}

}  // namespace
}  // namespace meterway::field::test
