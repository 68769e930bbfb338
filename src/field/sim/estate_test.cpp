#include "field/sim/estate.h"

#include <gtest/gtest.h>
#include <unistd.h>

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
    EXPECT_TRUE(copy_certificates(paths(), folder_ / "parties", demo_anchors()));
    EXPECT_TRUE(make_device_keys(paths(), demo_home(), made.issuing, folder_ / "public", clock_.now(), random));
    EXPECT_TRUE(found_estate(paths(), demo_home(), demo_anchors(), clock_.now()));
  }
  ~EstateTest() override { fs::remove_all(folder_); }
  EstatePaths paths() const { return {folder_ / "estate"}; }

  ManualClock clock_{from_iso8601("2026-03-01T00:00:00Z").value()};
  fs::path folder_;
};

TEST_F(EstateTest, IsReadableByItsOwnProcessAlone) {
  EXPECT_EQ(fs::status(paths().folder).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(paths().keys() / "00db1234567890a0-ds.key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(paths().state(kEsme)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
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
  const auto homes = load_homes(paths(), {});
  ASSERT_TRUE(homes);
  ASSERT_EQ(homes->size(), 1u);
  const Home& home = homes->front();
  EXPECT_EQ(home.hub(), kChf);
  EXPECT_EQ(home.device(kChf)->state().device_log.size(), 4u);
  const auto& anchors = home.device(kEsme)->anchors();
  EXPECT_NE(anchors.find(PartyRole::Supplier, pki::KeyUse::PrepaymentKeyAgreement), nullptr);
  EXPECT_NE(anchors.find(PartyRole::NetworkOperator, pki::KeyUse::KeyAgreement), nullptr);
  EXPECT_EQ(anchors.find(PartyRole::WanProvider, pki::KeyUse::DigitalSignature), nullptr) << "a meter has no such cell";
  EXPECT_NE(home.device(kChf)->anchors().find(PartyRole::WanProvider, pki::KeyUse::DigitalSignature), nullptr);
}

TEST_F(EstateTest, RemembersAcrossARestart) {
  auto homes = load_homes(paths(), {}).value();
  clock_.advance(std::chrono::hours(5));
  homes.front().deliver(1, kEsme, {0xDF, 0x00}, clock_.now());  // no message: an integrity alert uses up a counter
  homes.front().pass(clock_.now() + std::chrono::seconds(1));
  const std::vector<Unacknowledged> outbox{{3, kChf, kEsme, {1, 2, 3}}};
  ASSERT_TRUE(save_to(paths())({&homes.front()}, outbox));

  const auto again = load_homes(paths(), {}).value();
  const auto& state = again.front().device(kEsme)->state();
  EXPECT_EQ(state.alert_counter, 1u);
  EXPECT_EQ(state.registers.import_milli, homes.front().device(kEsme)->state().registers.import_milli);
  const auto kept = load_outbox(paths()).value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].transaction, 3u);
  EXPECT_EQ(kept[0].message, outbox[0].message);
}

TEST_F(EstateTest, SaysWhenTheBrokersCertificateIsMissing) {
  fs::remove(paths().certificates() / "90b3d51f30000002-ka.pem");
  EXPECT_EQ(load_homes(paths(), {}).error().code, ErrorCode::UnknownKey);
}

TEST(EstateTable, ReadsWhatItWrites) {
  const auto rows = read_rows(write_rows(demo_home())).value();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[4].type, DeviceType::PPMID);
  EXPECT_EQ(rows[4].install_code, demo_home()[4].install_code);
  const auto anchors = read_anchor_rows(write_anchor_rows(demo_anchors())).value();
  EXPECT_EQ(anchors.size(), demo_anchors().size());
}

TEST(EstateTable, RefusesWrongLinesAndSaysWhich) {
  EXPECT_EQ(read_rows("a\tb\n00db1234567890a2\t00db1234567890a0\tESME\n").error(), (Error{ErrorCode::BadValue, 2}));
  EXPECT_EQ(read_anchor_rows("role\teui\nking\t90b3d51f30000002\n").error(), (Error{ErrorCode::BadValue, 2}));
  EXPECT_EQ(read_outbox("{").error().code, ErrorCode::BadJson);
}

}  // namespace
}  // namespace meterway::field
