#pragma once
#include <functional>
#include <memory>
#include <mutex>

#include "flow/schedule/make.h"

namespace meterway::flow::schedule {

/// Runs schedules (5.1): at each of its moments a schedule becomes a service request of its User, which takes the road
/// from "accepted" on like any other. What it has become and when it comes next are one change of the store, so that
/// after a crash a moment has either been made or is still due, whatever the clock says by then.
///
///     stands no longer (User or device gone, another is responsible)   removed, and its User told
///     due, and not too late (schedule_allowance)                       a request, Accepted
///     too late, or no command can be made of it                        a request that has ended, and its User told:
///     E30
///
/// Every schedule is also looked at every `schedule_sweep`, at whole multiples of it since 1970, and at the start:
/// whose it is no longer is removed then, although its next moment may be far. What Users have dated at the DCC is
/// looked at with it.
///
/// What is due is read from the front of an index, so many at a time: how many schedules there are costs no memory.
/// Sharing: look() from any thread; all the rest in one lane.
class Runner {
 public:
  static constexpr std::size_t kBatch = 100;  ///< looked at in one go, and written in one change

  struct Road {
    std::function<void(Eui64 device)> look;         ///< something of the device is Accepted now
    std::function<bool(Outcome&& outcome)> finish;  ///< false: not stored
  };
  /// `context` outlives it, and the executor is stopped before it goes.
  static std::unique_ptr<Runner> start(const Context& context, Road road);

  /// There is a new schedule: it may come before all others.
  void look();

 private:
  struct Plan {
    Schedule schedule;
    registry::RequestRecord record;
    bool done = false;
  };
  Runner(const Context& context, Road road) : context_(context), road_(std::move(road)) {}

  void wake_at(UtcTime time);
  UtcTime floor();
  void raise_floor(UtcTime seen, UtcTime to);
  void work();
  bool plan(Schedule&& schedule, UtcTime now, Given& given, std::vector<Plan>& plans);
  Status write(store::WriteView& view, Plan& plan);
  bool miss(const Schedule& schedule, Refusal why, const std::string& detail);
  bool remove(const Schedule& schedule, const std::string& why);
  /// Takes the moment that `schedule` stands at off it. Errors: Conflict when it stands at another by now.
  Status pass(store::WriteView& view, const Schedule& schedule, bool made);

  void sweep_at(UtcTime time);
  void sweep(std::uint64_t from);
  void look_at_dates(std::string after);

  const Context& context_;
  const Road road_;
  std::mutex mutex_;  // guards the two below
  UtcTime wake_{};    ///< the earliest time set and not yet come; zero: none
  UtcTime floor_{};   ///< nothing is due before it
};

}  // namespace meterway::flow::schedule
