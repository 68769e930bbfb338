#include "flow/correlate/log_report.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "base/util/hex.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::asn1::Node;
using gbcs::dlms::Data;

const Eui64 kOldHub(0x00db1234567890a2), kOldProxy(0x00db1234567890a3), kLoggedMeter(0x00db1234567890a0),
    kLoggedDisplay(0x00db1234567890a9);

gbcs::Message hub_report(std::uint64_t counter, const std::vector<Eui64>& devices) {
  std::vector<Data> entries;
  for (const auto eui : devices)
    entries.push_back(Data::structure({Data::octets(eui.wire()), Data::octets(Bytes(16, 7))}));
  gbcs::Message alert;
  alert.header.originator = kOldHub;
  alert.header.counter = {counter};
  alert.content = gbcs::dlms::write_apdu(gbcs::dlms::DataNotification{
      0, Data::structure({Data::of(gbcs::dlms::Type::Uint16, 0x8F12), Data::octets(Bytes(12)),
                          Data::structure({Data::octets(Bytes(12)), Data::octets(from_hex("0000000000000140").value()),
                                           Data::array(std::move(entries))})})});
  return alert;
}

gbcs::Message proxy_report() {
  const auto entry = Node::sequence({Node::of(0x04, kLoggedMeter.wire()), Node::integer(5)});
  gbcs::Message alert;
  alert.header.originator = kOldProxy;
  alert.header.counter = {9};
  alert.content = gbcs::asn1::write(
      Node::sequence({Node::integer(0x8071), Node::of(0x18, Bytes(15, '0')), Node::sequence({entry})}));
  return alert;
}

TEST(LogBackup, OfAHubNamesItsNetworkAndHasAHashForEachDevice) {
  const auto log = read_log_report(hub_report(3, {kLoggedMeter, kLoggedDisplay})).value();
  EXPECT_EQ(log.network.back(), 0x40);
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_EQ(log.entries[1].device, kLoggedDisplay);
  EXPECT_EQ(log.entries[1].link_key_hash, Bytes(16, 7));
  EXPECT_EQ(log.counter.value, 3u);
}

TEST(LogBackup, OfAGasProxyNamesTheKindOfEachDevice) {
  const auto log = read_log_report(proxy_report()).value();
  EXPECT_TRUE(log.network.empty());
  ASSERT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(log.entries[0].device, kLoggedMeter);
  EXPECT_EQ(log.entries[0].type, 5);
}

TEST(LogBackup, OfAnotherFormIsNoBackup) {
  for (auto alert : {hub_report(1, {kLoggedMeter}), proxy_report()}) {
    while (!alert.content.empty()) {
      alert.content.pop_back();
      EXPECT_FALSE(read_log_report(alert)) << alert.content.size();
      EXPECT_FALSE(keep_log_report(alert, {0x8F12}));
    }
  }
  EXPECT_FALSE(keep_log_report(hub_report(1, {}), {0x8F35})) << "not an alert on a log";
}

TEST(LogBackup, TheLatestIsKeptWhicheverComesLast) {
  const auto folder = std::filesystem::temp_directory_path() / ("meterway_log_report_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    const auto store = store::open_sqlite((folder / "store.db").string()).value();
    const auto kept = [&](Eui64 owner) {
      std::optional<registry::LogBackup> log;
      EXPECT_TRUE(store->read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(log, registry::find_log_backup(view, owner));
        return {};
      }));
      return log;
    };
    EXPECT_FALSE(kept(kOldHub));
    for (const auto& [alert, code] :
         {std::pair{hub_report(5, {kLoggedMeter}), 0x8F12}, std::pair{hub_report(6, {kLoggedDisplay}), 0x8F12},
          std::pair{hub_report(4, {}), 0x8F12}, std::pair{proxy_report(), 0x8071}}) {
      ASSERT_TRUE(store->write(keep_log_report(alert, {static_cast<std::uint16_t>(code)})));
    }
    ASSERT_TRUE(kept(kOldHub));
    EXPECT_EQ(kept(kOldHub)->entries, (std::vector<registry::LogBackupEntry>{{kLoggedDisplay, Bytes(16, 7), 0}}));
    EXPECT_EQ(kept(kOldHub)->network.size(), 8u);
    EXPECT_EQ(kept(kOldProxy)->entries[0].type, 5);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace meterway::flow::correlate
