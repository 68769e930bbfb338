#pragma once
#include <optional>

#include "records/store/store.h"
#include "standard/ids/ids.h"

namespace meterway::registry {

/// Who the access control broker of this node is, for those who read the store and nothing else.
/// Row: "broker" "own" -> EUI-64:8
Status put_broker(store::WriteView& view, Eui64 broker);
Result<std::optional<Eui64>> find_broker(const store::ReadView& view);

}  // namespace meterway::registry
