#include "apps/node.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "apps/node_tls.h"
#include "base/util/file.h"
#include "standard/pki/issue.h"
#include "standard/pki/json_keystore.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

constexpr Eui64 kBroker{0x90B3D51F30000002};
constexpr Eui64 kHub{0x00DB1234567890A2};
constexpr std::uint64_t kNextHome = 0x100;  ///< between the identifiers of neighbours

constexpr Eui64 kTransitionalCos{0x90B3D51F30000004};

/// The organisations of every node: those of the public test world, so that requests written for it mean the same.
struct Organisation {
  pki::DemoParty party;
  std::vector<UserRole> roles;  ///< empty: no User
};

const std::vector<Organisation>& organisations() {
  using R = UserRole;
  static const std::vector<Organisation> kAll{
      {{kBroker, PartyRole::AccessControlBroker, "accessControlBroker", false, true}, {}},
      {{Eui64(0x90B3D51F30000001), PartyRole::Recovery, "recovery", false, false}, {}},
      {{kTransitionalCos, PartyRole::TransitionalCos, "transitionalCoS", false, false}, {}},
      {{Eui64(0x90B3D51F30000007), PartyRole::WanProvider, "wanProvider", false, false}, {}},
      {{Eui64(0x90B3D51F30010000), PartyRole::Supplier, "supplier", true, true}, {R::IS, R::ES, R::GS, R::RSA, R::OU}},
      {{Eui64(0x90B3D51F30020000), PartyRole::NetworkOperator, "networkOperator", false, true}, {R::ED, R::GT}},
      {{Eui64(0x90B3D51F30030000), PartyRole::Supplier, "supplier2", true, false}, {R::IS, R::ES, R::GS, R::OU}},
      {{Eui64(0x00DB123456780004), PartyRole::Other, "otherUser", false, true}, {R::OU}},
      {{Eui64(0x90B3D51F30020008), PartyRole::NetworkOperator, "networkOperator2", false, true}, {R::ED, R::GT}},
  };
  return kAll;
}

struct HomeDevice {
  Eui64 eui;
  DeviceType type;
  std::map<std::string, std::string> details;  ///< beside maker, model and place
};

const std::vector<HomeDevice>& home() {
  static const std::vector<HomeDevice> kAll{
      {kHub, DeviceType::CHF, {{"CSPRegion", "North"}}},
      {Eui64(0x00DB1234567890A3), DeviceType::GPF, {{"ImportMPxN", "1000000001"}}},
      {Eui64(0x00DB1234567890A0), DeviceType::ESME, {{"ImportMPxN", "1000000000003"}, {"ESMEVariant", "A"}}},
      {Eui64(0x00DB1234567890A1), DeviceType::GSME, {{"ImportMPxN", "1000000001"}}},
      {Eui64(0x00DB1234567890A4), DeviceType::PPMID, {}},
  };
  return kAll;
}

/// The same place in another home; home 0 is the demonstration's.
Eui64 in_home(Eui64 device, unsigned home) { return Eui64(device.value() + home * kNextHome); }

World world_of(const NodePlan& plan) {
  World world;
  world.address = plan.address;
  world.http_port = plan.http_port;
  world.portal_port = plan.portal_port.value_or(portal_port_beside(plan.http_port == kDefaultHttpPort));
  world.tls_port = plan.tls_port.value_or(plan.http_port == kDefaultHttpPort ? kDefaultTlsPort : std::uint16_t{0});
  world.smki_port = plan.smki_port;
  world.link_port = plan.link_port;
  world.access_control_broker = kBroker;
  world.recovery = Eui64(0x90B3D51F30000001);
  world.transitional_cos = kTransitionalCos;
  world.wan_provider = Eui64(0x90B3D51F30000007);
  std::uint16_t port = plan.push_port;
  for (const auto& [party, roles] : organisations()) {
    if (!roles.empty()) world.users.push_back({party.eui, party.name, roles, port++, "/smartdcc/duis"});
  }
  for (unsigned n = 0; n < plan.homes; ++n) {
    for (const auto& device : home()) world.devices.push_back({in_home(device.eui, n), device.type, in_home(kHub, n)});
  }
  return world;
}

