#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "records/anomaly/book.h"

namespace meterway::flow::quarantine {

/// Counts what is to become a command (records/anomaly), in the transaction that accepts it, and puts it into
/// quarantine when it is too much: then the record is held, and open. True when it is. `body`: what the User asks for;
/// called only where a limit could apply. `hops`: gets what has come of it. Errors: those of the store.
Result<bool> weigh(store::WriteView& view, registry::RequestRecord& record,
                   const std::function<Result<duis::Element>()>& body, const Context& context, std::vector<Hop>& hops);

/// Of a record that is held, what is to happen now. Nothing is remembered outside the store: asked again after a
/// restart it says the same, and what it gives to write down is written once.
struct Decision {
  enum class Course : std::uint8_t { Wait, Go, End } course = Course::Wait;
  UtcTime until{};             ///< of Wait: it expires then
  std::optional<Refusal> why;  ///< of End
  std::string detail;
  std::uint64_t item = 0;     ///< its number
  bool untold = false;        ///< of Wait: told() is to be called after `tell`
  std::vector<Outcome> tell;  ///< to be written down first: the DCC alert
};

/// Between acceptance and step 5, for what step 4 put into quarantine (gateway::acknowledge). A request that nobody has
/// decided on until it expires is ended here. Errors: those of the store.
Result<Decision> decide(const registry::RequestRecord& record, const Context& context);

/// The User has been told that it is held.
Status told(std::uint64_t item, const Context& context);

/// Out of quarantine: from now on it goes the way of any other, with as much time as any other.
Status let_go(registry::RequestRecord& record, const Context& context);

}  // namespace meterway::flow::quarantine
