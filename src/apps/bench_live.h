#pragma once
#include <cstdint>
#include <string>

namespace meterway::apps {

/// What `meterway bench live` does.
struct LiveBench {
  double seconds = 30;
  std::uint64_t rate = 5000;  ///< events a second
  unsigned viewers = 5;       ///< each asks once a second
  unsigned devices = 1000;
  int port = -1;  ///< serves /api/v1/events there meanwhile, to anybody on this machine; below 0: it does not
  std::string data;
  bool json = false;
};

/// Writes events of requests into a store behind the append log, as the road writes them, while viewers with different
/// filters and rights poll the feed as /api/v1/events answers it, and prints what that costs: CPU of the viewers'
/// threads, how long an answer takes, and whether each has counted every event. The exit status: 0 when none is lost.
int run_live_bench(const LiveBench& plan);

}  // namespace meterway::apps
