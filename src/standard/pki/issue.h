#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "base/util/random.h"
#include "standard/pki/certificate.h"
#include "standard/pki/directory.h"

namespace meterway::pki {

/// A certificate that signs others, and its key.
struct Authority {
  Certificate certificate;
  crypto::PrivateKey key;
};

struct Validity {
  UtcTime not_before;
  UtcTime not_after;
  static Validity years(UtcTime from, int count);
};

/// One certificate each; the profiles are those that lint.h checks. Serial numbers are 16 random bytes; the key's own
/// randomness is OpenSSL's. Errors: CryptoFailure.
Result<Authority> issue_root(const std::string& common_name, Validity validity, Random& random);
/// Subject OU=07, CN as given. Errors: CryptoFailure.
Result<Authority> issue_authority(const Authority& root, const std::string& common_name, Validity validity,
                                  Random& random);

struct OrganisationSubject {
  Eui64 eui;
  PartyRole role = PartyRole::Other;
  std::string common_name;  ///< empty: no CN
  KeyUse use = KeyUse::DigitalSignature;
};
/// For a key that its owner made. Errors: CryptoFailure; BadValue for a role that signs XML with another use.
Result<Certificate> issue_organisation(const Authority& authority, const OrganisationSubject& subject,
                                       Validity validity, const crypto::PublicKey& key, Random& random);

struct DeviceSubject {
  Eui64 eui;
  KeyUse use = KeyUse::DigitalSignature;
};
/// Empty subject, the EUI-64 in a critical subjectAltName; never expires. Errors: CryptoFailure.
Result<Certificate> issue_device(const Authority& authority, const DeviceSubject& subject, UtcTime not_before,
                                 const crypto::PublicKey& key, Random& random);

/// One end of a TLS connection: an organisation, and where it is a server the names it is reached by.
struct TlsSubject {
  Eui64 eui;
  PartyRole role = PartyRole::Other;
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<Bytes> addresses;  ///< 4 bytes each, or 16
};
/// Good for both ends of a connection (extended key usage), and for nothing else: it stands in no directory of
/// certificates that sign documents. Errors: CryptoFailure.
Result<Certificate> issue_tls(const Authority& authority, const TlsSubject& subject, Validity validity,
                              const crypto::PublicKey& key, Random& random);

/// A person who signs files for a User (anomaly detection): an authorised responsible officer. The public profile of
/// such a certificate is not known; this one is ours: CN the person, OU "File Signing", the User's EUI-64, digital
/// signature alone.
struct FileSignerSubject {
  std::string person;
  Eui64 user;
};
inline constexpr std::string_view kFileSigning = "File Signing";
/// Errors: CryptoFailure.
Result<Certificate> issue_file_signer(const Authority& authority, const FileSignerSubject& subject, Validity validity,
                                      const crypto::PublicKey& key, Random& random);
bool is_file_signer(const Certificate& certificate);

/// A person as client of a TLS connection. This profile is ours as well: CN the person, OU "Person", no EUI-64, so that
/// it can stand for no User; digital signature, TLS alone. Errors: CryptoFailure.
Result<Certificate> issue_person(const Authority& authority, const std::string& person, Validity validity,
                                 const crypto::PublicKey& key, Random& random);

/// A party of a throw-away world. It gets a digital signature and a key agreement certificate, and what is asked for.
struct DemoParty {
  Eui64 eui;
  PartyRole role = PartyRole::Other;
  std::string name;          ///< "supplier": becomes part of the records' names, and the CN in upper case
  bool prepayment = false;   ///< a second key agreement certificate
  bool xml_signing = false;  ///< role 135; 137 for the access control broker
};

/// Root, issuing authority, and everybody's certificates with their private keys.
struct DemoPki {
  Authority root;
  Authority issuing;
  std::vector<CertificateRecord> records;
};
/// Records come in the order of the parties, then the devices (a digital signature and a key agreement one each).
/// Errors: CryptoFailure.
Result<DemoPki> make_demo_pki(const std::vector<DemoParty>& parties, const std::vector<Eui64>& devices,
                              const Clock& clock, Random& random);

/// The file name without extension that open_key_folder expects: "<eui>-ds" and so on.
std::string key_file_stem(const CertificateRecord& record);
enum class WriteKeys : bool { No, Yes };
/// <stem>.pem, and with WriteKeys::Yes <stem>.key (PKCS#8, mode 0600) where the record has one. The folder must exist.
/// Errors: Io.
Status write_key_files(const std::filesystem::path& folder, const CertificateRecord& record, WriteKeys keys);

}  // namespace meterway::pki
