#pragma once
#include <functional>
#include <optional>

#include "flow/deliver/queue.h"
#include "flow/envelope/context.h"

namespace meterway::flow::certified {

/// Brings the inventory to the certified product list: devices whose model and version are off it are suspended, those
/// that are on it again are restored. Decisions do not wait for it (registry/products.h): it writes down what holds
/// anyway, and tells Users by DCC alerts where they have a code (spec/dcc_alerts.tsv).
///
/// A device that cannot be read or written is passed over, with an event under "device:<EUI>"; all others have their
/// turn. A step that the store does not take is made again, and said once under "certified:sweep".
///
/// Looks for moments that have come, goes through all devices in steps of one write each, and goes on where it was
/// after a restart. All of it runs in one lane. Sharing: outlives the executor's work.
class Sweep {
 public:
  static constexpr std::size_t kStep = 500;  ///< devices in one write
  using Post = std::function<void(const deliver::Place&)>;
  Sweep(const Context& context, Post post) : context_(context), post_(std::move(post)) {}
  void start();
  /// The list says something that it did not say before. Until what it says next is due it sleeps.
  void look();

  struct Done {
    std::size_t suspended = 0, restored = 0;
    std::size_t failed = 0;  ///< passed over
    bool more = false;
  };
  /// One step. Errors: those of the store; the step is to be made again then.
  Result<Done> step();

 private:
  void run();
  void sleep(const Result<Done>& done);
  Status bring(store::WriteView& view, registry::Device& device, Done& done, std::vector<deliver::Place>& places);
  Result<Done> one_by_one();

  const Context& context_;
  const Post post_;
  bool said_ = false;            ///< that a step was not taken; the lane's own
  std::optional<UtcTime> wake_;  ///< when it runs next; the lane's own
};

}  // namespace meterway::flow::certified
