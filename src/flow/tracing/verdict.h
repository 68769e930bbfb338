#pragma once
#include "flow/tracing/story.h"
#include "flow/tracing/tables.h"

namespace meterway::flow::tracing {

/// Whose move it is now, and what it is.
struct Verdict {
  std::string state;              ///< row of spec/next_moves.tsv without its kind: "no_device", "E21", "sent"
  std::string_view kind;          ///< "refusal", "code", "state"
  const MoveRow* move = nullptr;  ///< never null
  std::string code;               ///< response code that the User was told, or is owed; empty when there is none yet
  std::string detail;             ///< of the event that decided it
  UtcTime since{};
  std::string delivery;  ///< "owed", "not_taken", "not_delivered", "delivered"; empty: nothing is to be delivered
};

/// Of a story that is not empty. `now` tells what is dated from what is due.
Verdict verdict_of(const Story& story, UtcTime now);

/// Whether the device's answer says that it did not do (all of) what it was told: a DLMS result or a GBZ status that is
/// no success.
bool refused_by_device(ByteView answer);

}  // namespace meterway::flow::tracing
