#pragma once
#include <filesystem>

#include "field/hub/region.h"
#include "standard/pki/issue.h"

namespace meterway::field {

/// A row of estate.tsv: one device of one home.
struct EstateRow {
  Eui64 hub;
  Eui64 device;
  DeviceType type = DeviceType::Unknown;
  std::uint64_t seed = 0;  ///< of its load profile
  Bytes install_code;      ///< 16 bytes, on its label
  bool joined = true;      ///< in the hub's device log from the start
};

/// The home of the demonstration: ESME ..A0, GSME ..A1, CHF ..A2, GPF ..A3, PPMID ..A4 of 00-DB-12-34-56-78-90-xx, the
/// identifiers that the published clients and templates use.
std::vector<EstateRow> demo_home();

/// Who sits in the devices' cells.
struct AnchorRow {
  PartyRole role = PartyRole::Root;
  Eui64 eui;
};
/// The parties of the public test world.
std::vector<AnchorRow> demo_anchors();

/// Homes on disk, readable by their own process alone:
///
///     DIR/estate.tsv            the rows above
///     DIR/anchors.tsv           role, eui: root, recovery, supplier, network-operator, access-control-broker,
///                               transitional-cos, wan-provider
///     DIR/keys/                 <eui>-ds and -ka (.key, .pem) of each device
///     DIR/certificates/         <eui>-ds.pem, -ka.pem, -pp-ka.pem of the parties; a cell without one stays empty
///     DIR/state/<eui>.json      what each device remembers
///     DIR/outbox.json           messages that the platform has not acknowledged
struct EstatePaths {
  std::filesystem::path folder;
  std::filesystem::path table() const { return folder / "estate.tsv"; }
  std::filesystem::path anchors() const { return folder / "anchors.tsv"; }
  std::filesystem::path keys() const { return folder / "keys"; }
  std::filesystem::path certificates() const { return folder / "certificates"; }
  std::filesystem::path state(Eui64 device) const { return folder / "state" / (device.plain() + ".json"); }
  std::filesystem::path outbox() const { return folder / "outbox.json"; }
};

/// Makes keys for the devices and has them certified; `publish` gets the certificates alone (empty: nobody does).
/// Errors: CryptoFailure, Io.
Status make_device_keys(const EstatePaths& paths, const std::vector<EstateRow>& rows, const pki::Authority& issuer,
                        const std::filesystem::path& publish, UtcTime now, Random& random);

/// Copies the certificates that the anchors need. Errors: Io.
Status copy_certificates(const EstatePaths& paths, const std::filesystem::path& from,
                         const std::vector<AnchorRow>& anchors);

/// Writes the tables and the state the devices are delivered in (mode 0700 and 0600). Keys and certificates are there.
/// Errors: Conflict when there is an estate already; Io.
Status found_estate(const EstatePaths& paths, const std::vector<EstateRow>& rows, const std::vector<AnchorRow>& anchors,
                    UtcTime now);

/// The homes of an estate with their memory as last saved.
/// Errors: NotFound, BadKey, BadJson, BadValue (estate.tsv; a home without hub).
Result<std::vector<Home>> load_homes(const EstatePaths& paths, HomeSettings settings);
Result<std::vector<Unacknowledged>> load_outbox(const EstatePaths& paths);
/// Writes to the estate's folder, each file whole or not at all.
SaveRegion save_to(const EstatePaths& paths);

}  // namespace meterway::field
