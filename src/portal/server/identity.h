#pragma once
#include <map>
#include <mutex>

#include "portal/server/ask.h"
#include "records/permission/verified.h"

/// Who is calling, and as what.
namespace meterway::portal {

using permission::drop_unverified;

/// Wrong tokens by the address that they come from. Whoever goes on guessing is told to wait; a right token is let in
/// from anywhere at any time, so nobody can lock out another. Bounded. Sharing: from any thread.
class WrongTokens {
 public:
  enum class Verdict : std::uint8_t { Wrong, LockedNow, Locked };
  /// One more from there. `most` within `window`; beyond: Locked, LockedNow for the first.
  Verdict count(const std::string& source, UtcTime now, std::uint64_t most, std::chrono::minutes window);

 private:
  static constexpr std::size_t kMostSources = 10'000;
  struct Tries {
    UtcTime first{};
    std::uint64_t count = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
};

/// The answer to who shows what is nobody's: 401, or 429 for who goes on. Guessing is written down, and slowed down.
net::HttpResponse nobodys(const net::HttpRequest& http, const Route& route, const Portal& portal);

}  // namespace meterway::portal
