#pragma once
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway::duis {

/// Certificate serial numbers: decimal in X509SerialNumber, hexadecimal in certificates and the search service. At most
/// 20 octets (RFC 5280 4.1.2.2); those in use have 16.

/// "255" -> "ff": lower case, no leading zeros, even number of digits. Errors: BadNumber.
Result<std::string> serial_to_hex(std::string_view decimal);
/// "00FF" -> "255": no leading zeros. Errors: BadNumber.
Result<std::string> serial_to_decimal(std::string_view hex);

/// True when two issuer names in RFC 2253 text mean the same: blanks around commas, the order of the parts and the
/// case of attribute types do not matter ("CN=Z1,OU=07", "ou=07, CN=Z1").
bool same_issuer(std::string_view a, std::string_view b);

}  // namespace meterway::duis
