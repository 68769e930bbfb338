#pragma once
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>

#include "field/hub/region_worker.h"
#include "field/sim/control.h"
#include "field/sim/estate.h"

namespace meterway::field {

struct EstateSettings {
  HomeSettings home;
  RegionSettings region;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8084;
  std::chrono::milliseconds retry{500};
};

/// An estate at work: for each region with homes a connection and a thread, and a socket in its folder that takes
///
///     stats                                          counts, as JSON
///     outage [hubs=N] [region=NAME] [for_ms=N]       supply off; comes back by itself after for_ms
///     restore [hubs=N] [region=NAME]
///     fault DEVICE PLACE [RESULT], mend DEVICE [PLACE], faults DEVICE      (field/sim/fault_order.h)
///     top-up METER TOKEN [at=DISPLAY], emergency-credit METER [..], enable-supply METER [..] (field/sim/local_order.h)
///     replay MESSAGE                                 what the device answers to a command, by a copy
///     (field/sim/replay_order.h) alert CODE DEVICE [name=value ...]             the device raises it
///     (field/sim/alert_order.h)
///
/// Every delivery that came to a device leaves a line in arrivals.tsv: time, hub, device, transaction, the command's
/// originator and counter, and what became of it: executed, repeated, or why it was refused.
class RunningEstate {
 public:
  /// `clock` outlives it. Errors: those of load_plan and open_homes; Network.
  static Result<std::unique_ptr<RunningEstate>> start(const EstatePaths& paths, const EstateSettings& settings,
                                                      const Clock& clock);
  ~RunningEstate();

  std::size_t homes() const { return homes_; }
  std::string answer(const std::string& line);
  /// Why there is no control socket; "" when there is.
  const std::string& without_control() const { return without_control_; }

 private:
  struct Part {
    Csp region;
    std::unique_ptr<HomeStore> homes;
    std::unique_ptr<Region> machine;
    std::unique_ptr<RegionWorker> worker;
  };
  struct Return {
    UtcTime at{};
    std::string line;
  };
  explicit RunningEstate(const Clock& clock) : clock_(clock) {}
  std::string stats();
  std::string supply(const std::string& line, bool off);
  std::string raise(const std::string& line);
  std::string fault(const std::string& line);
  std::string act(const std::string& line);
  std::string replay(const std::string& line);
  void write_arrival(Eui64 hub, const HomeEvent& event, UtcTime at);
  void bring_back();

  const Clock& clock_;
  std::shared_ptr<const EstatePlan> plan_;
  std::size_t homes_ = 0;
  std::vector<Part> parts_;
  std::mutex arrivals_mutex_;
  std::FILE* arrivals_ = nullptr;
  std::string without_control_;
  std::unique_ptr<ControlServer> control_;

  std::mutex mutex_;  ///< over what follows
  std::condition_variable wake_;
  std::deque<Return> returns_;
  bool stop_ = false;
  std::thread returner_;
};

}  // namespace meterway::field
