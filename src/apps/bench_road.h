#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace meterway::apps {

/// What `meterway bench road` measures, and how.
struct RoadBench {
  double seconds = 30;         ///< of load for each kind of request, in 15 rounds
  unsigned connections = 128;  ///< requests under way, each on a connection and to a home of its own
  double rate = 0;             ///< requests a second whatever the answers do; 0: as fast as they come
  unsigned latency_ms = 20;    ///< of the emulated homes
  bool json = false;
  std::filesystem::path data;     ///< of the node; empty: a temporary one
  std::vector<std::string> only;  ///< kinds by name; empty: all
};

/// Starts a platform and homes as processes of their own, is the User, and prints for each kind of request what it
/// cost the platform beside the cryptography it obliges to (bench/README.md). The exit status.
int run_road_bench(const RoadBench& plan);

}  // namespace meterway::apps
