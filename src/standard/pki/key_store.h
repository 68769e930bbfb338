#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/keys.h"
#include "standard/ids/ids.h"

namespace meterway::pki {

/// Which of a party's or device's keys: file suffix -ds, -ka, -pp-ka or -xml (DUIS documents; roles 135 and 137).
enum class KeyUse : std::uint8_t { DigitalSignature, KeyAgreement, PrepaymentKeyAgreement, XmlSigning };

/// Keys and certificates by EUI-64 and use. Keys are decoded once, when first asked for, and kept as handles.
/// Sharing: safe between threads. The pointers stay valid as long as the store, where it says nothing else
/// (key_store_of in directory.h does).
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  /// Null when there is none (or it cannot be read: see problems()).
  virtual const crypto::PublicKey* public_key(Eui64 owner, KeyUse use) const = 0;
  virtual const crypto::PrivateKey* private_key(Eui64 owner, KeyUse use) const = 0;
  /// DER of the certificate; empty when there is none or only a bare public key is known.
  virtual ByteView certificate(Eui64 owner, KeyUse use) const = 0;
  /// What its certificates say the party is; none when there is no certificate. Here they are read at every call.
  virtual std::optional<PartyRole> role(Eui64 owner) const;
  /// A line for each file met so far that could not be used, and why.
  virtual std::vector<std::string> problems() const { return {}; }
};

/// A folder of <eui>-ds, <eui>-ka, <eui>-pp-ka, <eui>-xml with .pem (certificate or public key) and .key (PKCS#8, PEM
/// or DER); eui is 16 hex digits. The folder is listed once, on opening; files are read only when their key is asked
/// for. A public key without a .pem is taken from the .key; a .key that does not fit its .pem is refused. Errors:
/// NotFound when there is no such folder.
Result<std::unique_ptr<KeyStore>> open_key_folder(const std::filesystem::path& folder);

}  // namespace meterway::pki
