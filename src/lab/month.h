#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lab/own_count.h"
#include "lab/sim_node.h"
#include "standard/calendar/date.h"

namespace meterway::lab {

/// An error that is built in on purpose, to show that two counts of a month do not agree by themselves.
enum class MonthPlant {
  None,
  CountTwice,  ///< the platform's log has one request twice, under two names
  LoseEvents   ///< what the platform's log said of one request is gone
};

/// August 2018 as seed 002 has it, or another month with as many requests, or a share of one.
struct MonthSettings {
  static constexpr std::uint64_t kSent = 1'209'004, kForecast = 7'004'230;
  std::uint64_t seed = 1;
  calendar::Date month{std::chrono::year(2018) / 8 / 1};
  unsigned share = 100;  ///< one request of so many
  MonthPlant plant = MonthPlant::None;
  std::uint64_t requests() const { return (kSent + share / 2) / share; }
  std::uint64_t forecast() const { return (kForecast + share / 2) / share; }
};

/// A month from the road: Users of several roles ask services of homes in three regions, on demand, for a date, and
/// critical ones; they send twice, ask for what is not theirs, sign wrongly; platform and regions crash, Users do not
/// listen for a day, homes are dark for minutes or days. The real pipeline over the real store, in virtual time, and
/// what its Users counted.
class Month {
 public:
  /// Errors: as run_lab().
  static Result<std::unique_ptr<Month>> run(const MonthSettings& settings);
  virtual ~Month() = default;

  virtual const MonthSettings& settings() const = 0;
  virtual const SmallWorld& world() const = 0;
  /// By Users and homes.
  virtual const OwnCount& own() const = 0;
  /// Where the platform has its events. Nothing happens to it any more, but what the caller does.
  virtual store::Store& store() = 0;
  /// Who may be asked for what, a line each: what a forecast is about.
  virtual std::vector<Line> mix() const = 0;
  /// Broken rules of exactly-once (history.h); empty where the month was too long to keep its history.
  virtual const Verdict& verdict() const = 0;
  virtual std::uint64_t crashes() const = 0;
};

}  // namespace meterway::lab
