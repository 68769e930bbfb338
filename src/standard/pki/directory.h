#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"

namespace meterway::pki {

/// A certificate, what it is used for, and its private key where the platform (or a test) holds it.
struct CertificateRecord {
  Certificate certificate;
  /// A prepayment certificate looks like any other: only its name, from configuration, tells.
  KeyUse use = KeyUse::DigitalSignature;
  std::string name;  ///< "Z1-supplier-ds"; may be empty
  std::optional<crypto::PrivateKey> private_key;
};

/// As the certificate search writes it.
enum class CertificateStatus : char { Pending = 'P', InUse = 'I', NotInUse = 'N', Expired = 'E', Revoked = 'R' };

using CertificateHandle = std::shared_ptr<const CertificateRecord>;

struct FoundCertificate {
  CertificateHandle record;
  CertificateStatus status = CertificateStatus::NotInUse;
};

/// The certificates the platform knows: by serial number, and by owner.
///
/// Of one owner and use exactly one certificate is in use; all of them are kept, because during a rotation both
/// generations must verify. The oldest (by not-before, then by serial) is in use until put_in_use says otherwise.
/// Sharing: safe between threads; a handle stays valid after any change.
class CertificateDirectory {
 public:
  /// Adding the same certificate again only completes it (name, private key).
  /// Errors: BadCertificate when it names no owner; Conflict when another certificate has its serial number, or the
  /// private key is not its own.
  Status add(CertificateRecord record);
  /// Errors: NotFound, Revoked.
  Status put_in_use(const SmkiSerial& serial);
  /// Takes it out of use for good; the next oldest of its kind takes its place. Errors: NotFound.
  Status revoke(const SmkiSerial& serial);

  /// record is null when there is none.
  FoundCertificate find(const SmkiSerial& serial) const;
  /// The one in use; null when there is none.
  CertificateHandle in_use(Eui64 owner, KeyUse use) const;
  /// The one that signs DUIS documents: XmlSigning if there is one, otherwise DigitalSignature.
  CertificateHandle xml_signer(Eui64 owner) const;
  /// All of one owner: in use first, then by serial number.
  std::vector<FoundCertificate> of(Eui64 owner) const;
  /// Everything, by serial number.
  std::vector<FoundCertificate> all() const;
  std::size_t size() const;

 private:
  struct Row {
    CertificateHandle record;
    CertificateStatus status;
  };
  std::optional<SmkiSerial> in_use_like(const CertificateRecord& record) const;

  mutable std::shared_mutex mutex_;
  std::map<SmkiSerial, Row> rows_;
  std::multimap<Eui64, SmkiSerial> by_owner_;
};

/// Everything in a folder of .pem certificates, each with the .key of the same name beside it. Bare public keys are
/// passed over. Errors: NotFound; what is wrong with the first certificate that cannot be read or added.
Status add_certificate_folder(CertificateDirectory& directory, const std::filesystem::path& folder);

/// A key store over the directory: the certificates in use, and their private keys. Pointers stay valid as long as
/// both live.
std::unique_ptr<KeyStore> key_store_of(std::shared_ptr<const CertificateDirectory> directory);

/// The use that role and key usage say, except that a prepayment certificate is told by its name alone:
/// "Z1-supplierPP-ka", "90b3d51f30010000-pp-ka".
KeyUse use_from_name(const Certificate& certificate, std::string_view name);

}  // namespace meterway::pki
