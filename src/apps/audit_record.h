#pragma once
#include <filesystem>
#include <optional>

#include "records/audit/checkpoint.h"

/// The platform's own record of how far the audit had got: its last checkpoint, as a file outside the folder of the
/// store (DataFolder::audit_record). An audit that was emptied together with its checkpoints says nothing of itself;
/// this does. Whoever can take away both takes away both: a checkpoint kept elsewhere tells even then.
namespace meterway::apps {

/// None: there is no such file. Errors: Io, BadLength, BadHex.
Result<std::optional<audit::Checkpoint>> read_audit_record(const std::filesystem::path& file);

/// Goes on to the last checkpoint of the log, where the log still has the entry of the one before. False: it has it no
/// more, and the record stays as it is: it is what tells of that. Errors: those of reading it; Io; the store's.
Result<bool> keep_audit_record(const std::filesystem::path& file, const store::Store& store);

}  // namespace meterway::apps
