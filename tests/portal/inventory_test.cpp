// The inventory for people (seed B24): by exact names alone, what 8.2 would tell their Users; nothing of others, and
// every look-up in the audit.
#include "records/registry/certificates.h"
#include "records/registry/device_past.h"
#include "records/registry/products.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;
const Eui64 kOtherHub(0x00DB1234567890B2), kOtherMeter(0x00DB1234567890B0), kThirdMeter(0x00DB1234567890C0);

class InventoryForPeople : public PortalBench {
 protected:
  InventoryForPeople() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(
          registry::put_user(view, {kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
      METERWAY_CHECK(put(view, kHub, DeviceType::CHF, kHub, kSupplier, "", ""));
      METERWAY_CHECK(put(view, kMeter, DeviceType::ESME, kHub, kSupplier, "1200023305967", "12 High Street"));
      METERWAY_CHECK(put(view, kOtherHub, DeviceType::CHF, kOtherHub, kOtherSupplier, "", ""));
      METERWAY_CHECK(
          put(view, kOtherMeter, DeviceType::ESME, kOtherHub, kOtherSupplier, "1200031234568", "14 High Street"));
      const auto& own = record(kMeter, pki::KeyUse::DigitalSignature).certificate;
      METERWAY_CHECK(status(registry::add_certificate(view, own, pki::KeyUse::DigitalSignature, "")));
      for (const auto* version : {"A", "B", "C"}) {
        const auto from = clock.now() - std::chrono::hours(24 * (9 - version[0] + 'A'));
        METERWAY_CHECK(registry::put_listing(view, {"10B1", "0001", version}, {from, true}));
      }
      return registry::put_listing(view, {"10B1", "0001", "C"}, {clock.now() - std::chrono::hours(1), false});
    });
  }
  Status put(store::WriteView& view, Eui64 eui, DeviceType type, Eui64 hub, Eui64 user, const std::string& mpxn,
             const std::string& house) {
    registry::Device device{eui, type, registry::DeviceState::Commissioned, hub, {}, {}};
    device.responsible = {{UserRole::IS, user, {}, {}}, {UserRole::ED, Eui64(0x90b3d51f300f0000), {}, {}}};
    if (!mpxn.empty()) device.details["ImportMPxN"] = mpxn;
    if (!house.empty()) device.details["AddressIdentifier"] = house;
    if (!house.empty()) device.details["PostCode"] = "AB1 2CD";
    for (const auto& [name, value] : {std::pair("DeviceManufacturer", "10B1"), std::pair("DeviceModel", "0001"),
                                      std::pair("DeviceFirmwareVersion", "A")})
      device.details[name] = value;
    return registry::put_device(view, device, {clock.now(), "8.1.1", "user-" + kOtherSupplier.plain()});
  }
  json search(const std::string& query, const std::string& as) {
    const auto answer = ask("GET", "/api/v1/inventory?" + query, as);
    EXPECT_EQ(answer.status, 200) << query << " as " << as << ": " << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  static std::vector<std::string> devices(const json& found) {
    std::vector<std::string> out;
    for (const auto& device : found.at("devices")) out.push_back(device.at("eui"));
    return out;
  }
  const std::vector<std::string> ours_{kHub.plain(), kMeter.plain()};
};

TEST_F(InventoryForPeople, IsSearchedByExactNamesAndTellsTheWholeHome) {
  for (const auto* query :
       {"device=00-DB-12-34-56-78-90-A0", "mpxn=1200023305967", "postcode=ab12cd&identifier=12%20high%20street",
        "postcode=AB1+2CD&identifier=12+High+Street"}) {
    for (const auto* as : {"party", "user", "desk", "operations", "operator"})
      EXPECT_EQ(devices(search(query, as)), ours_) << query << " as " << as;
  }
  const auto meter = search("mpxn=1200023305967", "party").at("devices").at(1);
  EXPECT_EQ(meter.at("hub"), kHub.plain());
  EXPECT_EQ(meter.at("state"), "Commissioned");
  for (const auto* query :
       {"", "device=90B3", "mpxn=1200023305968", "postcode=AB1%202CD", "identifier=12", "postcode=AB1&identifier=12",
        "device=00db1234567890a0&mpxn=1200023305967", "q=High", "uprn=12a", "postcode=AB1%202CD&identifier=%20"})
    EXPECT_EQ(ask("GET", std::string("/api/v1/inventory?") + query, "desk").status, 400) << query;
}

TEST_F(InventoryForPeople, WhatIsAnothersIsAnsweredAsWhatIsNotThere) {
  const std::pair<const char*, const char*> pairs[] = {
      {"device=00db1234567890b0", "device=00db1234567890ff"},
      {"mpxn=1200031234568", "mpxn=1200041234565"},
      {"postcode=AB12CD&identifier=14+High+Street", "postcode=AB12CD&identifier=15+High+Street"}};
  for (const auto& [hidden, none] : pairs) {
    for (const auto* as : {"party", "user"}) {
      const auto one = ask("GET", std::string("/api/v1/inventory?") + hidden, as);
      const auto other = ask("GET", std::string("/api/v1/inventory?") + none, as);
      EXPECT_EQ(one.status, other.status) << hidden;
      EXPECT_EQ(one.headers, other.headers) << hidden;
      EXPECT_EQ(one.body, other.body) << hidden << " as " << as;
    }
    EXPECT_EQ(devices(search(hidden, "desk")).size(), 2u) << hidden;
  }
  auto one = ask("GET", "/api/v1/inventory/" + kOtherMeter.plain(), "party");
  auto other = ask("GET", "/api/v1/inventory/" + kThirdMeter.plain(), "party");
  EXPECT_EQ(one.status, 404);
  EXPECT_EQ(other.body.replace(other.body.find(kThirdMeter.plain()), 16, kOtherMeter.plain()), one.body);
}

TEST_F(InventoryForPeople, AnAddressThatFitsSeveralHomesTellsNoneOfThem) {
  write([&](store::WriteView& view) {
    return put(view, kThirdMeter, DeviceType::ESME, kThirdMeter, kSupplier, "1200051234562", "12 High Street");
  });
  const auto nowhere = search("postcode=AB12CD&identifier=99+High+Street", "party");
  for (const auto* as : {"party", "desk"})
    EXPECT_EQ(search("postcode=AB12CD&identifier=12+High+Street", as), nowhere) << as;
  EXPECT_EQ(devices(search("mpxn=1200023305967", "party")), ours_);
}

TEST_F(InventoryForPeople, OneDeviceIsToldWithItsStatesItsFirmwareAndWhatIsTheCallers) {
  const auto device = json::parse(ask("GET", "/api/v1/inventory/" + kMeter.plain(), "party").body);
  EXPECT_EQ(device.at("history").size(), 1u) << device.dump(1);
  EXPECT_EQ(device.at("history").at(0).at("by"), "another");
  EXPECT_EQ(device.at("responsible").size(), 1u) << "its own alone";
  EXPECT_EQ(device.at("home").size(), 2u);
  EXPECT_EQ(device.at("firmware").at("on_list"), true);
  ASSERT_EQ(device.at("firmware").at("versions").size(), 1u) << "C is off the list";
  EXPECT_EQ(device.at("firmware").at("versions").at(0).at("version"), "B");
  EXPECT_EQ(device.at("firmware").at("versions").at(0).at("listed_after_own"), true);
  ASSERT_FALSE(device.at("certificates").empty());
  EXPECT_FALSE(device.at("certificates").at(0).at("not_after").get<std::string>().empty());
  EXPECT_EQ(device.at("certificates").at(0).count("certificate"), 0u);
  const auto all = json::parse(ask("GET", "/api/v1/inventory/" + kMeter.plain(), "desk").body);
  EXPECT_EQ(all.at("responsible").size(), 2u);
  EXPECT_EQ(all.at("history").at(0).at("by"), "user-" + kOtherSupplier.plain());
}

TEST_F(InventoryForPeople, EveryLookUpIsInTheAuditWithoutWhatWasLookedFor) {
  search("mpxn=1200023305967", "party");
  search("mpxn=1200031234568", "party");
  ask("GET", "/api/v1/inventory/" + kMeter.plain(), "desk");
  search("device=" + kMeter.plain(), "user");
  const auto entries = lines(4);
  ASSERT_EQ(entries.size(), 4u);
  for (const auto& one : entries) EXPECT_EQ(one.function + " " + one.outcome, "inventory.read done");
  EXPECT_EQ(entries[3].person + "/" + entries[3].party + ": " + entries[3].detail, "the.party/supplier: found");
  EXPECT_EQ(entries[2].detail, "not the User's");
  EXPECT_EQ(entries[1].about, "device:" + kMeter.plain());
  EXPECT_EQ(entries[0].person, "user:" + kSupplier.plain());
  for (const auto& one : entries) EXPECT_EQ((one.about + one.detail).find("12000"), std::string::npos) << one.about;
}

TEST_F(InventoryForPeople, SearchesByAddressAreSoManyAnHourAndWhatIsSuspectedIsTold) {
  ASSERT_TRUE(rules_.set("inventory.search.limit", "3"));
  ASSERT_TRUE(settings.rules.set("inventory.search.limit", "3"));
  const std::string path = "/api/v1/inventory?postcode=AB12CD&identifier=12+High+Street";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("GET", path, "party").status, 200);
  EXPECT_EQ(ask("GET", path, "party").status, 429);
  EXPECT_EQ(lines(1).at(0).outcome, "refused");
  EXPECT_EQ(ask("GET", path, "desk").status, 200) << "each his own";
  EXPECT_EQ(devices(search("mpxn=1200023305967", "party")), ours_) << "by number there is no limit";
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(ask("GET", path, "party").status, 200);
}

}  // namespace
}  // namespace meterway::portal
