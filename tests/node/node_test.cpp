// What `meterway pki make` lays out, and who could read what of it.
#include "apps/node.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "base/util/file.h"
#include "flow/envelope/settings.h"
#include "standard/pki/issue.h"
#include "standard/pki/json_keystore.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
constexpr Eui64 kSupplier{0x90B3D51F30010000};
constexpr Eui64 kBroker{0x90B3D51F30000002};
constexpr Eui64 kMeter{0x00DB1234567890A0};

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

class NodeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.root =
        fs::path(testing::TempDir()) / "meterway-node" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_.root);
  }
  void TearDown() override { fs::remove_all(folder_.root); }
  Status make(const NodePlan& plan = {}) { return make_node(folder_, plan, clock_, random_); }
  /// The owners of the keys that sign and agree in a folder, those beneath it included. Keys of TLS and of the issuing
  /// authority name nobody and stand in folders of their own.
  std::set<Eui64> key_owners(const fs::path& folder) {
    std::set<Eui64> owners;
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (file.path().extension() != ".key") continue;
      EXPECT_EQ(mode_of(file.path()), 0600u) << file.path();
      if (file.path().parent_path().filename() == "tls" || file.path() == folder_.smki() / "issuing.key") continue;
      owners.insert(Eui64::parse(file.path().stem().string().substr(0, 16)).value());
    }
    return owners;
  }

  DataFolder folder_;
  ManualClock clock_{from_iso8601("2026-01-01T00:00:00Z").value()};
  SeededRandom random_{1};
};

TEST_F(NodeTest, GivesEachProcessItsOwnPrivateKeysAndNobodyElses) {
  ASSERT_TRUE(make());
  const auto world = load_world(folder_.world());
  ASSERT_TRUE(world);
  EXPECT_EQ(key_owners(folder_.platform()), std::set<Eui64>{kBroker});
  std::size_t users = 0;
  for (const auto& user : world->users) {
    EXPECT_EQ(key_owners(folder_.user(user.eui)), std::set<Eui64>{user.eui}) << user.name;
    ++users;
  }
  std::set<Eui64> devices;
  for (const auto& device : world->devices) devices.insert(device.eui);
  EXPECT_EQ(key_owners(folder_.estate()), devices);
  EXPECT_TRUE(key_owners(folder_.authority()).empty());
  EXPECT_TRUE(fs::exists(folder_.smki() / "issuing.key")) << "nowhere else: its stem is no EUI-64";
  EXPECT_TRUE(key_owners(folder_.smki()).empty());
  EXPECT_EQ(key_owners(folder_.cos()), std::set<Eui64>{world->transitional_cos});
  EXPECT_EQ(key_owners(folder_.root).size(), 2 + users + devices.size());
  for (const auto& secret : {folder_.platform(), folder_.root / "users", folder_.cos(), folder_.estate(),
                             folder_.authority(), folder_.smki()}) {
    EXPECT_EQ(mode_of(secret), 0700u) << secret;
  }
}

TEST_F(NodeTest, ConfiguresThePlatformForTheUsersAndDevicesOfItsWorld) {
  NodePlan plan;
  plan.http_port = 18079;
  plan.push_port = 18090;
  ASSERT_TRUE(make(plan));
  const auto world = load_world(folder_.world());
  const auto settings = flow::read_settings(read_text_file(folder_.config()).value());
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->http_port, 18079);
  EXPECT_EQ(world->http_port, 18079);
  ASSERT_EQ(settings->users.size(), world->users.size());
  EXPECT_EQ(settings->users[0].push_url, "http://127.0.0.1:18090/smartdcc/duis");
  // The inventory may know more: devices that are bought and not yet installed.
  std::set<Eui64> installed;
  for (const auto& device : settings->devices) {
    if (device.state == registry::DeviceState::Commissioned) installed.insert(device.eui);
  }
  std::set<Eui64> emulated;
  for (const auto& device : world->devices) emulated.insert(device.eui);
  EXPECT_EQ(installed, emulated);
}

TEST_F(NodeTest, TakesTheOrganisationsFromAKeyStoreAndKeepsTheirLaterGenerations) {
  const auto base = pki::make_demo_pki({{kSupplier, PartyRole::Supplier, "supplier", true, true},
                                        {kBroker, PartyRole::AccessControlBroker, "broker", false, true}},
                                       {}, clock_, random_);
  ASSERT_TRUE(base);
  auto records = base->records;
  const auto key = crypto::PrivateKey::generate().value();
  const auto next_year = pki::Validity::years(clock_.now() + std::chrono::hours(24 * 365), 10);
  const pki::OrganisationSubject again{kSupplier, PartyRole::Supplier, "SUPPLIER", pki::KeyUse::DigitalSignature};
  const auto later = pki::issue_organisation(base->issuing, again, next_year, key.public_key(), random_);
  ASSERT_TRUE(later);
  records.push_back({*later, pki::KeyUse::DigitalSignature, "later-ds", key});
  fs::create_directories(folder_.root);
  const auto file = folder_.root / "keystore.json";
  ASSERT_TRUE(write_text_file(file, pki::write_json_keystore(records)));

  NodePlan plan;
  plan.organisations = file;
  ASSERT_TRUE(make(plan));
  const auto keys = pki::open_key_folder(folder_.user(kSupplier));
  ASSERT_TRUE(keys);
  const auto* own = (*keys)->private_key(kSupplier, pki::KeyUse::DigitalSignature);
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->public_key(), records[0].certificate.public_key);

  pki::CertificateDirectory directory;
  ASSERT_TRUE(pki::add_certificate_folder(directory, folder_.certificates()));
  EXPECT_EQ(directory.find(later->serial).status, pki::CertificateStatus::NotInUse);
  EXPECT_EQ(directory.in_use(kSupplier, pki::KeyUse::DigitalSignature)->certificate.serial,
            records[0].certificate.serial);
  EXPECT_TRUE(directory.in_use(kSupplier, pki::KeyUse::PrepaymentKeyAgreement));
  EXPECT_TRUE(directory.in_use(kMeter, pki::KeyUse::KeyAgreement));
}

TEST_F(NodeTest, IsNotMadeTwiceOrWithoutTheBrokersKeys) {
  ASSERT_TRUE(make());
  EXPECT_EQ(make().error().code, ErrorCode::Conflict);
  fs::remove_all(folder_.root);
  fs::create_directories(folder_.root);
  const auto file = folder_.root / "keystore.json";
  ASSERT_TRUE(write_text_file(file, "{}"));
  NodePlan plan;
  plan.organisations = file;
  EXPECT_EQ(make(plan).error().code, ErrorCode::UnknownKey);
  EXPECT_FALSE(fs::exists(folder_.world()));
}

}  // namespace
}  // namespace meterway::apps
