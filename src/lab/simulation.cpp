#include "lab/simulation.h"

#include <unordered_map>
#include <vector>

namespace meterway::lab {
namespace {

constexpr std::chrono::microseconds kSoonest{1}, kLatest{300};  // until posted work begins
constexpr std::chrono::microseconds kStall{2'000'000};          // now and then a lane has to wait for its thread
constexpr double kStalls = 0.002;
constexpr std::size_t kMostQueued = 10'000;

}  // namespace

std::chrono::microseconds Simulation::between(std::chrono::microseconds least, std::chrono::microseconds most) {
  return least + std::chrono::microseconds(draw(static_cast<std::uint64_t>((most - least).count()) + 1));
}

void Simulation::add(UtcTime time, Event event) {
  heap_.emplace(std::pair(std::max(time, now_), ++sequence_), std::move(event));
}

void Simulation::at(UtcTime time, std::function<void()> work) { add(time, {nullptr, 0, {}, std::move(work)}); }

void Simulation::at(UtcTime time, Machine& machine, std::function<void()> work, UtcTime local) {
  add(time, {&machine, machine.life(), local, std::move(work)});
}

void Simulation::run_until(UtcTime end, const std::function<void()>& after) {
  while (!heap_.empty() && heap_.begin()->first.first <= end) {
    auto node = heap_.extract(heap_.begin());
    now_ = std::max(now_, node.key().first);
    auto& event = node.mapped();
    if (event.machine != nullptr) {
      if (!event.machine->running() || event.machine->life() != event.life) continue;
      // Kept in order among themselves: all of them wait for the same moment, under the numbers they have.
      if (event.machine->paused_until() > now_) {
        node.key().first = event.machine->paused_until();
        heap_.insert(std::move(node));
        continue;
      }
      if (event.local > event.machine->clock().now()) {
        node.key().first = event.local - event.machine->clock_error();
        heap_.insert(std::move(node));
        continue;
      }
    }
    ++events_;
    event.work();
    event.work = nullptr;
    after();
  }
  now_ = std::max(now_, end);
}

/// Timers by the machine's own clock come earlier when it was set forward; when back, they look again by themselves.
void Simulation::clock_stepped(const Machine& machine) {
  std::vector<decltype(heap_)::node_type> moved;
  for (auto it = heap_.begin(); it != heap_.end();) {
    const auto here = it++;
    if (here->second.machine == &machine && here->second.local != UtcTime{}) moved.push_back(heap_.extract(here));
  }
  for (auto& node : moved) {
    node.key().first = std::max(now_, node.mapped().local - machine.clock_error());
    heap_.insert(std::move(node));
  }
}

/// Lanes keep their order; which lane goes first is chance.
class Machine::LaneExecutor final : public Executor {
 public:
  explicit LaneExecutor(Machine& machine) : machine_(machine) {}

  Status post(std::uint64_t lane, std::function<void()> work) override {
    if (stopped_) return fail(ErrorCode::Closed, 0, "executor");
    if (queued_ >= kMostQueued) return fail(ErrorCode::Full, 0, "executor");
    enqueue(lane, std::move(work));
    return {};
  }
  void at(UtcTime time, std::uint64_t lane, std::function<void()> work) override {
    if (stopped_) return;
    auto& simulation = machine_.simulation_;
    simulation.at(
        time - machine_.clock_.error, machine_,
        [this, lane, work = std::move(work)]() mutable {
          if (!stopped_) enqueue(lane, std::move(work));
        },
        time);
  }
  void stop() override { stopped_ = true; }

 private:
  void enqueue(std::uint64_t lane, std::function<void()> work) {
    auto& simulation = machine_.simulation_;
    auto begin = simulation.now() + simulation.between(kSoonest, kLatest);
    if (simulation.happens(kStalls)) begin += simulation.between(kSoonest, kStall);
    auto& last = last_[lane];
    last = begin = std::max(begin, last + kSoonest);
    ++queued_;
    simulation.at(begin, machine_, [this, work = std::move(work)] {
      --queued_;
      if (!stopped_) work();
    });
  }

  Machine& machine_;
  std::unordered_map<std::uint64_t, UtcTime> last_;
  std::size_t queued_ = 0;
  bool stopped_ = false;
};

Machine::Machine(Simulation& simulation, std::string name)
    : simulation_(simulation), name_(std::move(name)), clock_(simulation) {
  start();
}

void Machine::kill() {
  running_ = false;
  executor_->stop();
}

void Machine::start() {
  // The executor of an earlier life may still be asked to stop by those who die with it; whoever restarts has dropped
  // them before.
  executor_ = std::make_shared<LaneExecutor>(*this);
  ++life_;
  running_ = true;
  paused_until_ = {};
}

void Machine::pause(std::chrono::microseconds length) { paused_until_ = simulation_.now() + length; }

void Machine::step_clock(std::chrono::microseconds by) {
  clock_.error += by;
  simulation_.clock_stepped(*this);
}

}  // namespace meterway::lab
