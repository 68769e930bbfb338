#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "base/util/waker.h"
#include "flow/schedule/make.h"

namespace meterway::flow::schedule {

/// Runs schedules (5.1): at each of its moments a schedule becomes a service request of its User, which takes the road
/// from "accepted" on like any other. What it has become and when it comes next are one change of the store, so that
/// after a crash a moment has either been made or is still due, whatever the clock says by then.
///
///     stands no longer (User or device gone, another is responsible;
///     its User has used up the greatest counter for the device)        removed, and its User told
///     due, and not too late (schedule_allowance)                       a request, Accepted; or held in quarantine when
///                                                                      it is one too many for its User
///     too late, or no command can be made of it                        a request that has ended, and its User told:
///     E30
///
/// Every schedule is also looked at every `schedule_sweep`, at whole multiples of it since 1970, and at the start:
/// whose it is no longer is removed then, although its next moment may be far; those of one device also when it reports
/// certificates of a supplier in its cells (6.23). What Users have dated at the DCC is looked at with it.
///
/// What is due is read from the front of an index, so many at a time: how many schedules there are costs no memory.
/// One that cannot be decided on or stored now is passed over, and tried again when all others have had their turn.
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
  /// Of this device something says that it has another supplier: what stands no longer is removed now, not at the next
  /// sweep.
  void look_over(Eui64 device);

 private:
  struct Plan {
    Schedule schedule;
    registry::RequestRecord record;
    bool done = false;
  };
  Runner(const Context& context, Road road);

  UtcTime floor();
  void raise_floor(UtcTime seen, UtcTime to);
  void work();
  bool take(std::vector<meterway::schedule::Found>&& due, UtcTime now);
  bool write_all(std::vector<Plan>& plans);
  void note_unreadable(std::uint64_t id);
  bool plan(Schedule&& schedule, UtcTime now, Given& given, std::vector<Plan>& plans);
  Status write(store::WriteView& view, Plan& plan);
  bool miss(const Schedule& schedule, Refusal why, const std::string& detail);
  bool remove(const Schedule& schedule, const std::string& why);
  /// Takes the moment that `schedule` stands at off it. Errors: Conflict when it stands at another by now.
  Status pass(store::WriteView& view, const Schedule& schedule, bool made);

  void judge(Eui64 device);
  void sweep_at(UtcTime time);
  void sweep(std::uint64_t from, bool passed_over = false);
  void look_at_dates(std::string after);

  const Context& context_;
  const Road road_;
  Waker waker_;
  std::mutex mutex_;  // guards the one below
  UtcTime floor_{};   ///< nothing is due before it
  // The lane's own.
  std::string after_;                   ///< of what is due, the row that was looked at last; empty: begin at the front
  bool passed_over_ = false;            ///< since the front
  std::set<std::uint64_t> unreadable_;  ///< told in the trace once each
};

}  // namespace meterway::flow::schedule
