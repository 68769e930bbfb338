#pragma once
#include <cstddef>
#include <filesystem>

namespace meterway::apps {

/// What `meterway bench outage` does.
struct OutageBench {
  std::size_t hubs = 10000;
  double silence = 10;        ///< seconds that a hub keeps silent, in place of three minutes
  double spread = 2;          ///< seconds over which the hubs then spread their reports
  unsigned connections = 64;  ///< of the ordinary traffic
  double rate = 0;            ///< of it, requests a second; 0: half of what a closed loop reaches beforehand
  bool no_traffic = false;
  bool restore = true;         ///< give the supply back afterwards, and measure the meters' alerts too
  std::filesystem::path data;  ///< of the node; empty: a temporary one
};

/// Starts a platform, homes for ordinary traffic and an estate of dark hubs as processes of their own, is the supplier
/// and the network operator, takes the supply of all hubs away at one moment while readings go on, and prints as one
/// JSON object who was told when (docs/operations/outages.md). The exit status: 0 when every alert was acknowledged
/// within 60 s of being owed.
int run_outage_bench(const OutageBench& plan);

}  // namespace meterway::apps
