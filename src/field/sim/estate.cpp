#include "field/sim/estate.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/sim/estate_table.h"
#include "standard/ids/market.h"

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

}  // namespace

std::vector<EstateRow> demo_home() {
  constexpr std::string_view kLabel = "0123456789ABCDEF";
  const Bytes code(kLabel.begin(), kLabel.end());
  const auto eui = [](std::uint64_t low) { return Eui64(0x00DB123456789000 + low); };
  const DeviceType types[] = {DeviceType::ESME, DeviceType::GSME, DeviceType::CHF, DeviceType::GPF, DeviceType::PPMID};
  std::vector<EstateRow> rows;
  for (std::uint64_t i = 0; i < 5; ++i) rows.push_back({eui(0xA2), eui(0xA0 + i), types[i], 2026 + i, code});
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
  if (const auto root = read_file(from / "root.pem"))
    METERWAY_CHECK(write_file(paths.certificates() / "root.pem", *root));
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
  METERWAY_CHECK(make_folder(paths.state()));
  METERWAY_CHECK(write_text_file(paths.founded(), to_iso8601(now) + "\n", 0600));
  METERWAY_CHECK(write_text_file(paths.anchors(), write_anchor_rows(anchors), 0600));
  // Last, because it says that the estate is there.
  return write_text_file(paths.table(), write_rows(rows), 0600);
}

std::vector<EstateRow> many_homes(std::size_t count, std::uint64_t seed, const std::vector<DeviceType>& devices) {
  // 16 identifiers a home; the seed says where they begin, so that two estates can live side by side.
  const std::uint64_t first = 0x00DB130000000000 + (seed & 0xFFF) * 0x10000000;
  std::vector<EstateRow> rows;
  rows.reserve(count * devices.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t base = first + i * 16;
    const Eui64 hub(base + static_cast<std::uint64_t>(DeviceType::CHF));
    for (const auto type : devices) {
      EstateRow row{hub, Eui64(base + static_cast<std::uint64_t>(type)), type, 0, {}, true, static_cast<Csp>(i % 3)};
      const auto digest = crypto::sha256(wire::Writer().u64(seed).u64(row.device.value()).take());
      row.seed = wire::Reader(digest).u32("seed");
      row.install_code.assign(digest.begin() + 16, digest.end());
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string mpan_of(Eui64 esme) {
  constexpr std::uint64_t kDigits = 100'000'000'000;  // below the first of twelve
  return Mpxn::mpan(2 * kDigits + esme.value() % kDigits).text();
}

Result<crypto::PrivateKey> derive_key(ByteView seed, Eui64 device, KeyUse use) {
  constexpr std::string_view kPurpose = "meterway emulated device key";
  for (std::uint64_t attempt = 0; attempt < 8; ++attempt) {
    // One in four thousand million digests is no scalar of the curve; then the next one is.
    const auto scalar =
        crypto::sha256(wire::Writer()
                           .bytes(ByteView(reinterpret_cast<const std::uint8_t*>(kPurpose.data()), kPurpose.size()))
                           .bytes(seed)
                           .u64(device.value())
                           .u8(static_cast<std::uint8_t>(use))
                           .u8(attempt)
                           .take());
    if (auto key = crypto::PrivateKey::from_scalar(scalar)) return key;
  }
  return fail(ErrorCode::CryptoFailure, 0, "key of a device from its seed");
}

Status make_derived_keys(const EstatePaths& paths, const std::vector<EstateRow>& rows, const pki::Authority& issuer,
                         const Publish& publish, UtcTime now, Random& random) {
  METERWAY_CHECK(make_folder(paths.folder));
  Bytes seed(32);
  SystemRandom secret;
  secret.fill(seed);
  METERWAY_CHECK(write_text_file(paths.key_seed(), to_hex(seed) + "\n", 0600));
  for (const auto& row : rows) {
    METERWAY_TRY(const auto signing, derive_key(seed, row.device, KeyUse::DigitalSignature));
    METERWAY_TRY(const auto agreement, derive_key(seed, row.device, KeyUse::KeyAgreement));
    METERWAY_TRY(const auto first,
                 pki::issue_device(issuer, {row.device, KeyUse::DigitalSignature}, now, signing.public_key(), random));
    METERWAY_TRY(const auto second,
                 pki::issue_device(issuer, {row.device, KeyUse::KeyAgreement}, now, agreement.public_key(), random));
    METERWAY_CHECK(publish(row, first, second));
  }
  return {};
}

}  // namespace meterway::field
