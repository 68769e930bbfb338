#pragma once
#include <nlohmann/json_fwd.hpp>

#include "records/ledger/ledger.h"

/// Records as JSON: integers and booleans are what they are, everything else is text in its canonical form (value.h).
namespace meterway::portal {

/// {"kind", "reference", "revision", "state", "class", "created", "created_by", "changed", "fields", "attachments"}
nlohmann::json to_json(const ledger::Record& record);
nlohmann::json to_json(const ledger::Kind& kind, std::string_view field, const ledger::Value& value);
nlohmann::json to_json(const ledger::Kind& kind, const ledger::HistoryEntry& entry);

/// {"reference"?, "class"?, "why"?, "fields"?: {name: value, list or null}}. An empty body is an empty draft.
/// Errors in words, beginning with the member.
Result<ledger::Draft, std::string> read_draft(std::string_view json);

}  // namespace meterway::portal
