#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "field/hub/home.h"
#include "records/registry/device.h"
#include "records/registry/party.h"
#include "standard/pki/directory.h"
#include "standard/pki/issue.h"

namespace meterway::lab {

inline constexpr Eui64 kBroker{0x90B3D51F30000002};
inline constexpr Eui64 kSupplier{0x90B3D51F30010000};
inline constexpr Eui64 kNetwork{0x90B3D51F30020000};
inline constexpr Eui64 kOther{0x90B3D51F30030000};
inline constexpr std::array<std::string_view, 3> kRegions{"North", "Central", "South"};

/// How many Users of a role there are. The first supplier is kSupplier, the next kSupplier + 1, and so on.
struct Crowd {
  std::size_t suppliers = 1, networks = 1, others = 0;
};

/// Everybody's keys and certificates in a small world: broker, two Users or more, and homes of a hub and an electricity
/// meter each, which take turns among three regions, suppliers and network operators. Keys follow from names, so that
/// two runs have the same ones. Who is handed what of it is the business of the parts: the platform gets the broker's
/// private keys alone.
class SmallWorld {
 public:
  /// Errors: CryptoFailure.
  static Result<std::unique_ptr<SmallWorld>> make(std::size_t homes, UtcTime now, Crowd crowd = {});

  std::size_t homes() const { return homes_; }
  static Eui64 hub(std::size_t home) { return Eui64(0x00DB12FF00000000 + 2 * home); }
  static Eui64 meter(std::size_t home) { return Eui64(0x00DB12FF00000001 + 2 * home); }

  static std::size_t home_of(Eui64 device) { return (device.value() - hub(0).value()) / 2; }
  const Crowd& crowd() const { return crowd_; }
  static std::string_view region_of(std::size_t home) { return kRegions[home % kRegions.size()]; }
  Eui64 supplier_of(std::size_t home) const { return Eui64(kSupplier.value() + home / 3 % crowd_.suppliers); }
  Eui64 network_of(std::size_t home) const { return Eui64(kNetwork.value() + home % crowd_.networks); }

  const pki::CertificateRecord& record(Eui64 owner, pki::KeyUse use) const { return records_.at({owner, use}); }
  const crypto::PrivateKey& key(Eui64 owner, pki::KeyUse use) const { return *record(owner, use).private_key; }

  /// Nobody knows this party from now on.
  void forget(Eui64 party);

  /// What the platform knows: all certificates, the broker's keys.
  std::shared_ptr<pki::CertificateDirectory> platform_directory() const;
  std::vector<registry::User> users() const;
  std::vector<registry::Device> devices() const;
  /// The homes as they leave the installer: commissioned, the meter in its hub's log.
  std::vector<field::Home> make_homes(field::HomeSettings settings) const;
  /// Those of one region.
  std::vector<field::Home> make_homes(field::HomeSettings settings, std::string_view region) const;
  /// Who certified them all; the homes trust its root.
  const pki::Authority& issuing() const { return *issuing_; }

 private:
  struct Party {
    Eui64 eui;
    PartyRole role;
    std::string name;
  };
  std::vector<Party> parties() const;
  field::Home make_home(field::HomeSettings settings, std::size_t home, const std::vector<Party>& known) const;

  std::size_t homes_ = 0;
  UtcTime now_{};
  Crowd crowd_;
  std::optional<pki::Certificate> root_;
  std::optional<pki::Authority> issuing_;
  std::map<std::pair<Eui64, pki::KeyUse>, pki::CertificateRecord> records_;
};

}  // namespace meterway::lab
