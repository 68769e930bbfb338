#include "standard/pki/json_keystore.h"

#include <nlohmann/json.hpp>

#include "base/util/file.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

using nlohmann::json;

/// eui, usage, serial, entry: four levels, and their scalars.
constexpr int kMaxDepth = 5;

ByteView bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

const std::string* text_field(const json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get_ptr<const std::string*>() : nullptr;
}

struct Place {
  Eui64 owner;
  std::uint16_t usage;
  SmkiSerial serial;
};

Status agrees(const Certificate& certificate, const Place& place, const json& entry) {
  if (certificate.owner() != place.owner) return fail(ErrorCode::Conflict, 0, "key store owner");
  if (certificate.key_usage != place.usage) return fail(ErrorCode::Conflict, 0, "key store usage");
  if (!(certificate.serial == place.serial)) return fail(ErrorCode::Conflict, 0, "key store serial number");
  const auto role = entry.find("role");
  if (role == entry.end()) return {};
  if (!role->is_number_unsigned()) return fail(ErrorCode::BadJson, 0, "key store role");
  if (!certificate.role || role->get<std::uint64_t>() != static_cast<std::uint64_t>(*certificate.role)) {
    return fail(ErrorCode::Conflict, 0, "key store role");
  }
  return {};
}

Result<CertificateRecord> read_entry(const Place& place, const json& entry) {
  const std::string* pem = entry.is_object() ? text_field(entry, "certificate") : nullptr;
  if (pem == nullptr) return fail(ErrorCode::BadJson, 0, "key store certificate");
  METERWAY_TRY(Certificate certificate, parse_certificate(bytes_of(*pem)));
  METERWAY_CHECK(agrees(certificate, place, entry));
  const std::string* name = text_field(entry, "name");
  const KeyUse use = use_from_name(certificate, name != nullptr ? std::string_view(*name) : std::string_view());
  CertificateRecord record{std::move(certificate), use, name != nullptr ? *name : std::string(), std::nullopt};
  if (const std::string* key = text_field(entry, "privateKey")) {
    METERWAY_TRY(record.private_key, crypto::PrivateKey::from_encoded(bytes_of(*key)));
    if (!(record.private_key->public_key() == record.certificate.public_key)) {
      return fail(ErrorCode::Conflict, 0, "key store private key");
    }
  }
  return record;
}

Result<std::uint16_t> usage_of(const std::string& text) {
  if (text == "digitalSignature") return std::uint16_t{kUsageDigitalSignature};
  if (text == "keyAgreement") return std::uint16_t{kUsageKeyAgreement};
  return fail(ErrorCode::BadJson, 0, "key store usage");
}

Status read_usage(Eui64 owner, const std::string& usage_text, const json& serials,
                  std::vector<CertificateRecord>& out) {
  METERWAY_TRY(const std::uint16_t usage, usage_of(usage_text));
  if (!serials.is_object()) return fail(ErrorCode::BadJson, 0, "key store usage");
  for (const auto& [serial_text, entry] : serials.items()) {
    if (out.size() == kMaxJsonKeyStoreEntries) return fail(ErrorCode::TooLarge, 0, "key store entries");
    METERWAY_TRY(const SmkiSerial serial, SmkiSerial::from_decimal(serial_text));
    METERWAY_TRY(CertificateRecord record, read_entry({owner, usage, serial}, entry));
    out.push_back(std::move(record));
  }
  return {};
}

/// Null for text that is no JSON or nests deeper than the format does.
json parse_bounded(std::string_view text) {
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep |= depth > kMaxDepth;
    return !too_deep;
  };
  json root = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  return too_deep || root.is_discarded() ? json() : root;
}

}  // namespace

Result<std::vector<CertificateRecord>> read_json_keystore(std::string_view text) {
  if (text.size() > kMaxJsonKeyStoreBytes) return fail(ErrorCode::TooLarge, 0, "key store");
  const json root = parse_bounded(text);
  if (!root.is_object()) return fail(ErrorCode::BadJson, 0, "key store");
  std::vector<CertificateRecord> records;
  for (const auto& [eui_text, usages] : root.items()) {
    METERWAY_TRY(const Eui64 owner, Eui64::parse(eui_text));
    if (!usages.is_object()) return fail(ErrorCode::BadJson, 0, "key store owner");
    for (const auto& [usage, serials] : usages.items()) METERWAY_CHECK(read_usage(owner, usage, serials, records));
  }
  return records;
}

Result<std::vector<CertificateRecord>> open_json_keystore(const std::filesystem::path& file) {
  METERWAY_TRY(const std::string text, read_text_file(file, kMaxJsonKeyStoreBytes));
  return read_json_keystore(text);
}

std::string write_json_keystore(const std::vector<CertificateRecord>& records) {
  json root = json::object();
  for (const CertificateRecord& record : records) {
    const Certificate& certificate = record.certificate;
    const char* usage = certificate.key_usage == kUsageKeyAgreement ? "keyAgreement" : "digitalSignature";
    json& entry = root[certificate.owner().value_or(Eui64()).plain()][usage][certificate.serial.decimal()];
    entry["certificate"] = to_pem(certificate.der, kPemCertificate);
    if (record.private_key) entry["privateKey"] = to_pem(record.private_key->to_pkcs8(), kPemPrivateKey);
    if (!record.name.empty()) entry["name"] = record.name;
    if (certificate.role) entry["role"] = static_cast<unsigned>(*certificate.role);
  }
  return root.dump(2) + "\n";
}

}  // namespace meterway::pki
