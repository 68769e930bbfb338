#pragma once
#include "records/store/store.h"

namespace meterway::registry {

/// Reads the requests, counters and devices that version 0.1 wrote as JSON and writes them as records, all in one
/// change; nothing to do for a store that has none. Run it before anything else reads the registry.
/// Errors: those of the store; BadJson, BadHex, BadValue for a row that cannot be read: then nothing is changed.
Status upgrade_from_version_1(store::Store& store);

}  // namespace meterway::registry
