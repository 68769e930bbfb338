#pragma once
#include <functional>
#include <string>
#include <vector>

#include "apps/bench_load.h"

namespace meterway::apps {

/// One piece of cryptography that the DCC is obliged to do for a request.
struct BoundStage {
  std::string name;
  unsigned times = 1;  ///< for one request, both stages of a critical one together
  std::function<void()> run;
  std::vector<double> rounds_us;  ///< of one time, a value a round
};

/// What a request of this kind obliges to, on one thread, by OpenSSL's general interface with parsed keys
/// (crypto::plain):
///
///   non-critical   check the User's XML signature, sign the acknowledgement, KDF and GMAC of the command, sign the
///                  answer (the key agreement is kept per device and costs nothing)
///   critical       the same, and: sign the pre-command, check the User's second XML signature, check the User's
///                  signature on the command, check the device's signature on the response
///
/// `sample` gives the sizes of the documents and the message.
std::vector<BoundStage> bound_stages(const LoadCase& what, const Tally& sample);

/// Runs every stage for a few milliseconds, adds what one time cost in CPU time to its rounds, and gives the sum.
double measure_bound_us(std::vector<BoundStage>& stages);

}  // namespace meterway::apps
