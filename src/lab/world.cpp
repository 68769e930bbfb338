#include "lab/world.h"

#include <set>

#include "base/crypto/digest.h"
#include "base/util/random.h"
#include "standard/pki/issue.h"

namespace meterway::lab {
namespace {

using pki::KeyUse;

constexpr KeyUse kUses[] = {KeyUse::DigitalSignature, KeyUse::KeyAgreement, KeyUse::XmlSigning};

Result<crypto::PrivateKey> key_of(Eui64 owner, KeyUse use) {
  const std::uint8_t label[] = {'l', 'a', 'b', static_cast<std::uint8_t>(use)};
  const auto scalar = crypto::sha256({label, owner.wire()});
  return crypto::PrivateKey::from_scalar(scalar);
}

Bytes install_code() { return Bytes(16, 0x5A); }

}  // namespace

std::vector<SmallWorld::Party> SmallWorld::parties() const {
  std::vector<Party> out{{kBroker, PartyRole::AccessControlBroker, "BROKER"}};
  const auto add = [&](Eui64 first, std::size_t count, PartyRole role, const std::string& name) {
    for (std::size_t i = 0; i < count; ++i)
      out.push_back({Eui64(first.value() + i), role, name + (i == 0 ? "" : std::to_string(i + 1))});
  };
  add(kSupplier, crowd_.suppliers, PartyRole::Supplier, "SUPPLIER");
  add(kNetwork, crowd_.networks, PartyRole::NetworkOperator, "NETWORK");
  add(kOther, crowd_.others, PartyRole::Other, "OTHER");
  out.push_back({Eui64(0x90B3D51F30000001), PartyRole::Recovery, "RECOVERY"});
  out.push_back({Eui64(0x90B3D51F30000004), PartyRole::TransitionalCos, "COS"});
  out.push_back({Eui64(0x90B3D51F30000007), PartyRole::WanProvider, "WAN"});
  return out;
}

Result<std::unique_ptr<SmallWorld>> SmallWorld::make(std::size_t homes, UtcTime now, Crowd crowd) {
  auto world = std::make_unique<SmallWorld>();
  world->homes_ = homes;
  world->crowd_ = crowd;
  world->now_ = now;
  SeededRandom random(1);
  const auto validity = pki::Validity::years(now - std::chrono::hours(24), 10);
  METERWAY_TRY(const auto root, pki::issue_root("ROOT", validity, random));
  METERWAY_TRY(const auto issuing, pki::issue_authority(root, "ISSUING", validity, random));
  world->root_ = root.certificate;
  world->issuing_ = issuing;
  for (const auto& party : world->parties()) {
    for (const auto use : kUses) {
      const bool signs_xml = party.role == PartyRole::AccessControlBroker || party.role == PartyRole::Supplier ||
                             party.role == PartyRole::NetworkOperator || party.role == PartyRole::Other;
      if (use == KeyUse::XmlSigning && !signs_xml) continue;
      METERWAY_TRY(auto key, key_of(party.eui, use));
      const auto role = use != KeyUse::XmlSigning                      ? party.role
                        : party.role == PartyRole::AccessControlBroker ? PartyRole::DspXmlSigning
                                                                       : PartyRole::XmlSigning;
      const pki::OrganisationSubject subject{party.eui, role, party.name, use};
      METERWAY_TRY(auto certificate, pki::issue_organisation(issuing, subject, validity, key.public_key(), random));
      world->records_.emplace(std::pair(party.eui, use),
                              pki::CertificateRecord{std::move(certificate), use, "", std::move(key)});
    }
  }
  for (std::size_t home = 0; home < homes; ++home) {
    for (const auto device : {hub(home), meter(home)}) {
      for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
        METERWAY_TRY(auto key, key_of(device, use));
        METERWAY_TRY(auto certificate, pki::issue_device(issuing, {device, use}, now, key.public_key(), random));
        world->records_.emplace(std::pair(device, use),
                                pki::CertificateRecord{std::move(certificate), use, "", std::move(key)});
      }
    }
  }
  return world;
}

void SmallWorld::forget(Eui64 party) {
  std::erase_if(records_, [party](const auto& entry) { return entry.first.first == party; });
}

