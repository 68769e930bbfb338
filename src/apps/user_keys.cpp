#include "apps/user_keys.h"

#include "base/util/file.h"

namespace meterway::apps {
namespace {

Result<pki::Certificate> read_certificate(const std::filesystem::path& path) {
  METERWAY_TRY(const auto bytes, read_file(path, pki::kMaxCertificateBytes));
  return pki::parse_certificate(bytes);
}

}  // namespace

Result<std::unique_ptr<UserKeys>> UserKeys::open(const DataFolder& data, const World& world, Eui64 user) {
  const auto path = data.user(user);
  METERWAY_TRY(auto folder, pki::open_key_folder(path));
  std::unique_ptr<UserKeys> keys(new UserKeys(user, world.smki_url(), world.access_control_broker, std::move(folder)));
  METERWAY_CHECK(keys->load_xml_certificates(path));
  return keys;
}

Status UserKeys::load_xml_certificates(const std::filesystem::path& folder) {
  const auto own = folder / (user_.plain() + "-xml");
  const auto base = std::filesystem::exists(own.string() + ".key") ? own : folder / (user_.plain() + "-ds");
  if (std::filesystem::exists(base.string() + ".key") && std::filesystem::exists(base.string() + ".pem")) {
    METERWAY_TRY(const auto key, read_file(base.string() + ".key", pki::kMaxCertificateBytes));
    METERWAY_TRY(xml_key_, crypto::PrivateKey::from_encoded(key));
    METERWAY_TRY(xml_certificate_, read_certificate(base.string() + ".pem"));
  }
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.path().filename().string().ends_with("-xml.pem") || entry.path() == own.string() + ".pem") continue;
    METERWAY_TRY(auto certificate, read_certificate(entry.path()));
    const auto serial = certificate.serial;
    dcc_.emplace(serial, std::make_unique<pki::Certificate>(std::move(certificate)));
  }
  return {};
}

const crypto::PublicKey* UserKeys::public_key(Eui64 owner, pki::KeyUse use) const {
  if (const auto* key = folder_->public_key(owner, use)) return key;
  const std::scoped_lock lock(mutex_);
  auto& found = found_[{owner, use}];
  const auto now = std::chrono::steady_clock::now();
  if (found.key && now - found.asked < kFresh) return found.key.get();
  const auto certificate = search_certificate(smki_url_, owner, use);
  if (certificate && (!found.key || !(*found.key == certificate->public_key))) {
    if (found.key) retired_.push_back(std::move(found.key));
    found.key = std::make_unique<crypto::PublicKey>(certificate->public_key);
  }
  found.asked = now;
  return found.key.get();  // the one before, where the search does not answer
}

Result<UserKeys::XmlSigner> UserKeys::xml_signer() const {
  if (!xml_key_ || !xml_certificate_) return fail(ErrorCode::UnknownKey, 0, "XML-signing key of the User");
  return XmlSigner{*xml_key_, *xml_certificate_};
}

const pki::Certificate* UserKeys::dcc_certificate(const pki::SmkiSerial& serial) const {
  const std::scoped_lock lock(mutex_);
  auto& found = dcc_[serial];
  if (!found) {
    auto certificate = retrieve_certificate(smki_url_, serial);
    if (!certificate || certificate->serial != serial || certificate->owner() != broker_) return nullptr;
    found = std::make_unique<pki::Certificate>(*std::move(certificate));
  }
  return found.get();
}

}  // namespace meterway::apps
