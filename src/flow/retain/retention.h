#pragma once
#include <string>

#include "flow/envelope/context.h"

namespace meterway::flow::retain {

/// Removes what has ended and is older than the settings keep it, a few rows at a time between everything else, as
/// pieces of work of the executor. What is open stays however old it is: a request that is accepted or sent, and the
/// events told of it, and what is held in quarantine. Notices go with the events, quarantined requests with the
/// requests. A request that was removed is still refused when it comes again, since its counter is kept; its answer is
/// then no longer known. Of what came in files (files_days): outcomes of loads of registration data, flags with their
/// answers, thresholds that decide nothing any more; a threshold or action file keeps its reference, and a load its
/// number, so that each stays a replay. Sharing: outlives the executor's work.
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

  const Context& context_;
  std::size_t kind_ = 0;  ///< of rows, whose turn it is
  std::string next_;      ///< the key to go on from
};

}  // namespace meterway::flow::retain
