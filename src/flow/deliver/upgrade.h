#pragma once
#include "records/store/store.h"

namespace meterway::flow::deliver {

/// Takes over what version 0.1 had queued or given up (JSON rows "delivery" and "undelivered"), in one change; nothing
/// to do for a store that has none. Run it before the Postman starts.
/// Errors: those of the store; BadJson or of Eui64 for a row that cannot be read: then nothing is changed.
Status upgrade_from_version_1(store::Store& store);

}  // namespace meterway::flow::deliver
