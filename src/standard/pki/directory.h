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

/// A certificate as it is kept: not yet read.
struct StoredCertificate {
  SmkiSerial serial;
  Eui64 owner;
  KeyUse use = KeyUse::DigitalSignature;
  CertificateStatus status = CertificateStatus::NotInUse;
  std::string name;
  Bytes der;
};

/// Where certificates are kept that are too many for memory. Sharing: safe between threads. Errors: its own.
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  virtual Result<std::optional<StoredCertificate>> find(const SmkiSerial& serial) const = 0;
  virtual Result<std::optional<StoredCertificate>> in_use(Eui64 owner, KeyUse use) const = 0;
  virtual Result<std::vector<StoredCertificate>> of(Eui64 owner) const = 0;
};

class CertificateCache;

/// The certificates the platform knows: by serial number, and by owner.
///
/// Some are held in memory (those added here, with private keys); the others are looked up in a source when they are
/// asked for, read then, and remembered as long as there is room. Of one owner and use exactly one certificate is in
/// use; all of them are kept, because during a rotation both generations must verify. The oldest (by not-before, then
/// by serial) is in use until put_in_use says otherwise.
/// Sharing: safe between threads; a handle stays valid after any change.
class CertificateDirectory {
 public:
  CertificateDirectory();
  ~CertificateDirectory();

  /// Adding the same certificate again only completes it (name, private key).
  /// Errors: BadCertificate when it names no owner; Conflict when another certificate has its serial number, or the
  /// private key is not its own.
  Status add(CertificateRecord record);
  /// Errors: NotFound, Revoked.
  Status put_in_use(const SmkiSerial& serial);
  /// Takes it out of use for good; the next oldest of its kind takes its place. Errors: NotFound.
  Status revoke(const SmkiSerial& serial);

  /// Beneath what is held here, look there. `most_read`: how many read certificates are remembered (some 5 kB each).
  /// Call before others use the directory.
  void set_source(std::shared_ptr<const CertificateSource> source, std::size_t most_read = kMostRead);
  static constexpr std::size_t kMostRead = 20000;
  /// What is remembered of this owner, or of everybody, has changed in the source: the next question goes there. It
  /// alters what is remembered, not what is known.
  void forget(Eui64 owner) const;
  void forget_all() const;

  /// record is null when there is none.
  FoundCertificate find(const SmkiSerial& serial) const;
  /// The one in use; null when there is none.
  CertificateHandle in_use(Eui64 owner, KeyUse use) const;
  /// The one that signs DUIS documents: XmlSigning if there is one, otherwise DigitalSignature.
  CertificateHandle xml_signer(Eui64 owner) const;
  /// All of one owner: in use first, then by serial number.
  std::vector<FoundCertificate> of(Eui64 owner) const;
  /// Everything held in memory, by serial number.
  std::vector<FoundCertificate> all() const;
  std::size_t size() const;
  /// Whether it is held in memory: one of the platform's own.
  bool holds(const SmkiSerial& serial) const;

 private:
  struct Row {
    CertificateHandle record;
    CertificateStatus status;
  };
  std::optional<SmkiSerial> in_use_like(const CertificateRecord& record) const;

  mutable std::shared_mutex mutex_;
  std::map<SmkiSerial, Row> rows_;
  std::multimap<Eui64, SmkiSerial> by_owner_;
  std::unique_ptr<CertificateCache> cache_;
};

/// Everything in a folder of .pem certificates, each with the .key of the same name beside it. Bare public keys are
/// passed over. Errors: NotFound; what is wrong with the first certificate that cannot be read or added.
Status add_certificate_folder(CertificateDirectory& directory, const std::filesystem::path& folder);
/// The same without adding them anywhere.
Result<std::vector<CertificateRecord>> read_certificate_folder(const std::filesystem::path& folder);

/// A key store over the directory: the certificates in use, and their private keys. A pointer stays valid until the
/// thread that got it has asked for kKeysKept others: any step asks for far fewer, and none keeps one.
std::unique_ptr<KeyStore> key_store_of(std::shared_ptr<const CertificateDirectory> directory);
inline constexpr std::size_t kKeysKept = 64;

/// The use that role and key usage say, except that a prepayment certificate is told by its name alone:
/// "Z1-supplierPP-ka", "90b3d51f30010000-pp-ka".
KeyUse use_from_name(const Certificate& certificate, std::string_view name);

}  // namespace meterway::pki
