#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "flow/outage/outage.h"

namespace meterway::flow::outage {

/// Watches over the hubs' supply: takes their reports, keeps them, and tells the network operator and the suppliers of
/// the meters there (DCC alert AD1) once a loss has lasted `outage_after`.
///
/// Receives: HubReport, in any order, repeated or late.
/// Gives:    one Outcome per meter and User who must know, once; to deliver.
///
/// An alert is owed when a hub reports a loss that lasts as long as that by what is known then. A loss that is known to
/// have been shorter owes none. A report of the return alone owes none either: the meter's own alerts (8F35, 8F36) tell
/// the network operator of both times, and an alert on a loss that is over would send somebody out in vain.
///
/// Built for many hubs at one moment: what has come together is one change of the store, and so is what is told of it.
/// All of it runs in one lane. Sharing: take() from any thread.
class Watch {
 public:
  static constexpr std::size_t kMostWaiting = 200'000;  ///< reports not yet written; over it: Full
  static constexpr std::size_t kBatch = 500;            ///< reports in one change

  /// Stores an outcome with all that stands in its `also`, and has it pushed.
  using Finish = std::function<Status(Outcome&&)>;
  /// Takes up what the store has open. `context` outlives it and what it gives to the executor.
  /// Errors: those of the store.
  static Result<std::unique_ptr<Watch>> start(const Context& context, Finish finish);
  ~Watch();

  /// `stored` is called once the report is on disk. Errors: Full, Closed: it is not taken.
  Status take(HubReport report, std::function<void()> stored);

 private:
  struct State;
  explicit Watch(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace meterway::flow::outage
