#pragma once
#include "standard/gbcs/json_view.h"

namespace meterway::gbcs::document {

/// The document as an indented tree: a line a value, with what it means.
std::string json_to_text(const Json& json);

}  // namespace meterway::gbcs::document
