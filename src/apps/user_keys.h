#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "apps/world.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"

/// The keys of one User, from that User's own folder, and the certificates of everybody else: from that folder, or
/// asked of the certificate search and remembered. No platform state here.
namespace meterway::apps {

class UserKeys final : public pki::KeyStore {
 public:
  /// Errors: NotFound when the User has no folder; BadKey, BadCertificate.
  static Result<std::unique_ptr<UserKeys>> open(const DataFolder& data, const World& world, Eui64 user);

  Eui64 user() const { return user_; }
  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override;
  const crypto::PrivateKey* private_key(Eui64 owner, pki::KeyUse use) const override {
    return folder_->private_key(owner, use);
  }
  ByteView certificate(Eui64 owner, pki::KeyUse use) const override { return folder_->certificate(owner, use); }
  std::vector<std::string> problems() const override { return folder_->problems(); }

  /// What signs this User's DUIS documents: <eui>-xml, or <eui>-ds where there is none.
  /// Errors: UnknownKey.
  struct XmlSigner {
    const crypto::PrivateKey& key;
    const pki::Certificate& certificate;
  };
  Result<XmlSigner> xml_signer() const;

  /// The certificate with which the DCC signed, by the serial in its KeyInfo: an XML-signing certificate in the folder,
  /// or one from the certificate search that speaks for the access control broker. Null when there is none.
  const pki::Certificate* dcc_certificate(const pki::SmkiSerial& serial) const;

 private:
  UserKeys(Eui64 user, std::string smki_url, Eui64 broker, std::unique_ptr<pki::KeyStore> folder)
      : user_(user), smki_url_(std::move(smki_url)), broker_(broker), folder_(std::move(folder)) {}
  Status load_xml_certificates(const std::filesystem::path& folder);

  const Eui64 user_;
  const std::string smki_url_;
  const Eui64 broker_;
  std::unique_ptr<pki::KeyStore> folder_;
  std::optional<crypto::PrivateKey> xml_key_;
  std::optional<pki::Certificate> xml_certificate_;
  mutable std::mutex mutex_;  ///< over what is remembered
  /// A device may renew its keys: what was asked so long ago is asked again.
  static constexpr std::chrono::seconds kFresh{10};
  struct Found {
    std::unique_ptr<crypto::PublicKey> key;
    std::chrono::steady_clock::time_point asked{};
  };
  mutable std::map<std::pair<Eui64, pki::KeyUse>, Found> found_;
  mutable std::vector<std::unique_ptr<crypto::PublicKey>> retired_;  ///< somebody may still look at one
  mutable std::map<pki::SmkiSerial, std::unique_ptr<pki::Certificate>> dcc_;
};

/// The certificate search on the platform's SMKI port, as a User's system asks it.
/// Errors: NotFound; Network, Timeout; BadXml, BadCertificate.
Result<pki::Certificate> search_certificate(const std::string& smki_url, Eui64 owner, pki::KeyUse use);
Result<pki::Certificate> retrieve_certificate(const std::string& smki_url, const pki::SmkiSerial& serial);

}  // namespace meterway::apps
