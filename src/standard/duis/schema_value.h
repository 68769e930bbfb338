#pragma once
#include <optional>
#include <string>

#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// Checks the text of an element or attribute against its simple type: lexical form, pattern, length, range, digits,
/// enumeration. White space in `text` is normalised as the type demands. Returns the rule that is broken, or nothing.
std::optional<std::string> broken_rule(const SimpleType& type, std::string& text);

}  // namespace meterway::duis::schema
