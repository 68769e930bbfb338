#pragma once
#include <optional>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "records/anomaly/book.h"

namespace meterway::flow::quarantine {

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
