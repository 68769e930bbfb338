#include "flow/envelope/deadline.h"

#include <algorithm>

#include "flow/envelope/awaited_signature.h"

namespace meterway::flow {

UtcTime deadline_from(const registry::RequestRecord& record, UtcTime now, const Context& context) {
  const auto& settings = context.settings;
  const bool follows = record.preceding && !record.released;
  const auto time = follows                             ? settings.sequence_timeout
                    : awaits_signature(record, context) ? settings.cos_timeout
                                                        : settings.reach_timeout;
  return std::max(now, record.send_at) + time;
}

}  // namespace meterway::flow
