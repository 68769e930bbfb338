#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "standard/pki/directory.h"

namespace meterway::pki {

inline constexpr std::size_t kMaxJsonKeyStoreBytes = 16u << 20;
inline constexpr std::size_t kMaxJsonKeyStoreEntries = 20000;

/// Reads the JSON key store that the published client programs use (docs/wire/keystore.md):
///
///     { "<eui>": { "digitalSignature" | "keyAgreement": { "<serial, decimal>":
///         { "certificate": PEM, "privateKey": PEM, "role": number, "name": text } } } }
///
/// Everything but the certificate may be missing. What the keys say must agree with the certificate.
/// Errors: TooLarge; BadJson (not this shape); Conflict (owner, usage, serial, role or private key is not the
/// certificate's); BadCertificate, BadKey.
Result<std::vector<CertificateRecord>> read_json_keystore(std::string_view text);
/// The same from a file. Errors: also NotFound, Io.
Result<std::vector<CertificateRecord>> open_json_keystore(const std::filesystem::path& file);

/// Writes the form above, two blanks an indent; private keys only where the records have them.
std::string write_json_keystore(const std::vector<CertificateRecord>& records);

}  // namespace meterway::pki
