#include "field/sim/estate.h"

#include <algorithm>
#include <map>

#include "base/crypto/digest.h"
#include "base/util/file.h"
#include "field/sim/estate_table.h"

namespace meterway::field {
namespace {

namespace fs = std::filesystem;
using pki::KeyUse;

Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(ErrorCode::Io, 0, "folder of the estate");
  return {};
}

/// The state a device is delivered in.
DeviceState first_state(const EstateRow& row, const std::vector<EstateRow>& rows, UtcTime now) {
  DeviceState state;
  state.commissioned = state.registers.read_at = now;
  if (row.type == DeviceType::ESME || row.type == DeviceType::GSME) {
    // A meter has run at the factory and at its first home: nobody's register reads zero.
    state.registers.import_milli = (1000 + row.seed % 9000) * 1'000'000 + row.seed * 7'919 % 1'000'000;
    state.registers.reactive_milli = state.registers.import_milli / 5;
    if (row.type == DeviceType::ESME) state.registers.tariff_milli[0] = state.registers.import_milli;
    state.registers.balance = 1'000'000;
  }
  if (row.type != DeviceType::CHF) return state;
  for (const auto& other : rows) {
    if (other.hub != row.hub || other.device == row.device || !other.joined) continue;
    LogEntry entry{other.device, {}, other.install_code, now};
    if (other.type != DeviceType::GPF) {
      const auto digest = crypto::sha256({row.device.wire(), other.device.wire(), ByteView(other.install_code)});
      entry.key_hash.assign(digest.begin(), digest.begin() + 16);
    }
    state.device_log.push_back(std::move(entry));
  }
  return state;
}

Result<TrustAnchors> load_anchors(DeviceType type, const pki::KeyStore& certificates,
                                  const std::vector<AnchorRow>& rows) {
  TrustAnchors anchors;
  for (const auto& kind : cells_of(type)) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const AnchorRow& r) { return r.role == kind.role; });
    if (row == rows.end()) continue;
    const auto* key = certificates.public_key(row->eui, kind.use);
    if (key == nullptr) continue;
    const ByteView der = certificates.certificate(row->eui, kind.use);
    anchors.put({kind.role, kind.use, row->eui, *key, Bytes(der.begin(), der.end())});
  }
  if (anchors.find(PartyRole::AccessControlBroker, KeyUse::KeyAgreement) == nullptr) {
    return fail(ErrorCode::UnknownKey, 0, "access control broker's key agreement certificate among the anchors");
  }
  return anchors;
}

}  // namespace

std::vector<EstateRow> demo_home() {
  constexpr std::string_view kLabel = "0123456789ABCDEF";
  const Bytes code(kLabel.begin(), kLabel.end());
  const auto eui = [](std::uint64_t low) { return Eui64(0x00DB123456789000 + low); };
  const DeviceType types[] = {DeviceType::ESME, DeviceType::GSME, DeviceType::CHF, DeviceType::GPF, DeviceType::PPMID};
  std::vector<EstateRow> rows;
  for (std::uint64_t i = 0; i < 5; ++i) rows.push_back({eui(0xA2), eui(0xA0 + i), types[i], 2026 + i, code, true});
  return rows;
}

std::vector<AnchorRow> demo_anchors() {
  return {{PartyRole::Recovery, Eui64(0x90B3D51F30000001)},
          {PartyRole::AccessControlBroker, Eui64(0x90B3D51F30000002)},
          {PartyRole::TransitionalCos, Eui64(0x90B3D51F30000004)},
          {PartyRole::WanProvider, Eui64(0x90B3D51F30000007)},
          {PartyRole::Supplier, Eui64(0x90B3D51F30010000)},
          {PartyRole::NetworkOperator, Eui64(0x90B3D51F30020000)}};
}

Status make_device_keys(const EstatePaths& paths, const std::vector<EstateRow>& rows, const pki::Authority& issuer,
                        const fs::path& publish, UtcTime now, Random& random) {
  METERWAY_CHECK(make_folder(paths.folder));
  METERWAY_CHECK(make_folder(paths.keys()));
  for (const auto& row : rows) {
    for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
      METERWAY_TRY(auto key, crypto::PrivateKey::generate());
      METERWAY_TRY(auto certificate, pki::issue_device(issuer, {row.device, use}, now, key.public_key(), random));
      const pki::CertificateRecord record{std::move(certificate), use, "", std::move(key)};
      METERWAY_CHECK(pki::write_key_files(paths.keys(), record, pki::WriteKeys::Yes));
      if (!publish.empty()) METERWAY_CHECK(pki::write_key_files(publish, record, pki::WriteKeys::No));
    }
  }
  return {};
}

