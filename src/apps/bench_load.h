#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/user_keys.h"
#include "standard/duis/services.h"

/// The User's side of `bench road`: many requests under way at once, and the pushes that answer them, on one thread
/// with as little work as can be, so that the two cores are left to what is measured.
namespace meterway::apps {

/// One kind of request.
struct LoadCase {
  std::string name;  ///< "4.1.1"
  const duis::Service* service = nullptr;
  DeviceType device = DeviceType::ESME;
  std::string body;  ///< the element inside Body, without white space

  bool critical() const { return service->critical; }
};

/// What came of one stretch of load.
struct Tally {
  std::size_t done = 0;                     ///< asked, accepted, carried out, answered
  std::size_t failed = 0;                   ///< refused, or never answered
  std::size_t repeated = 0;                 ///< pushes that came once more
  std::vector<float> latency_ms;            ///< from the first byte sent (or the time it was due) to the answer
  std::vector<float> acknowledged_ms;       ///< the same to the last reply to a POST
  std::chrono::duration<double> elapsed{};  ///< until the last answer
  std::string problem;                      ///< the first thing that went wrong
  /// One exchange as it went over the wire, for the sizes; the two in the middle are of a critical one.
  std::string request, precommand, signed_request, reply, answer;
};

class Load {
 public:
  /// Listens where the first User is pushed to. `lanes` requests are under way at most, each to a home of its own.
  /// Errors: Network.
  static Result<std::unique_ptr<Load>> open(const World& world, const UserKeys& keys, unsigned lanes);
  virtual ~Load() = default;
  /// Asks for `duration`, then waits for what is under way. `rate` 0: a lane asks again as soon as it is answered
  /// (closed loop); otherwise so many a second, whatever the answers do (open loop).
  virtual Tally run(const LoadCase& what, std::chrono::milliseconds duration, double rate) = 0;
};

}  // namespace meterway::apps