std::shared_ptr<pki::CertificateDirectory> SmallWorld::platform_directory() const {
  auto directory = std::make_shared<pki::CertificateDirectory>();
  for (const auto& [name, record] : records_) {
    auto copy = record;
    if (name.first != kBroker) copy.private_key.reset();
    (void)directory->add(std::move(copy));
  }
  return directory;
}

std::vector<registry::User> SmallWorld::users() const {
  using R = UserRole;
  std::vector<registry::User> users;
  const auto add = [&](Eui64 first, std::size_t count, const std::string& name, const std::string& host,
                       std::set<UserRole> roles) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = i == 0 ? "" : std::to_string(i + 1);
      registry::User user;
      user.eui = Eui64(first.value() + i);
      user.name = name + (i == 0 ? "" : " ") + number;
      user.roles = {roles.begin(), roles.end()};
      user.push_url = "http://" + host + number + "/duis";
      users.push_back(std::move(user));
    }
  };
  add(kSupplier, crowd_.suppliers, "supplier", "supplier", {R::IS, R::ES});
  add(kNetwork, crowd_.networks, "network operator", "network", {R::ED});
  add(kOther, crowd_.others, "other user", "other", {R::OU});
  return users;
}

std::vector<registry::Device> SmallWorld::devices() const {
  std::vector<registry::Device> devices;
  for (std::size_t home = 0; home < homes_; ++home) {
    registry::Device device;
    device.state = registry::DeviceState::Commissioned;
    device.hub = hub(home);
    device.eui = hub(home);
    device.type = DeviceType::CHF;
    device.details["CSPRegion"] = region_of(home);
    devices.push_back(device);
    device.eui = meter(home);
    device.type = DeviceType::ESME;
    device.details = {{"ESMEVariant", "A"}, {"ImportMPxN", std::to_string(1'300'000'000'000 + home)}};
    device.responsible = {{UserRole::IS, supplier_of(home), {}, {}}, {UserRole::ED, network_of(home), {}, {}}};
    devices.push_back(device);
  }
  return devices;
}

field::Home SmallWorld::make_home(field::HomeSettings settings, std::size_t home,
                                  const std::vector<Party>& known) const {
  const auto make = [&](Eui64 eui, DeviceType type) {
    field::DeviceState state;
    state.commissioned = state.registers.read_at = now_;
    state.registers.import_milli = 1'000'000'000;
    if (type == DeviceType::CHF) {
      const auto digest = crypto::sha256({hub(home).wire(), meter(home).wire(), install_code()});
      state.device_log.push_back({meter(home), Bytes(digest.begin(), digest.begin() + 16), install_code(), now_});
    }
    field::TrustAnchors anchors;
    for (const auto& kind : field::cells_of(type)) {
      if (kind.role == PartyRole::Root) anchors.put({kind.role, kind.use, Eui64(), root_->public_key, root_->der});
      for (const auto& party : known) {
        const auto found = records_.find({party.eui, kind.use});
        if (party.role != kind.role || found == records_.end()) continue;
        const auto& certificate = found->second.certificate;
        anchors.put({kind.role, kind.use, party.eui, certificate.public_key, certificate.der});
      }
    }
    return field::Device({eui, type, key(eui, KeyUse::DigitalSignature), key(eui, KeyUse::KeyAgreement), hub(home)},
                         std::move(anchors), field::LoadProfile(field::Fuel::Electricity, home), std::move(state));
  };
  std::vector<field::Installed> units;
  units.push_back({make(hub(home), DeviceType::CHF), install_code()});
  units.push_back({make(meter(home), DeviceType::ESME), install_code()});
  return field::Home(std::move(units), settings);
}

std::vector<field::Home> SmallWorld::make_homes(field::HomeSettings settings) const { return make_homes(settings, {}); }

std::vector<field::Home> SmallWorld::make_homes(field::HomeSettings settings, std::string_view region) const {
  std::vector<field::Home> homes;
  for (std::size_t home = 0; home < homes_; ++home) {
    if (!region.empty() && region_of(home) != region) continue;
    auto known = parties();  // to the devices of this home
    std::erase_if(known, [&](const Party& party) {
      return (party.role == PartyRole::Supplier && party.eui != supplier_of(home)) ||
             (party.role == PartyRole::NetworkOperator && party.eui != network_of(home)) ||
             party.role == PartyRole::Other;
    });
    homes.push_back(make_home(settings, home, known));
  }
  return homes;
}

}  // namespace meterway::lab