Status copy_certificates(const EstatePaths& paths, const fs::path& from, const std::vector<AnchorRow>& anchors) {
  METERWAY_CHECK(make_folder(paths.folder));
  METERWAY_CHECK(make_folder(paths.certificates()));
  for (const auto& row : anchors) {
    for (const char* suffix : {"-ds.pem", "-ka.pem", "-pp-ka.pem"}) {
      const auto certificate = read_file(from / (row.eui.plain() + suffix));
      if (!certificate) continue;  // that cell stays empty
      METERWAY_CHECK(write_file(paths.certificates() / (row.eui.plain() + suffix), *certificate));
    }
  }
  return {};
}

Status found_estate(const EstatePaths& paths, const std::vector<EstateRow>& rows, const std::vector<AnchorRow>& anchors,
                    UtcTime now) {
  std::error_code error;
  if (fs::exists(paths.table(), error)) return fail(ErrorCode::Conflict, 0, "there is an estate already");
  METERWAY_CHECK(make_folder(paths.folder));
  METERWAY_CHECK(make_folder(paths.folder / "state"));
  METERWAY_CHECK(write_text_file(paths.anchors(), write_anchor_rows(anchors), 0600));
  for (const auto& row : rows) {
    METERWAY_CHECK(write_text_file(paths.state(row.device), write_state(first_state(row, rows, now)), 0600));
  }
  // Last, because it says that the estate is there.
  return write_text_file(paths.table(), write_rows(rows), 0600);
}

Result<std::vector<Home>> load_homes(const EstatePaths& paths, HomeSettings settings) {
  METERWAY_TRY(const auto table, read_text_file(paths.table()));
  METERWAY_TRY(const auto rows, read_rows(table));
  METERWAY_TRY(const auto anchor_table, read_text_file(paths.anchors()));
  METERWAY_TRY(const auto anchor_rows, read_anchor_rows(anchor_table));
  METERWAY_TRY(const auto certificates, pki::open_key_folder(paths.certificates()));
  METERWAY_TRY(const auto keys, pki::open_key_folder(paths.keys()));

  std::map<Eui64, Eui64> pans;  // a home's network is named after its gas proxy
  for (const auto& row : rows) {
    if (row.type == DeviceType::GPF) pans[row.hub] = row.device;
  }
  std::map<Eui64, std::vector<Installed>> units;
  for (const auto& row : rows) {
    const auto* signing = keys->private_key(row.device, KeyUse::DigitalSignature);
    const auto* agreement = keys->private_key(row.device, KeyUse::KeyAgreement);
    if (signing == nullptr || agreement == nullptr) return fail(ErrorCode::BadKey, 0, "private key of a device");
    METERWAY_TRY(auto anchors, load_anchors(row.type, *certificates, anchor_rows));
    METERWAY_TRY(const auto text, read_text_file(paths.state(row.device)));
    METERWAY_TRY(auto state, read_state(text));
    const LoadProfile profile(row.type == DeviceType::ESME ? Fuel::Electricity : Fuel::Gas, row.seed);
    units[row.hub].push_back({Device({row.device, row.type, *signing, *agreement, pans[row.hub]}, std::move(anchors),
                                     profile, std::move(state)),
                              row.install_code});
  }
  std::vector<Home> homes;
  for (auto& [hub, devices] : units) {
    const auto hubs = std::count_if(devices.begin(), devices.end(), [](const Installed& unit) {
      return unit.device.identity().type == DeviceType::CHF;
    });
    if (hubs != 1) return fail(ErrorCode::BadValue, 0, "estate.tsv: a home has one CHF");
    homes.emplace_back(std::move(devices), settings);
  }
  return homes;
}

Result<std::vector<Unacknowledged>> load_outbox(const EstatePaths& paths) {
  const auto text = read_text_file(paths.outbox());
  if (!text && text.error().code == ErrorCode::NotFound) return std::vector<Unacknowledged>();
  if (!text) return Unexpected{text.error()};
  return read_outbox(*text);
}

SaveRegion save_to(const EstatePaths& paths) {
  return [paths](const std::vector<const Home*>& homes, const std::vector<Unacknowledged>& outbox) -> Status {
    Status status;
    for (const Home* home : homes) {
      home->each([&](const Device& device) {
        if (status) status = write_text_file(paths.state(device.identity().eui), write_state(device.state()), 0600);
      });
    }
    METERWAY_CHECK(status);
    return write_text_file(paths.outbox(), write_outbox(outbox), 0600);
  };
}

}  // namespace meterway::field
