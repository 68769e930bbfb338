#pragma once
#include "flow/envelope/context.h"
#include "flow/transform/transform.h"
#include "records/registry/device.h"
#include "records/registry/request_record.h"

/// What step 4 makes a command from, besides the request.
namespace meterway::flow {

/// As of now; counter and customer identification number are the caller's to add. A device that a join names and that
/// cannot be read counts as unknown.
transform::Context command_context(const duis::Request& request, const registry::Device& target,
                                   const Context& context);

/// A command of the broker's that is let go late: others of the broker's, whoever asked for them, may have gone to the
/// device meanwhile, with greater counters, and the device would refuse it. It is made again with the next counter, in
/// one write; nothing changes where it has the greatest. Errors: those of the store.
Status number_again(registry::RequestRecord& record, const Context& context);

}  // namespace meterway::flow
