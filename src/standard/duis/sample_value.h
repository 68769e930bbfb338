#pragma once
#include <string>

#include "base/util/clock.h"
#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// The smallest text that fits a simple type: its first value, its lowest number, its shortest text; `now` for a date.
std::string sample_value(const SimpleType& type, UtcTime now);

}  // namespace meterway::duis::schema
