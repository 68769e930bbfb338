#pragma once
#include <string_view>

#include "base/xml/document.h"

namespace meterway::duis {

inline constexpr std::string_view kGatewayNamespace = "http://www.dccinterface.co.uk/ServiceUserGateway";
inline constexpr std::string_view kSignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

/// The version that we write.
inline constexpr std::string_view kWrittenVersion = "5.4";
inline constexpr std::string_view kKnownVersions = "5.0 to 5.4";

/// schemaVersion is a decimal: "5.10" is 5.1, "5.00" is 5.0. True for 5.0, 5.1, 5.2, 5.3 and 5.4 by value.
bool is_known_version(std::string_view version);

/// True when a ds:Signature stands among the root's children.
bool has_signature(const xml::Document& document);

}  // namespace meterway::duis
