#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/util/clock.h"
#include "base/util/result.h"

namespace meterway {

/// Where work runs, and what lets time pass. Handed in like the clock: threads in a running platform, one heap of
/// events on a simulated clock where a day is to replay from a seed. Whoever is handed one starts no thread, does not
/// sleep and waits for no time by other means.
///
/// A lane is a name for work that must stay in order (a device's EUI-64, usually): pieces of one lane run one after
/// the other in the order they were posted, never two at once. Different lanes may or may not run at the same time.
/// Sharing: post() and at() from any thread, also from within work.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs `work` soon. Errors: Full (try again later), Closed.
  virtual Status post(std::uint64_t lane, std::function<void()> work) = 0;
  /// Runs `work` in its lane once the clock has reached `time`, even when the lane is full then. Nothing is kept over
  /// a restart: whoever sets a time can set it again from the store.
  virtual void at(UtcTime time, std::uint64_t lane, std::function<void()> work) = 0;
  /// Refuses newcomers, drops what has not begun (the store remembers it) and waits for what runs.
  virtual void stop() = 0;
};

/// `threads` threads, each with a queue of at most `most_queued` pieces and the lanes that fall to it, and one that
/// watches the clock.
std::unique_ptr<Executor> make_thread_executor(const Clock& clock, unsigned threads, std::size_t most_queued);

}  // namespace meterway
