#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "flow/deliver/backlog.h"
#include "flow/envelope/context.h"

namespace meterway::flow::deliver {

/// Step 9, second half: pushes what is queued to the Users' addresses until each delivery has been taken with 204.
///
/// Every User has a queue of his own per class (delivery_class.h) and a bounded number of pushes under way, so that
/// one who is slow, dead or far behind delays no other. A push that fails is due again after a growing delay with
/// jitter; a User who does not answer at all, or refuses everything, is left alone likewise and then tried with one.
/// The queue is in the store: after a restart it continues where it stood, and a push may then be made twice. Memory
/// holds the first places of each queue only.
///
/// All work for a User runs in the lane of his EUI-64. Sharing: every member from any thread.
class Postman {
 public:
  /// Starts with what the store has queued. Errors: those of the store.
  static Result<std::unique_ptr<Postman>> start(const Context& context);
  ~Postman();
  /// A place that is in the store since now.
  void post(const Place& place);
  /// Starts no more pushes and takes no notice of those under way: they are made again after a restart.
  void stop();
  /// Pushes under way.
  std::size_t under_way() const;

  /// Of all Users for whom there is or was something, or of one. From counters; the ages from the store.
  Result<std::vector<UserBacklog>> backlog(std::optional<Eui64> only = std::nullopt) const;
  /// Puts back into the queue what was given up. False when it is not among those. Errors: those of the store.
  Result<bool> retry(const DeliveryId& id);
  Result<bool> drop(const DeliveryId& id);

 private:
  struct Office;
  explicit Postman(std::shared_ptr<Office> office) : office_(std::move(office)) {}
  std::shared_ptr<Office> office_;  ///< outlives the pushes under way
};

/// The delay after the `failures`th failure (1, 2, ..): doubles up to the longest, less up to half of itself by chance.
std::chrono::milliseconds retry_delay(unsigned failures, const DeliverySettings& settings, Random& random);

}  // namespace meterway::flow::deliver
