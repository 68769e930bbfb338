#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/util/executor.h"
#include "base/util/random.h"

namespace meterway::lab {

class Machine;

/// Time and chance of one run: a heap of events on a clock that only they move. One thread, one seed: the same seed is
/// the same run, to the last event.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed, UtcTime start) : now_(start), random_(seed) {}

  UtcTime now() const { return now_; }
  std::uint64_t events() const { return events_; }
  /// 0 .. below - 1.
  std::uint64_t draw(std::uint64_t below) { return below == 0 ? 0 : random_.next_u64() % below; }
  bool happens(double share) { return static_cast<double>(random_.next_u64() >> 11) * 0x1p-53 < share; }
  std::chrono::microseconds between(std::chrono::microseconds least, std::chrono::microseconds most);

  /// Runs `work` at `time` (now, when that is past). With a machine: only while that life of it lasts, and not while it
  /// is paused. With `local`: once the machine's own clock has come to that time, however it is set meanwhile.
  void at(UtcTime time, std::function<void()> work);
  void at(UtcTime time, Machine& machine, std::function<void()> work, UtcTime local = {});
  /// Until nothing is left before `end`; then it is `end`. `after` is called after each event.
  void run_until(UtcTime end, const std::function<void()>& after);
  /// Forgets what has not happened: before those go whom it is about.
  void drop() { heap_.clear(); }

 private:
  friend class Machine;
  struct Event {
    Machine* machine = nullptr;
    std::uint64_t life = 0;
    UtcTime local{};
    std::function<void()> work;
  };
  void add(UtcTime time, Event event);
  void clock_stepped(const Machine& machine);

  UtcTime now_;
  SeededRandom random_;
  std::map<std::pair<UtcTime, std::uint64_t>, Event> heap_;
  std::uint64_t sequence_ = 0, events_ = 0;
};

/// A computer in the simulation: its clock, which may be wrong; its executor; its power.
class Machine {
 public:
  explicit Machine(Simulation& simulation, std::string name);

  const std::string& name() const { return name_; }
  Simulation& simulation() { return simulation_; }
  const Clock& clock() const { return clock_; }
  /// Of this life; one for each life, as a process has.
  Executor& executor() { return *executor_; }

  bool running() const { return running_; }
  std::uint64_t life() const { return life_; }
  /// Nothing of it happens any more, and what it tries to say is not heard.
  void kill();
  void start();
  /// Nothing of it happens until then; afterwards all of it, late.
  void pause(std::chrono::microseconds length);
  UtcTime paused_until() const { return paused_until_; }
  /// Sets its clock forward or back.
  void step_clock(std::chrono::microseconds by);
  std::chrono::microseconds clock_error() const { return clock_.error; }

  /// True when the power has gone in the middle of a piece of work that still runs: its words are not heard either.
  std::function<bool()> dying = [] { return false; };
  bool heard() const { return running_ && !dying(); }

 private:
  class LaneExecutor;
  struct WrongClock final : Clock {
    explicit WrongClock(const Simulation& s) : simulation(s) {}
    UtcTime now() const override { return simulation.now() + error; }
    const Simulation& simulation;
    std::chrono::microseconds error{0};
  };

  Simulation& simulation_;
  const std::string name_;
  WrongClock clock_;
  std::shared_ptr<Executor> executor_;
  bool running_ = false;
  std::uint64_t life_ = 0;
  UtcTime paused_until_{};
};

}  // namespace meterway::lab
