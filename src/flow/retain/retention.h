#pragma once
#include <string>

#include "flow/envelope/context.h"

namespace meterway::flow::retain {

/// Removes what has ended and is older than the settings keep it, a few rows at a time between everything else, as
/// pieces of work of the executor. What is open stays however old it is: a request that is accepted or sent, and the
/// events told of it, and what is held in quarantine. Notices go with the events, quarantined requests with the
/// requests. A request that was removed is still refused when it comes again, since its counter is kept; its answer is
/// then no longer known. Sharing: outlives the executor's work.
class Retention {
 public:
  explicit Retention(const Context& context) : context_(context) {}
  /// Nothing to do when the settings keep everything.
  void start();
  /// One batch; true when there is more to do at once. Errors: those of the store.
  Result<bool> step();

 private:
  void run();
  UtcTime cutoff(unsigned days) const;
  Result<bool> remove_events(store::WriteView& view);
  Result<bool> remove_requests(store::WriteView& view);

  const Context& context_;
  bool requests_next_ = false;
  std::uint64_t next_event_ = 0;
  std::string next_request_;
  bool notices_next_ = false, items_next_ = false;  ///< of the same pass, behind the events and the requests
  std::string next_notice_;
  std::uint64_t next_item_ = 0;
};

}  // namespace meterway::flow::retain
