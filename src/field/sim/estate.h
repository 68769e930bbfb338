#pragma once
#include <filesystem>
#include <functional>

#include "field/hub/home_store.h"
#include "standard/pki/issue.h"

namespace meterway::field {

/// The three regions of the wide area network.
enum class Csp : std::uint8_t { North, Central, South };
std::string_view to_string(Csp region);
/// Errors: BadValue.
Result<Csp> parse_csp(std::string_view text);

/// A row of estate.tsv: one device of one home.
struct EstateRow {
  Eui64 hub;
  Eui64 device;
  DeviceType type = DeviceType::Unknown;
  std::uint64_t seed = 0;   ///< of its load profile
  Bytes install_code;       ///< 16 bytes, on its label
  bool joined = true;       ///< in the hub's device log from the start
  Csp region = Csp::North;  ///< which connection the hub is reached through
  std::string variant{};    ///< of an ESME, as the inventory names it: A, B (twin), C (polyphase), AD, ...; empty: A
};

/// A, B or C, and then letters D to G.
bool is_variant(std::string_view text);

/// The home of the demonstration: ESME ..A0, GSME ..A1, CHF ..A2, GPF ..A3, PPMID ..A4 of 00-DB-12-34-56-78-90-xx, the
/// identifiers that the published clients and templates use.
std::vector<EstateRow> demo_home();

/// Who sits in the devices' cells.
struct AnchorRow {
  PartyRole role = PartyRole::Root;
  Eui64 eui;
  DeviceType type = DeviceType::Unknown;  ///< of these devices alone; Unknown: of all that have no row of their own
};
/// The parties of the public test world.
std::vector<AnchorRow> demo_anchors();

/// Homes on disk, readable by their own process alone:
///
///     DIR/estate.tsv            the rows above
///     DIR/founded               when the devices were delivered
///     DIR/anchors.tsv           role, eui, type of device where it is for one type alone: recovery, supplier,
///                               network-operator, access-control-broker, transitional-cos, wan-provider,
///                               load-controller
///     DIR/keys/                 <eui>-ds and -ka (.key, .pem) of devices with keys of their own
///     DIR/keys.seed             64 hexadecimal digits, from which the keys of all other devices follow
///     DIR/certificates/         <eui>-ds.pem, -ka.pem, -pp-ka.pem of the parties; a cell without one stays empty
///     DIR/certificates/root.pem what the devices trust; without it they accept no new certificate
///     DIR/state/<region>.log    what homes and devices remember, and what is not acknowledged (state_log.h)
///     DIR/arrivals.tsv          a line for every delivery that came to a device
struct EstatePaths {
  std::filesystem::path folder;
  std::filesystem::path table() const { return folder / "estate.tsv"; }
  std::filesystem::path anchors() const { return folder / "anchors.tsv"; }
  std::filesystem::path keys() const { return folder / "keys"; }
  std::filesystem::path certificates() const { return folder / "certificates"; }
  std::filesystem::path key_seed() const { return folder / "keys.seed"; }
  std::filesystem::path founded() const { return folder / "founded"; }
  std::filesystem::path state() const { return folder / "state"; }
  std::filesystem::path log(Csp region) const { return state() / (std::string(to_string(region)) + ".log"); }
  std::filesystem::path arrivals() const { return folder / "arrivals.tsv"; }
  std::filesystem::path control() const { return folder / "control.socket"; }
};

/// Homes without end from a number: `count` homes of these devices (a CHF among them), spread over the regions in turn.
/// The same seed gives the same homes, identifiers and install codes.
std::vector<EstateRow> many_homes(std::size_t count, std::uint64_t seed, const std::vector<DeviceType>& devices);
/// The import MPxN under which `many_homes` registers an ESME: 13 digits.
std::string mpan_of(Eui64 esme);

/// Makes keys for the devices and has them certified; `publish` gets the certificates alone (empty: nobody does).
/// Errors: CryptoFailure, Io.
Status make_device_keys(const EstatePaths& paths, const std::vector<EstateRow>& rows, const pki::Authority& issuer,
                        const std::filesystem::path& publish, UtcTime now, Random& random);

/// Copies the certificates that the anchors need, and root.pem where there is one. Errors: Io.
Status copy_certificates(const EstatePaths& paths, const std::filesystem::path& from,
                         const std::vector<AnchorRow>& anchors);

/// The private key of a device that has none of its own. Errors: CryptoFailure.
Result<crypto::PrivateKey> derive_key(ByteView seed, Eui64 device, pki::KeyUse use);
/// Draws keys.seed and certifies what follows from it, calling `publish` with each device's certificates.
/// Errors: CryptoFailure, Io.
using Publish =
    std::function<Status(const EstateRow& row, const pki::Certificate& signing, const pki::Certificate& ka)>;
Status make_derived_keys(const EstatePaths& paths, const std::vector<EstateRow>& rows, const pki::Authority& issuer,
                         const Publish& publish, UtcTime now, Random& random);

/// Writes the tables (mode 0700 and 0600). Keys and certificates are there; the devices are in the state they are
/// delivered in until they have something to remember. Errors: Conflict when there is an estate already; Io.
Status found_estate(const EstatePaths& paths, const std::vector<EstateRow>& rows, const std::vector<AnchorRow>& anchors,
                    UtcTime now);

/// What the regions of one estate share: tables, parties' certificates, keys. Nothing of it changes.
struct EstatePlan;
/// Errors: NotFound, BadKey, UnknownKey, BadValue (estate.tsv: not in order, a home without hub).
Result<std::shared_ptr<const EstatePlan>> load_plan(const EstatePaths& paths, HomeSettings settings);
/// Where a device stands; null when the estate has none of that name.
const EstateRow* find_row(const EstatePlan& plan, Eui64 device);
/// The regions that have homes.
std::vector<Csp> regions_of(const EstatePlan& plan);

/// The homes of one region, made when somebody wants them, with their memory in a log. Errors: those of StateLog.
Result<std::unique_ptr<HomeStore>> open_homes(std::shared_ptr<const EstatePlan> plan, Csp region);

}  // namespace meterway::field
