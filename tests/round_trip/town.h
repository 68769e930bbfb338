#pragma once
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>

#include "base/util/base64.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "base/util/random.h"
#include "field/sim/estate.h"
#include "flow/envelope/settings.h"
#include "standard/gbcs/ota_image.h"
#include "standard/ids/market.h"
#include "standard/pki/directory.h"
#include "standard/pki/issue.h"
#include "tests/support/reference.h"

/// Everybody in the trips: parties with their keys, and as many homes as there are ways to go, all alike but for the
/// variant of their electricity meter, so that no trip meets what another has left behind.
namespace meterway::round_trip {

inline constexpr Eui64 kBroker{0x90B3D51F30000002}, kRecovery{0x90B3D51F30000001}, kCos{0x90B3D51F30000004},
    kWan{0x90B3D51F30000007};
inline constexpr Eui64 kSupplier{0x90B3D51F30010000}, kNetwork{0x90B3D51F30020000}, kSecond{0x90B3D51F30030000},
    kNextBroker{0x90B3D51F30000012}, kOther{0x00DB123456780004}, kController{0x90B3D51F30010008};

inline Eui64 user_of(std::string_view letter) {
  if (letter == "N") return kNetwork;
  if (letter == "S2") return kSecond;
  if (letter == "O") return kOther;
  if (letter == "L") return kController;
  return kSupplier;
}

/// One of the homes. NEWCHF and NEWGPF: a hub that is there and that nobody has told the platform of; SPARE: a display
/// that is not in the hub's log.
struct Place {
  std::size_t number = 0;
  std::string variant = "A";
  std::string supplier = "S";  ///< who is registered; the devices' cells hold S
  bool commissioned = true;    ///< its meters, as the inventory has them
  Eui64 eui(std::string_view name) const {
    static const std::map<std::string_view, std::uint64_t> kAt{{"ESME", 0},  {"GSME", 1},    {"CHF", 2},
                                                               {"GPF", 3},   {"PPMID", 4},   {"HCALCS", 5},
                                                               {"SPARE", 8}, {"NEWCHF", 10}, {"NEWGPF", 11}};
    const auto found = kAt.find(name);
    if (found == kAt.end()) return kBroker;
    return Eui64(0x00DB140000000000 + number * 16 + found->second);
  }
  Eui64 hub_of(std::string_view name) const { return eui(name.starts_with("NEW") ? "NEWCHF" : "CHF"); }
  std::string mpxn(std::string_view name) const {
    return name == "ESME" ? field::mpan_of(eui(name)) : std::to_string(1'000'000'000 + 10 * number);
  }
  std::string uprn() const { return std::to_string(100'000'000'001 + number); }
};

class Town {
 public:
  /// Homes were put up nine days ago, so that their logs tell something.
  Town(const std::vector<Place>& places, UtcTime now) : now_(now - std::chrono::hours(9 * 24)), clock_(now_) {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_trips_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    estate_.folder = folder_ / "estate";
    made_.emplace(pki::make_demo_pki(parties(), {}, clock_, random_).value());
    auto records = made_->records;
    const auto keys = tests::reference_path() / "keystore" / "xmlsign";
    const auto stem = keys / "dsp-xml-sign-90B3D51F30000002-ds";
    if (std::filesystem::exists(stem.string() + ".pem")) records.push_back(published_signer(stem.string()));
    for (auto& record : records) {
      EXPECT_TRUE(all_->add(record));
      if (record.certificate.owner() != kBroker) record.private_key.reset();
      EXPECT_TRUE(platform_->add(std::move(record)));
    }
    make_estate(places);
    keys_ = pki::key_store_of(all_);
  }
  ~Town() { std::filesystem::remove_all(folder_); }
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  const field::EstatePaths& estate() const { return estate_; }
  /// What the platform has: everybody's certificates, the broker's keys.
  std::shared_ptr<pki::CertificateDirectory> platform() const { return platform_; }
  /// Everybody's certificates and the keys of all parties: of Users among them, never of devices.
  const pki::KeyStore& keys() const { return *keys_; }
  const pki::CertificateRecord& signer_of(Eui64 user) const { return *all_->xml_signer(user); }
  const pki::Authority& issuing() const { return made_->issuing; }
  std::string certificate(Eui64 owner, pki::KeyUse use) const { return to_base64(keys_->certificate(owner, use)); }

  /// A certificate for a pair that a device has made: of its public point.
  std::string certify(Eui64 device, ByteView point) const {
    SeededRandom random(point.back());
    const auto key = crypto::PublicKey::from_point(point);
    if (!key) return "AAAA";
    return to_base64(
        pki::issue_device(made_->issuing, {device, pki::KeyUse::DigitalSignature}, now_, *key, random).value().der);
  }

  static std::vector<registry::User> users() {
    using R = UserRole;
    std::vector<registry::User> out;
    const auto add = [&](Eui64 eui, const char* name, std::vector<UserRole> roles) {
      registry::User user;
      user.eui = eui;
      user.name = name;
      user.roles = std::move(roles);
      user.push_url = "http://" + eui.plain() + "/duis";
      out.push_back(std::move(user));
    };
    add(kSupplier, "supplier", {R::IS, R::ES, R::GS, R::RSA, R::OU});
    add(kNetwork, "network operator", {R::ED, R::GT});
    add(kSecond, "second supplier", {R::IS, R::ES, R::GS, R::OU});
    add(kOther, "other user", {R::OU});
    add(kController, "load controller", {R::LC});
    return out;
  }

  static std::vector<registry::Device> devices(const std::vector<Place>& places) {
    std::vector<registry::Device> out;
    for (const auto& place : places) {
      for (const auto* name : {"CHF", "GPF", "ESME", "GSME", "PPMID", "HCALCS", "SPARE"})
        out.push_back(device(place, name));
    }
    return out;
  }

 private:
  static std::vector<pki::DemoParty> parties() {
    const bool published = std::filesystem::exists(tests::reference_path() / "keystore" / "xmlsign");
    return {{kBroker, PartyRole::AccessControlBroker, "broker", false, !published},
            {kRecovery, PartyRole::Recovery, "recovery"},
            {kCos, PartyRole::TransitionalCos, "cos"},
            {kWan, PartyRole::WanProvider, "wan"},
            {kSupplier, PartyRole::Supplier, "supplier", true, true},
            {kNetwork, PartyRole::NetworkOperator, "network", false, true},
            {kNextBroker, PartyRole::AccessControlBroker, "nextBroker"},
            {kSecond, PartyRole::Supplier, "second", true, true},
            {kOther, PartyRole::Other, "other", false, true},
            {kController, PartyRole::LoadController, "controller", false, true}};
  }
  /// The DCC's certificate that the published clients know.
  static pki::CertificateRecord published_signer(const std::string& stem) {
    auto certificate = pki::parse_certificate(read_file(stem + ".pem").value()).value();
    auto key = crypto::PrivateKey::from_encoded(read_file(stem + ".key").value()).value();
    return {std::move(certificate), pki::KeyUse::XmlSigning, "dsp-xml", std::move(key)};
  }

  static DeviceType type_of(std::string_view name) {
    if (name == "SPARE") return DeviceType::PPMID;
    if (name.starts_with("NEW")) name.remove_prefix(3);
    return parse_device_type(name).value();
  }
  static registry::Device device(const Place& place, std::string_view name) {
    registry::Device out;
    out.eui = place.eui(name);
    out.type = type_of(name);
    out.state = name == "SPARE" ? registry::DeviceState::Pending : registry::DeviceState::Commissioned;
    if (!place.commissioned && (name == "ESME" || name == "GSME"))
      out.state = registry::DeviceState::InstalledNotCommissioned;
    const bool hub_side = name == "CHF" || name == "GPF";
    if (name != "SPARE") out.hub = place.eui("CHF");
    out.details = {{"DeviceManufacturer", "Meterway"},
                   {"DeviceModel", "Emulated " + std::string(to_string(out.type))},
                   {"SMETSCHTSVersion", hub_side ? "CHTS V1.6" : "SMETS2 V5.1"},
                   {"UPRN", place.uprn()}};
    if (name == "CHF") out.details["CSPRegion"] = "North";
    if (name == "ESME") out.details["ESMEVariant"] = place.variant;
    if (name == "ESME" || name == "GSME" || name == "GPF") out.details["ImportMPxN"] = place.mpxn(name);
    const bool gas = name == "GSME" || name == "GPF";
    const bool both = name == "CHF" || name == "PPMID" || name == "SPARE";
    const auto supplier = user_of(place.supplier);
    const auto put = [&](UserRole role, Eui64 user) { out.responsible.push_back({role, user, {}, {}}); };
    if (!gas || both) {
      put(UserRole::IS, supplier);
      put(UserRole::ES, supplier);
      put(UserRole::ED, kNetwork);
      put(UserRole::LC, kController);
    }
    if (gas || both) {
      put(UserRole::GS, supplier);
      put(UserRole::GT, kNetwork);
    }
    return out;
  }

  void make_estate(const std::vector<Place>& places) {
    const auto certificates = folder_ / "certificates";
    std::filesystem::create_directories(certificates);
    for (const auto& record : made_->records)
      EXPECT_TRUE(pki::write_key_files(certificates, record, pki::WriteKeys::No));
    const auto& root = made_->root.certificate.der;
    EXPECT_TRUE(write_file(certificates / "root.pem", root));
    auto anchors = field::demo_anchors();
    anchors.push_back({PartyRole::LoadController, kController});
    anchors.push_back({PartyRole::NetworkOperator, kBroker, DeviceType::GPF});  // for 6.21 to hand over
    std::vector<field::EstateRow> rows;
    for (const auto& place : places) {
      for (const auto* name : {"CHF", "GPF", "ESME", "GSME", "PPMID", "HCALCS", "SPARE", "NEWCHF", "NEWGPF"}) {
        field::EstateRow row;
        row.hub = place.hub_of(name);
        row.device = place.eui(name);
        row.type = type_of(name);
        row.seed = 7 + place.number;
        row.install_code = Bytes(16, static_cast<std::uint8_t>(0x10 + row.device.value() % 16));
        row.joined = std::string_view(name) != "SPARE";
        if (row.type == DeviceType::ESME) row.variant = place.variant;
        rows.push_back(std::move(row));
      }
    }
    EXPECT_TRUE(field::copy_certificates(estate_, certificates, anchors));
    // The seed is drawn before anything is published; an electricity meter has its certificates with it, to show them.
    std::filesystem::create_directories(estate_.keys());
    const auto publish = [&](const field::EstateRow& row, const pki::Certificate& signing,
                             const pki::Certificate& agreement) -> Status {
      if (row.type == DeviceType::ESME) {
        METERWAY_TRY(const auto text, read_text_file(estate_.key_seed()));
        METERWAY_TRY(const auto seed, from_hex(std::string_view(text).substr(0, text.find('\n'))));
        for (const auto& [certificate, use] :
             {std::pair(signing, pki::KeyUse::DigitalSignature), std::pair(agreement, pki::KeyUse::KeyAgreement)}) {
          METERWAY_TRY(auto key, field::derive_key(seed, row.device, use));
          METERWAY_CHECK(
              pki::write_key_files(estate_.keys(), {certificate, use, "", std::move(key)}, pki::WriteKeys::Yes));
        }
      }
      for (const auto& directory : {all_, platform_}) {
        METERWAY_CHECK(directory->add({signing, pki::KeyUse::DigitalSignature, "", {}}));
        METERWAY_CHECK(directory->add({agreement, pki::KeyUse::KeyAgreement, "", {}}));
      }
      return {};
    };
    EXPECT_TRUE(field::make_derived_keys(estate_, rows, made_->issuing, publish, now_, random_));
    EXPECT_TRUE(field::found_estate(estate_, rows, anchors, now_));
  }

  const UtcTime now_;
  ManualClock clock_;
  SeededRandom random_{6};
  std::filesystem::path folder_;
  field::EstatePaths estate_;
  std::optional<pki::DemoPki> made_;
  std::shared_ptr<pki::CertificateDirectory> all_ = std::make_shared<pki::CertificateDirectory>();
  std::shared_ptr<pki::CertificateDirectory> platform_ = std::make_shared<pki::CertificateDirectory>();
  std::unique_ptr<pki::KeyStore> keys_;
};

}  // namespace meterway::round_trip
