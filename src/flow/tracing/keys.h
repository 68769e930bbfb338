#pragma once
#include <string>
#include <vector>

#include "flow/tracing/story.h"

namespace meterway::flow::tracing {

/// A key that took part, by whose it is and the serial number of its certificate. No key itself, and none that is
/// private, is within reach here.
struct KeyName {
  std::string role;  ///< "signed the request", "signed the command", "MAC of the command"...
  Eui64 owner;
  std::string serial;       ///< hexadecimal; empty when no certificate of it is known
  bool in_use_now = false;  ///< the events do not name it: it is the one in use today
};

/// What the events name, and for messages of the devices the keys that are in use. Errors: those of the store.
Result<std::vector<KeyName>> keys_of(const store::ReadView& view, const Story& story);

}  // namespace meterway::flow::tracing
