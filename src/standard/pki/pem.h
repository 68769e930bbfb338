#pragma once
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::pki {

inline constexpr std::string_view kPemCertificate = "CERTIFICATE";
inline constexpr std::string_view kPemPublicKey = "PUBLIC KEY";
inline constexpr std::string_view kPemPrivateKey = "PRIVATE KEY";

/// True when the text holds a block of this label (RFC 7468).
bool has_pem(std::string_view text, std::string_view label);

/// The bytes of the first block of this label. Errors: NotFound, BadBase64.
Result<Bytes> pem_body(std::string_view text, std::string_view label);

/// The block, 64 characters a line, with a line feed at its end.
std::string to_pem(ByteView der, std::string_view label);

}  // namespace meterway::pki
