#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "apps/world.h"
#include "base/util/clock.h"
#include "base/util/random.h"

namespace meterway::apps {

inline constexpr std::uint16_t kDefaultHttpPort = 8079;
inline constexpr std::uint16_t kDefaultTlsPort = 8443;
inline constexpr std::uint16_t kDefaultPortalPort = 8080;

/// Where nothing is said of it: any free port on a node that is not the machine's only one.
constexpr std::uint16_t portal_port_beside(bool has_default_http_port) {
  return has_default_http_port ? kDefaultPortalPort : std::uint16_t{0};
}

/// What a new node is to be like. The devices' certificates are always issued anew: nobody publishes devices' keys.
struct NodePlan {
  /// JSON key store with the organisations' certificates and keys (docs/wire/keystore.md); without it those are issued
  /// anew as well.
  std::optional<std::filesystem::path> organisations;
  std::string address = "127.0.0.1";
  std::uint16_t http_port = kDefaultHttpPort;
  std::optional<std::uint16_t> portal_port;  ///< 8080 beside the default HTTP port when absent, otherwise any free one
  std::optional<std::uint16_t> tls_port;     ///< 8443 beside the default HTTP port when absent, otherwise none
  std::uint16_t smki_port = 8083;
  std::uint16_t link_port = 8084;
  std::uint16_t push_port = 8090;  ///< of the first User; the others follow, one each
  unsigned homes = 1;              ///< all alike but for their identifiers, 100 (hex) apart
};

/// Lays out the data folder of a node with one home or more (communications hub with gas proxy, electricity meter, gas
/// meter, prepayment interface): keys where only their owner reads them, certificates for everybody, world.json, and
/// the platform's config.json. The issuing keys are forgotten when this returns. Run it in a process of its own: it
/// holds keys of everybody (docs/adr/0003). Errors: Conflict when the folder has a world already; those of the key
/// store; Io, CryptoFailure.
Status make_node(const DataFolder& folder, const NodePlan& plan, const Clock& clock, Random& random);

}  // namespace meterway::apps
