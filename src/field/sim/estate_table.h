#pragma once
#include <string>
#include <vector>

#include "field/sim/estate.h"

namespace meterway::field {

/// estate.tsv, both ways. Errors: BadValue with the line as offset.
std::string write_rows(const std::vector<EstateRow>& rows);
Result<std::vector<EstateRow>> read_rows(std::string_view text);

/// anchors.tsv, both ways. Errors: BadValue (role), BadEui64, with the line as offset.
std::string write_anchor_rows(const std::vector<AnchorRow>& rows);
Result<std::vector<AnchorRow>> read_anchor_rows(std::string_view text);

/// What the platform had not acknowledged, as estates were kept at first. Errors: BadJson.
Result<std::vector<Unacknowledged>> read_outbox(std::string_view json);

}  // namespace meterway::field