/// The supplier and the network operator of the home, in the roles that its fuels need.
nlohmann::json responsible_for(DeviceType type) {
  const Eui64 supplier(0x90B3D51F30010000);
  const Eui64 network(0x90B3D51F30020000);
  const bool gas = type == DeviceType::GSME || type == DeviceType::GPF;
  const bool both = type == DeviceType::CHF || type == DeviceType::PPMID;
  auto out = nlohmann::json::array();
  const auto add = [&](UserRole role, Eui64 user) {
    out.push_back({{"role", to_string(role)}, {"user", user.plain()}});
  };
  if (!gas || both) {
    add(UserRole::IS, supplier);
    add(UserRole::ES, supplier);
    add(UserRole::ED, network);
  }
  if (gas || both) {
    add(UserRole::GS, supplier);
    add(UserRole::GT, network);
  }
  return out;
}

/// The platform's configuration: who are Users and where they listen, and what stands in the inventory.
std::string config_of(const World& world, unsigned homes, std::optional<std::uint16_t> portal_port) {
  using nlohmann::json;
  json users = json::array();
  for (const auto& user : world.users) {
    json roles = json::array();
    for (const auto role : user.roles) roles.push_back(to_string(role));
    users.push_back({{"eui", user.eui.plain()},
                     {"name", user.name},
                     {"roles", roles},
                     {"push_url", "http://" + world.address + ":" + std::to_string(user.push_port) + user.push_path}});
  }
  json devices = json::array();
  for (unsigned n = 0; n < homes; ++n) {
    for (const auto& device : home()) {
      json details = device.details;
      details["DeviceManufacturer"] = "Meterway";
      details["DeviceModel"] = "Emulated " + std::string(to_string(device.type));
      details["SMETSCHTSVersion"] =
          device.type == DeviceType::CHF || device.type == DeviceType::GPF ? "CHTS V1.6" : "SMETS2 V5.1";
      details["UPRN"] = std::to_string(100000000001 + n);
      devices.push_back({{"eui", in_home(device.eui, n).plain()},
                         {"type", to_string(device.type)},
                         {"state", "Commissioned"},
                         {"hub", in_home(kHub, n).plain()},
                         {"details", details},
                         {"responsible", responsible_for(device.type)}});
    }
  }
  // Bought and notified, not yet installed: 8.11 can add it to the hub's device log.
  devices.push_back({{"eui", "00db1234567890a8"},
                     {"type", "PPMID"},
                     {"state", "Pending"},
                     {"details", {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "Spare PPMID"}}}});
  json root{{"address", world.address},
            {"http_port", world.http_port},
            {"tls_port", world.tls_port},
            {"smki_port", world.smki_port},
            {"link_port", world.link_port},
            {"users", users},
            {"devices", devices}};
  // Where it is not said, serve knows as well as this does.
  if (portal_port) root["portal_port"] = *portal_port;
  return root.dump(2) + "\n";
}

Status make_folder(const fs::path& folder, bool secret) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && secret) fs::permissions(folder, fs::perms::owner_all, error);
  return error ? Status(fail(ErrorCode::Io, 0, "data folder")) : Status();
}

/// Everybody's certificates. Those not in use get their serial number into the name: the plain name is for the one in
/// use.
Status write_certificates(const fs::path& folder, const pki::CertificateDirectory& directory) {
  METERWAY_CHECK(make_folder(folder, false));
  for (const auto& found : directory.all()) {
    std::string stem = pki::key_file_stem(*found.record);
    if (found.status != pki::CertificateStatus::InUse) stem += "-" + found.record->certificate.serial.hex();
    METERWAY_CHECK(
        write_text_file(folder / (stem + ".pem"), pki::to_pem(found.record->certificate.der, pki::kPemCertificate)));
  }
  return {};
}

Status write_own_keys(const fs::path& folder, const pki::CertificateDirectory& directory, Eui64 owner,
                      pki::WriteKeys keys) {
  for (const auto& found : directory.of(owner)) {
    if (found.status == pki::CertificateStatus::InUse)
      METERWAY_CHECK(pki::write_key_files(folder, *found.record, keys));
  }
  return {};
}

