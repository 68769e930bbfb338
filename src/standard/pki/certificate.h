#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto/keys.h"
#include "base/util/clock.h"
#include "standard/ids/ids.h"
#include "standard/pki/serial.h"

namespace meterway::pki {

/// No certificate of the profiles is a tenth as large.
inline constexpr std::size_t kMaxCertificateBytes = 16 * 1024;

inline constexpr std::string_view kEcdsaWithSha256 = "1.2.840.10045.4.3.2";

/// Bits of the keyUsage extension, numbered as in RFC 5280 4.2.1.3 from the most significant bit of the first byte.
enum KeyUsageBit : std::uint16_t {
  kUsageDigitalSignature = 0x80,
  kUsageKeyAgreement = 0x08,
  kUsageKeyCertSign = 0x04,
  kUsageCrlSign = 0x02,
};

/// What an SMKI certificate says, read once; nothing is judged here beyond "can be read, and holds a P-256 key"
/// (profile checks are in lint.h).
///
/// Source:  RFC 5280; SMKI profiles of organisations (subject: role and EUI-64) and of devices (subjectAltName).
/// Errors:  of parse_certificate: TooLarge, BadCertificate (with the part that is wrong), BadKey, TrailingBytes.
/// Sharing: immutable once parsed; copies share the public key's handle.
struct Certificate {
  explicit Certificate(crypto::PublicKey key) : public_key(std::move(key)) {}

  Bytes der;
  int version = 0;  ///< 3 for v3
  SmkiSerial serial;
  std::string signature_algorithm;  ///< dotted object identifier
  /// RFC 2253 text, most specific first: "CN=Z1,OU=07". DUIS KeyInfo carries it so.
  std::string issuer;
  std::string subject;
  std::string common_name;           ///< empty when there is none
  std::string organisational_unit;   ///< the role as written: two hexadecimal digits (one old certificate has decimal)
  std::optional<PartyRole> role;     ///< from organisational_unit, when it is one of the codes
  std::optional<Eui64> subject_eui;  ///< x500UniqueIdentifier, a BIT STRING of 8 whole bytes: an organisation's
  std::optional<Eui64> device_eui;   ///< serial of subjectAltName's hardwareModuleName: a device's
  bool alternative_name_critical = false;
  UtcTime not_before;
  UtcTime not_after;
  std::uint16_t key_usage = 0;  ///< KeyUsageBit; 0 when absent
  bool key_usage_critical = false;
  std::vector<std::string> policies;  ///< dotted object identifiers
  bool policies_critical = false;
  bool policy_qualifiers = false;
  std::optional<bool> authority;  ///< basicConstraints: absent, an end entity's, a certification authority's
  std::optional<std::uint32_t> path_length;
  Bytes subject_key_identifier;
  Bytes authority_key_identifier;
  crypto::PublicKey public_key;
  Bytes signed_part;                   ///< TBSCertificate
  crypto::EcdsaSignature signature{};  ///< zero when the algorithm is not ECDSA

  /// The EUI-64 the certificate speaks for, wherever it stands.
  std::optional<Eui64> owner() const { return device_eui ? device_eui : subject_eui; }
  bool is_device() const { return device_eui.has_value(); }
  bool covers(UtcTime time) const { return not_before <= time && time <= not_after; }
  /// The issuer's name is this certificate's issuer and the issuer's key made the signature.
  bool is_signed_by(const Certificate& issuer_certificate) const;
};

/// A device's is read by its likeness to those read before, where there is one (certificate_form.h).
Result<Certificate> parse_certificate(ByteView pem_or_der);
/// The same without looking for a likeness: what the quicker way is judged by.
Result<Certificate> parse_certificate_by_structure(ByteView der);

/// Two RFC 2253 names, blanks beside the commas apart (some writers put one).
bool same_name(std::string_view a, std::string_view b);

}  // namespace meterway::pki
