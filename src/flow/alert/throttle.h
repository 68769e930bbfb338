#pragma once
#include <functional>
#include <memory>

#include "flow/alert/storm.h"
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::alert {

/// A device that tells of the same thing again and again is not passed on alert by alert.
///
/// Of one device and alert code `throttle.alerts` are told within `throttle.window`. What comes after them is a storm:
/// held, each with its event ("throttled") and its bytes in the log. When the window is over the last of those held
/// goes to its Users with ThrottledAlertSequenceId (the number of the storm) and ThrottledAlertCount (how many it
/// stands for). While a window holds more than it would have told, the storm goes on and is summed up again.
///
/// Never throttled: codes that spec/alert_routes.tsv says so of (loss and return of supply, outcomes of dated
/// commands), those of `throttle.never`, reports that belong to a request, and what nobody is told of. Counts and what
/// is held are written with the alert itself, so a crash neither forgets nor tells twice.
///
/// Source:  alert storm protection with its list of exclusions (2020); thresholds and what the two numbers mean are not
///          public: ours.
/// Sharing: apply() in the device's lane.
class Throttle : public std::enable_shared_from_this<Throttle> {
 public:
  /// Stores an outcome and has it pushed; false: it could not be stored.
  using Finish = std::function<bool(Outcome&&)>;
  /// Takes up the storms that the store has open. `context` outlives it and what it gives to the executor.
  /// Errors: those of the store.
  static Result<std::shared_ptr<Throttle>> start(const Context& context, Finish finish);

  /// Counts the alert of a device, and takes its recipients away when it is held; anything else stays as it is.
  /// Errors: those of the store.
  Status apply(Outcome& outcome);

 private:
  Throttle(const Context& context, Finish finish) : context_(context), finish_(std::move(finish)) {}
  bool exempt(std::uint16_t code) const;
  void sum_up_at(UtcTime time, const StormKey& key);
  void sum_up(const StormKey& key);
  void sweep_at(UtcTime time);
  void sweep();

  const Context& context_;
  const Finish finish_;
};

}  // namespace meterway::flow::alert
