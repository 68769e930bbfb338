#include "field/sim/estate.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include "base/util/file.h"
#include "field/sim/estate_table.h"

namespace meterway::field {
namespace {

namespace fs = std::filesystem;

constexpr Eui64 kEsme{0x00DB1234567890A0};
constexpr Eui64 kChf{0x00DB1234567890A2};

class EstateTest : public ::testing::Test {
 protected:
  EstateTest() : folder_(fs::temp_directory_path() / ("meterway_estate_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "parties");
    fs::create_directories(folder_ / "public");
    // The parties' certificates as somebody else's key ceremony leaves them.
    SeededRandom random(1);
    std::vector<pki::DemoParty> parties;
    for (const auto& row : demo_anchors())
      parties.push_back({row.eui, row.role, "party", row.role == PartyRole::Supplier});
    auto made = pki::make_demo_pki(parties, {}, clock_, random).value();
    for (const auto& record : made.records) {
      EXPECT_TRUE(pki::write_key_files(folder_ / "parties", record, pki::WriteKeys::No));
    }
    EXPECT_TRUE(write_file(folder_ / "parties" / "root.pem", made.root.certificate.der));
    EXPECT_TRUE(copy_certificates(paths(), folder_ / "parties", demo_anchors()));
    EXPECT_TRUE(make_device_keys(paths(), demo_home(), made.issuing, folder_ / "public", clock_.now(), random));
    EXPECT_TRUE(found_estate(paths(), demo_home(), demo_anchors(), clock_.now()));
  }
  ~EstateTest() override { fs::remove_all(folder_); }
  EstatePaths paths() const { return {folder_ / "estate"}; }
  Result<std::unique_ptr<HomeStore>> open(Csp region = Csp::North) const {
    METERWAY_TRY(const auto plan, load_plan(paths(), {}));
    return open_homes(plan, region);
  }

  ManualClock clock_{from_iso8601("2026-03-01T00:00:00Z").value()};
  fs::path folder_;
};

TEST_F(EstateTest, IsReadableByItsOwnProcessAlone) {
  EXPECT_EQ(fs::status(paths().folder).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(paths().keys() / "00db1234567890a0-ds.key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(open());
  EXPECT_EQ(fs::status(paths().log(Csp::North)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(EstateTest, DevicesTrustTheRootThatTheEstateWasGivenAndAGasProxyMayBeDeliveredWithOthers) {
  auto rows = demo_anchors();
  rows.push_back({PartyRole::NetworkOperator, Eui64(0x90B3D51F30000002), DeviceType::GPF});
  ASSERT_TRUE(write_text_file(paths().anchors(), write_anchor_rows(rows)));
  auto homes = open().value();
  const auto home = homes->wake(kChf).value();
  const auto& meter = home->device(kEsme)->anchors();
  ASSERT_NE(meter.find(PartyRole::Root, pki::KeyUse::DigitalSignature), nullptr);
  EXPECT_EQ(meter.find(PartyRole::NetworkOperator, pki::KeyUse::DigitalSignature)->holder, Eui64(0x90B3D51F30020000));
  const auto& proxy = home->device(Eui64(0x00DB1234567890A3))->anchors();
  EXPECT_EQ(proxy.find(PartyRole::NetworkOperator, pki::KeyUse::DigitalSignature)->holder, Eui64(0x90B3D51F30000002));
}

TEST_F(EstateTest, PublishesCertificatesWithoutKeys) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "public")) {
    EXPECT_EQ(entry.path().extension(), ".pem");
    ++files;
  }
  EXPECT_EQ(files, 10) << "two certificates for each of five devices";
}

TEST_F(EstateTest, IsNotFoundedTwice) {
  EXPECT_EQ(found_estate(paths(), demo_home(), demo_anchors(), clock_.now()).error().code, ErrorCode::Conflict);
}

TEST_F(EstateTest, LoadsOneHomeWithItsCellsAndItsDeviceLog) {
  const auto store = open();
  ASSERT_TRUE(store) << describe(store.error());
  EXPECT_EQ((*store)->hubs(), std::vector<Eui64>{kChf});
  const auto woken = (*store)->wake(kChf);
  ASSERT_TRUE(woken) << describe(woken.error());
  const Home& home = **woken;
  EXPECT_EQ(home.device(kChf)->state().device_log.size(), 4u);
  const auto& anchors = home.device(kEsme)->anchors();
  EXPECT_NE(anchors.find(PartyRole::Supplier, pki::KeyUse::PrepaymentKeyAgreement), nullptr);
  EXPECT_NE(anchors.find(PartyRole::NetworkOperator, pki::KeyUse::KeyAgreement), nullptr);
  EXPECT_EQ(anchors.find(PartyRole::WanProvider, pki::KeyUse::DigitalSignature), nullptr) << "a meter has no such cell";
  EXPECT_NE(home.device(kChf)->anchors().find(PartyRole::WanProvider, pki::KeyUse::DigitalSignature), nullptr);
}

TEST_F(EstateTest, RemembersAcrossARestart) {
  const std::vector<Unacknowledged> outbox{{3, kChf, kEsme, {1, 2, 3}, {}},
                                           {4, kChf, kChf, {}, wire::LinkHubEvent{4, kChf.value()}}};
  std::uint64_t read = 0;
  clock_.advance(std::chrono::hours(5));
  {
    const auto store = open().value();
    const auto home = store->wake(kChf).value();
    home->deliver(77, kEsme, {0xDF, 0x00}, clock_.now());  // no message: an integrity alert uses up a counter
    home->pass(clock_.now() + std::chrono::seconds(1));
    home->lose_supply(clock_.now() + std::chrono::seconds(2));
    read = home->device(kEsme)->state().registers.import_milli;
    ASSERT_TRUE(store->keep({{home.get()}, {&outbox[0], &outbox[1]}, {}}));
  }
  const auto store = open().value();
  const auto home = store->wake(kChf).value();
  const auto& state = home->device(kEsme)->state();
  EXPECT_EQ(state.alert_counter, 1u);
  EXPECT_LE(state.registers.import_milli, read);
  EXPECT_GT(state.registers.read_at, clock_.now()) << "the meter read itself when the command came";
  EXPECT_EQ(home->memory().taken, (std::map<Eui64, std::deque<std::uint64_t>>{{kEsme, {77}}}));
  EXPECT_EQ(store->without_supply(), std::vector<Eui64>{kChf});
  ASSERT_EQ(store->due().size(), 1u) << "the hub is to report it";
  const auto kept = store->outbox();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].transaction, 3u);
  EXPECT_EQ(kept[0].message, outbox[0].message);
  EXPECT_EQ(kept[1].event, outbox[1].event);
  ASSERT_TRUE(store->keep({{}, {}, {3, 4}}));
  EXPECT_TRUE(open().value()->outbox().empty());
}

TEST_F(EstateTest, TakesOverTheFilesOfTheFirstRelease) {
  auto state = open().value()->wake(kChf).value()->device(kEsme)->state();
  fs::remove(paths().log(Csp::North));
  state.alert_counter = 41;
  ASSERT_TRUE(write_file(paths().state() / (kEsme.plain() + ".json"), write_state(state)));
  ASSERT_TRUE(write_text_file(paths().folder / "outbox.json",
                              R"([{"transaction":9,"hub":"00db1234567890a2","device":"00db1234567890a0",)"
                              R"("message":"0102"}])"));
  const auto store = open().value();
  EXPECT_EQ(store->wake(kChf).value()->device(kEsme)->state().alert_counter, 41u);
  ASSERT_EQ(store->outbox().size(), 1u);
  EXPECT_EQ(open().value()->outbox().size(), 1u) << "and not twice";
}

TEST_F(EstateTest, MakesManyHomesWhoseKeysFollowFromOneSeed) {
  const auto rows = many_homes(30, 5, {DeviceType::CHF, DeviceType::ESME});
  ASSERT_EQ(rows.size(), 60u);
  const EstatePaths many{folder_ / "many"};
  SeededRandom random(2);
  const auto made = pki::make_demo_pki({}, {}, clock_, random).value();
  std::map<Eui64, Bytes> published;
  ASSERT_TRUE(copy_certificates(many, folder_ / "parties", demo_anchors()));
  ASSERT_TRUE(make_derived_keys(
      many, rows, made.issuing,
      [&](const EstateRow& row, const pki::Certificate& signing, const pki::Certificate& agreement) -> Status {
        EXPECT_EQ(signing.owner(), row.device);
        const auto point = agreement.public_key.point();
        published[row.device].assign(point.begin(), point.end());
        return {};
      },
      clock_.now(), random));
  ASSERT_TRUE(found_estate(many, rows, demo_anchors(), clock_.now()));
  const auto plan = load_plan(many, {}).value();
  EXPECT_EQ(regions_of(*plan), (std::vector<Csp>{Csp::North, Csp::Central, Csp::South}));
  const auto south = open_homes(plan, Csp::South).value();
  ASSERT_EQ(south->hubs().size(), 10u);
  const auto home = south->wake(south->hubs().back()).value();
  home->each([&](const Device& device) {
    const auto point = device.identity().agreement.public_key().point();
    EXPECT_EQ(published.at(device.identity().eui), Bytes(point.begin(), point.end()));
  });
  EXPECT_FALSE(fs::exists(many.keys()));
  EXPECT_EQ(fs::status(many.key_seed()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(EstateTest, SaysWhenTheBrokersCertificateIsMissing) {
  fs::remove(paths().certificates() / "90b3d51f30000002-ka.pem");
  EXPECT_EQ(open().error().code, ErrorCode::UnknownKey);
}

TEST(EstateTable, ReadsWhatItWrites) {
  const auto rows = read_rows(write_rows(demo_home())).value();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[4].type, DeviceType::PPMID);
  EXPECT_EQ(rows[4].install_code, demo_home()[4].install_code);
  EXPECT_EQ(read_rows(write_rows(many_homes(2, 1, {DeviceType::CHF}))).value()[1].region, Csp::Central);
  auto of_one_type = demo_anchors();
  of_one_type.push_back({PartyRole::Supplier, Eui64(0x51), DeviceType::GPF});
  EXPECT_EQ(read_anchor_rows(write_anchor_rows(of_one_type)).value().back().type, DeviceType::GPF);
  const auto anchors = read_anchor_rows(write_anchor_rows(demo_anchors())).value();
  EXPECT_EQ(anchors.size(), demo_anchors().size());
}

TEST(EstateTable, NamesTheVariantOfAMeterWhereThereIsOne) {
  auto home = demo_home();
  home[0].variant = "BD";
  EXPECT_EQ(read_rows(write_rows(home)).value()[0].variant, "BD");
  EXPECT_EQ(read_rows(write_rows(home)).value()[1].variant, "");
  home[0].variant = "X";
  EXPECT_EQ(read_rows(write_rows(home)).error().code, ErrorCode::BadValue);
  home[0].variant = "";
  home[1].variant = "B";
  EXPECT_EQ(read_rows(write_rows(home)).error().code, ErrorCode::BadValue) << "a gas meter has none";
}

TEST(EstateTable, ReadsTablesOfOlderVersions) {
  const auto rows = read_rows("hub\tdevice\n00db1234567890a2\t00db1234567890a0\tESME\t7\t00\tyes\n").value();
  EXPECT_EQ(rows.at(0).variant, "");
}

TEST(EstateTable, RefusesWrongLinesAndSaysWhich) {
  EXPECT_EQ(read_rows("a\tb\n00db1234567890a2\t00db1234567890a0\tESME\n").error(), (Error{ErrorCode::BadValue, 2}));
  EXPECT_EQ(read_anchor_rows("role\teui\nking\t90b3d51f30000002\n").error(), (Error{ErrorCode::BadValue, 2}));
  EXPECT_EQ(read_outbox("{").error().code, ErrorCode::BadJson);
}

}  // namespace
}  // namespace meterway::field
