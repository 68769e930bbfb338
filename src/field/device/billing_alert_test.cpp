#include "field/device/billing_alert.h"

#include "field/device/gas_test_world.h"
#include "field/device/logs.h"

namespace meterway::field::test {
namespace {

using dlms::Data;
using std::chrono::days;
using std::chrono::hours;

constexpr const char* kCalendar = "22/0-0:15.0.0.255/4";

/// A credit meter whose bills are due at one in the morning of each day, as 6.8 sets it.
Device billed_daily() {
  DeviceState state;
  state.commissioned = state.registers.read_at = test_time();
  state.stored[kCalendar] = dlms::write_data(
      Data::array({Data::structure({Data::octets(*from_hex("01000000")), Data::octets(*from_hex("ffffffffff"))})}));
  const Keys& keys = keys_of(kEsme);
  return Device({kEsme, DeviceType::ESME, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::ESME),
                LoadProfile(Fuel::Electricity, 1), std::move(state));
}

/// Time and import of the one entry that the alert carries, as its addressee reads them.
std::pair<std::int64_t, std::int64_t> entry_of(const Bytes& bytes) {
  const auto message = gbcs::read_message(bytes).value();
  EXPECT_EQ(message.header.code, MessageCode{0x0061});
  EXPECT_EQ(message.header.target, kSupplier);
  EXPECT_TRUE(gbcs::verify_signature(message, keys_of(kEsme).signing.public_key()));
  const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
  EXPECT_EQ(body.items.at(0).number, kBillingDataLogUpdated);
  const auto readings = open_block(message, body.items.at(3).bytes);
  const auto& entry = readings.items.at(0).items.at(0);
  return {entry.items.at(0).number, entry.items.at(1).number};
}

TEST(BillingAlert, GoesOutWhenAPeriodEndsByItselfWithWhatWasReadThen) {
  auto meter = billed_daily();
  const auto one = from_iso8601("2026-01-13T01:00:00Z").value();
  ASSERT_EQ(meter.notices_next(), one);
  EXPECT_TRUE(meter.pass(one - hours(1)).empty());
  const auto sent = meter.pass(one);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(entry_of(sent[0]), std::pair(std::int64_t{log_seconds(one)},
                                         static_cast<std::int64_t>(meter.state().registers.import_milli / 1000)));
  EXPECT_EQ(meter.notices_next(), one + days(1));
}

TEST(BillingAlert, OfAPeriodThatEndedEarlierCarriesTheReadingsOfThen) {
  auto asked = billed_daily(), late = billed_daily();
  const auto one = from_iso8601("2026-01-13T01:00:00Z").value();
  const auto first = asked.pass(one), second = asked.pass(one + days(1));
  const auto both = late.pass(one + days(1) + hours(7));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(entry_of(both[0]), entry_of(first.at(0)));
  EXPECT_EQ(entry_of(both[1]), entry_of(second.at(0)));
  EXPECT_LT(entry_of(both[0]).second, entry_of(both[1]).second);
}

TEST(BillingAlert, IsNotSentByAMeterWithTheCalendarItWasDeliveredWith) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  EXPECT_FALSE(meter.notices_next());
  EXPECT_TRUE(meter.pass(test_time() + days(60)).empty());
  EXPECT_FALSE(make_device(kGsme, DeviceType::GSME).notices_next());
}

TEST(BillingAlert, OfAGasMeterIsASnapshotOfThePeriodsEnd) {
  GasMeter meter;
  const auto start = test_time() + days(1);
  meter.statuses(
      0x00D8, {part(0x0700, 9, 9, wire::Writer().u32_le(0).u32_le(1).u32_le(zigbee(start)).u24_le(1).u8(0x22).u8(0))},
      test_time());
  EXPECT_EQ(meter.device.notices_next(), start);
  EXPECT_EQ(meter.device.pass(start).size(), 1u);
  ASSERT_EQ(meter.device.notices_next(), start + days(7));
  const auto sent = meter.device.pass(start + days(7));
  ASSERT_EQ(sent.size(), 1u);
  const auto message = gbcs::read_message(sent[0]).value();
  EXPECT_EQ(message.header.target, kSupplier);
  const auto alert = gbz::read_alert(message.content, message.header.code).value();
  EXPECT_EQ(alert.code, kBillingDataLogUpdated);
  EXPECT_EQ(alert.time.utc(), start + days(7));
  ASSERT_EQ(alert.components.size(), 1u);
  EXPECT_EQ(alert.components[0].cluster, 0x0702);
  EXPECT_EQ(alert.components[0].command, 6) << "Publish Snapshot";
}

}  // namespace
}  // namespace meterway::field::test
