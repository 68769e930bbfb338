#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "standard/pki/certificate.h"

namespace meterway::pki {

/// Which profile a certificate is measured by.
enum class Profile : std::uint8_t { Organisation, Device, Authority };

/// Devices name themselves in subjectAltName, authorities say so in basicConstraints; all others are organisations.
Profile profile_of(const Certificate& certificate);

/// Error: the certificate breaks its profile. Notice: some real certificates do this, and nothing depends on it.
enum class Severity : std::uint8_t { Notice, Error };

struct Finding {
  Severity severity;
  std::string_view rule;    ///< short name, stable
  std::string_view clause;  ///< where the rule stands
  std::string_view what;    ///< one sentence
};

/// Every rule of the certificate's profile that it breaks; empty when it breaks none. Dates against today and the
/// signature are not lints: see Certificate::covers and is_signed_by.
std::vector<Finding> lint(const Certificate& certificate);

/// No finding is an Error.
bool conforms(const Certificate& certificate);

/// Low 60 bits of SHA-1 of the point after the four bits 0100: RFC 5280 4.2.1.2, method (2).
Bytes key_identifier(const crypto::PublicKey& key);

inline constexpr std::string_view kOrganisationPolicy = "1.2.826.0.1.8641679.1.2.1.4";
inline constexpr std::string_view kDevicePolicy = "1.2.826.0.1.1800000.1.2.1.4";

}  // namespace meterway::pki
