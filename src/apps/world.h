#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "standard/ids/ids.h"

namespace meterway::apps {

class Subcommand;

/// Adds `--data DIR`: $METERWAY_DATA, or ./data.
void add_data_option(Subcommand& command, std::string& data);

/// The data folder of one node, and who may read which part of it:
///
///     DIR/world.json              public facts (below); everybody
///     DIR/platform/               the platform: broker and XML-signing keys (keys/), everyone's certificates
///                                 (certificates/), those of authorities (issuers/), config.json, store.db,
///                                 operator.token, tls/ (node_tls.h)
///     DIR/users/<eui>/            that User's keys; only send, sign and listen
///     DIR/people/                 tokens of the demonstration's people (demo_people.h)
///     DIR/cos/                    the keys of the transitional change of supplier party; only cos
///     DIR/estate/                 the devices' keys and state; only the estate process
///     DIR/authority/              certificates of the demo's authorities; their keys are forgotten once the node is
///     made
///
/// Key files are named <eui>-<use>.pem (certificate) and .key (PKCS#8): <eui> 16 lower-case hex digits, <use> one of
/// ds, ka, pp-ka, and xml for the certificate that signs DUIS documents (role 135; 137 for the DCC). Where a User has
/// no xml key its ds key signs. Mode 0700 for users/, estate/, authority/ and smki/; 0600 for key files.
struct DataFolder {
  std::filesystem::path root;
  std::filesystem::path world() const { return root / "world.json"; }
  std::filesystem::path platform() const { return root / "platform"; }
  std::filesystem::path platform_keys() const { return platform() / "keys"; }
  std::filesystem::path certificates() const { return platform() / "certificates"; }
  std::filesystem::path issuers() const { return platform() / "issuers"; }
  std::filesystem::path config() const { return platform() / "config.json"; }
  std::filesystem::path store() const { return platform() / "store.db"; }
  std::filesystem::path backups() const { return platform() / "backups"; }
  std::filesystem::path operator_token() const { return platform() / "operator.token"; }
  std::filesystem::path audit_key() const { return platform() / "audit.pub"; }
  /// Not beside the store: it tells what the store does not say any more.
  std::filesystem::path audit_record() const { return root / "audit.record"; }
  std::filesystem::path platform_tls() const { return platform() / "tls"; }
  /// Of `meterway signer`, for whoever may have Users' requests signed: the platform of a test node.
  std::filesystem::path signer_token() const { return root / "signer.token"; }
  std::filesystem::path user(Eui64 eui) const { return root / "users" / eui.plain(); }
  std::filesystem::path user_token(Eui64 eui) const { return user(eui) / "token"; }
  std::filesystem::path user_tls(Eui64 eui) const { return user(eui) / "tls"; }
  /// Tokens of the people of a demonstration.
  std::filesystem::path people() const { return root / "people"; }
  std::filesystem::path cos() const { return root / "cos"; }
  std::filesystem::path estate() const { return root / "estate"; }
  std::filesystem::path authority() const { return root / "authority"; }
  /// The issuing authority's key: what SMKI is on a node of its own.
  std::filesystem::path smki() const { return root / "smki"; }
};

struct WorldUser {
  Eui64 eui;
  std::string name;  ///< "supplier"
  std::vector<UserRole> roles;
  std::uint16_t push_port = 0;  ///< where `listen` waits, on the bind address
  std::string push_path;        ///< "/smartdcc/duis"
};

struct WorldDevice {
  Eui64 eui;
  DeviceType type = DeviceType::Unknown;
  Eui64 hub;  ///< the CHF it talks through (itself for the CHF)
};

/// What everybody on this node may know. Written once, when the node is made; ports are those of the configuration.
struct World {
  std::string address = "127.0.0.1";
  std::uint16_t http_port = 8079;
  std::uint16_t portal_port = 0;  ///< the pages, and the JSON interface; 0: not known, or any free one
  std::uint16_t tls_port = 0;     ///< DUIS services over TLS; 0: none
  std::uint16_t smki_port = 8083;
  std::uint16_t link_port = 8084;
  Eui64 access_control_broker;
  Eui64 recovery;
  Eui64 transitional_cos;
  Eui64 wan_provider;
  std::vector<WorldUser> users;
  std::vector<WorldDevice> devices;

  std::string http_url() const { return "http://" + address + ":" + std::to_string(http_port); }
  std::string https_url() const { return "https://" + address + ":" + std::to_string(tls_port); }
  std::string portal_url() const { return "http://" + address + ":" + std::to_string(portal_port); }
  std::string smki_url() const { return "http://" + address + ":" + std::to_string(smki_port); }
  const WorldUser* user(Eui64 eui) const;
  const WorldDevice* device(Eui64 eui) const;
};

/// Errors: NotFound, BadJson (field names the member).
Result<World> load_world(const std::filesystem::path& file);
Status save_world(const std::filesystem::path& file, const World& world);

}  // namespace meterway::apps
