#pragma once
#include "apps/test_settings.h"
#include "flow/envelope/context.h"
#include "portal/server/sending.h"

namespace meterway::apps {

/// What becomes of a request by this platform's own tables and records, and the way to the signer. `context` outlives
/// it.
portal::Sending sending_of(const flow::Context& context, const TestSettings& settings);

}  // namespace meterway::apps
