#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::deliver {

/// A push that is to be made: its key in the store, and when.
struct Due {
  std::string key;
  UtcTime at{};
};

/// Step 9, first half: writes down the outcome. The request is done, the inventory changed, the signed document queued
/// for the User and the hops logged, all in one transaction; so is everything in its `also`.
///
/// Receives: an outcome.
/// Gives:    the deliveries, none when nobody is to be told (a message to the broker, or one that was told before).
/// Errors:   those of the store: nothing is written and the step may be run again.
Result<std::vector<Due>> store_outcome(Outcome&& outcome, const Context& context);

/// Step 9, second half: pushes what is queued to the Users' addresses, on threads of its own, until each has been taken
/// with 204. A failed push is tried again after a growing delay with jitter. The queue is in the store: after a restart
/// it continues where it stood, and a push may then be made twice.
/// Sharing: post() from any thread.
class Postman {
 public:
  /// Starts with what the store has queued. Errors: those of the store.
  static Result<std::unique_ptr<Postman>> start(const Context& context);
  ~Postman();
  void post(Due due);
  /// Lets the pushes under way end, starts no more.
  void stop();

 private:
  explicit Postman(const Context& context) : context_(context) {}
  void run();
  void push(const std::string& key);

  const Context& context_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<UtcTime, std::string> due_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

/// The delay after the `failures`th failure (1, 2, ..): doubles up to the longest, less up to half of itself by chance.
std::chrono::milliseconds retry_delay(unsigned failures, const DeliverySettings& settings, Random& random);

}  // namespace meterway::flow::deliver
