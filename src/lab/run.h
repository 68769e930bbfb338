#pragma once
#include <set>

#include "lab/history.h"
#include "lab/sim_node.h"

namespace meterway::lab {

/// What may go wrong in a run.
enum class Fault {
  Crash,   ///< power cut between two pieces of work
  Torn,    ///< power cut in the middle of a write
  Full,    ///< the disk is full for a while
  Pause,   ///< the platform's process, or the region's, stands still
  Clock,   ///< the platform's clock is set forward or back
  Link,    ///< frames are lost, repeated; connections break
  Region,  ///< the region's process ends and comes back
  Users,   ///< a User is dead, slow or answers with errors
  Http,    ///< requests, pushes and their answers are lost
  Supply,  ///< a home is without electricity for up to five minutes
};
inline constexpr std::size_t kFaults = 10;
std::string_view to_string(Fault fault);
/// "crash,link"; "all", "none". Errors: NotFound.
Result<std::set<Fault>> parse_faults(std::string_view text);
Result<Plant> parse_plant(std::string_view text);

struct RunSettings {
  std::uint64_t seed = 1;
  std::chrono::seconds load{60};  ///< simulated; faults happen as long as requests come
  std::size_t homes = 6;
  std::size_t requests = 40;
  std::set<Fault> faults;
  Plant plant = Plant::None;
};

struct RunResult {
  History history;
  Verdict verdict;
  std::string digest;  ///< of the history without what signatures make different: same seed, same digest
  UtcTime ended{};
  std::uint64_t events = 0, crashes = 0, faults = 0;
};

/// One run of the whole node with its estate and Users in virtual time. Errors: CryptoFailure; those of the store when
/// it does not open after a crash.
Result<RunResult> run_lab(const RunSettings& settings);

/// The command line that repeats it.
std::string repeat_command(const RunSettings& settings);

}  // namespace meterway::lab
