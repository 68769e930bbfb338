#pragma once
#include <map>
#include <mutex>

#include "records/audit/log.h"

/// Lines of callers without a name: anybody may make as many of them as he likes, and each would be a write. One is
/// written at once unless something was within `kAtLeast`; until then they are counted here, and written together. When
/// that is says nothing of what they are about: what is not there and what may not be seen take as long.
/// Sharing: from any thread.
namespace meterway::audit {

class Held {
 public:
  static constexpr std::chrono::seconds kAtLeast{10};
  static constexpr std::size_t kMost = 1000;  ///< different ones; beyond, they are written at once

  /// One more. Errors: those of the store; it is kept then, and written with the next.
  Status add(store::Store& store, const Entry& line);
  /// Writes what waits when it is time, or `all` of it now.
  Status write_due(store::Store& store, UtcTime now, bool all = false);

 private:
  struct Waiting {
    Entry line;
    std::uint64_t times = 0;
  };
  using Lines = std::map<std::string, Waiting>;  ///< by what makes them the same
  /// With the mutex held.
  bool is_due(UtcTime now) const { return now - written_ >= kAtLeast || now < written_ || waiting_.size() > kMost; }
  void count(const Entry& line, std::uint64_t times);

  std::mutex mutex_;
  Lines waiting_;
  UtcTime written_{};
};

}  // namespace meterway::audit