Status write_keys(const DataFolder& folder, const pki::CertificateDirectory& directory,
                  const std::vector<Eui64>& devices) {
  METERWAY_CHECK(write_certificates(folder.certificates(), directory));
  METERWAY_CHECK(make_folder(folder.platform_keys(), true));
  METERWAY_CHECK(write_own_keys(folder.platform_keys(), directory, kBroker, pki::WriteKeys::Yes));
  METERWAY_CHECK(make_folder(folder.root / "users", true));
  for (const auto& [party, roles] : organisations()) {
    if (roles.empty()) continue;
    METERWAY_CHECK(make_folder(folder.user(party.eui), true));
    METERWAY_CHECK(write_own_keys(folder.user(party.eui), directory, party.eui, pki::WriteKeys::Yes));
    METERWAY_CHECK(write_own_keys(folder.user(party.eui), directory, kBroker, pki::WriteKeys::No));
  }
  METERWAY_CHECK(make_folder(folder.cos(), true));
  METERWAY_CHECK(write_own_keys(folder.cos(), directory, kTransitionalCos, pki::WriteKeys::Yes));
  const auto device_keys = folder.estate() / "keys";
  METERWAY_CHECK(make_folder(folder.estate(), true));
  METERWAY_CHECK(make_folder(device_keys, true));
  METERWAY_CHECK(write_certificates(folder.estate() / "certificates", directory));
  for (const auto device : devices) METERWAY_CHECK(write_own_keys(device_keys, directory, device, pki::WriteKeys::Yes));
  return {};
}

}  // namespace

Status make_node(const DataFolder& folder, const NodePlan& plan, const Clock& clock, Random& random) {
  if (fs::exists(folder.world())) return fail(ErrorCode::Conflict, 0, "the data folder has a world already");
  std::vector<pki::DemoParty> parties;
  std::vector<Eui64> devices;
  pki::CertificateDirectory directory;
  if (plan.organisations) {
    METERWAY_TRY(auto records, pki::open_json_keystore(*plan.organisations));
    for (auto& record : records) METERWAY_CHECK(directory.add(std::move(record)));
  } else {
    for (const auto& [party, roles] : organisations()) parties.push_back(party);
  }
  for (unsigned n = 0; n < plan.homes; ++n) {
    for (const auto& device : home()) devices.push_back(in_home(device.eui, n));
  }
  METERWAY_TRY(auto made, pki::make_demo_pki(parties, devices, clock, random));
  for (auto& record : made.records) METERWAY_CHECK(directory.add(std::move(record)));
  for (const auto use : {pki::KeyUse::DigitalSignature, pki::KeyUse::KeyAgreement, pki::KeyUse::XmlSigning}) {
    const auto own = directory.in_use(kBroker, use);
    if (!own || !own->private_key) return fail(ErrorCode::UnknownKey, 0, "a private key of the access control broker");
  }

  METERWAY_CHECK(make_folder(folder.root, false));
  METERWAY_CHECK(make_folder(folder.platform(), true));
  METERWAY_CHECK(write_keys(folder, directory, devices));
  METERWAY_CHECK(make_folder(folder.authority(), true));
  METERWAY_CHECK(
      write_text_file(folder.authority() / "root.pem", pki::to_pem(made.root.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(write_text_file(folder.estate() / "certificates" / "root.pem",
                                 pki::to_pem(made.root.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(make_folder(folder.issuers(), false));
  METERWAY_CHECK(write_text_file(folder.issuers() / "issuing.pem",
                                 pki::to_pem(made.issuing.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(write_text_file(folder.authority() / "issuing.pem",
                                 pki::to_pem(made.issuing.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(make_folder(folder.smki(), true));
  METERWAY_CHECK(
      write_text_file(folder.smki() / "issuing.pem", pki::to_pem(made.issuing.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(write_text_file(folder.smki() / "issuing.key",
                                 pki::to_pem(made.issuing.key.to_pkcs8(), pki::kPemPrivateKey), 0600));
  const World world = world_of(plan);
  METERWAY_CHECK(make_tls_keys(folder, world, clock, random));
  METERWAY_CHECK(write_text_file(folder.config(), config_of(world, plan.homes, plan.portal_port)));
  return save_world(folder.world(), world);  // last: its presence says that the folder is whole
}

}  // namespace meterway::apps
