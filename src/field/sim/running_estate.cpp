#include "field/sim/running_estate.h"

#include <unistd.h>

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "field/sim/alert_order.h"
#include "field/sim/estate_table.h"
#include "field/sim/fault_order.h"
#include "field/sim/local_order.h"
#include "field/sim/replay_order.h"

namespace meterway::field {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t resident_bytes() {
  std::uint64_t pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lu %lu", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

struct SupplyOrder {
  std::size_t hubs = std::numeric_limits<std::size_t>::max();
  std::optional<Csp> region;
  std::chrono::milliseconds for_how_long{0};
};

/// "outage hubs=10 region=North for_ms=5000"
Result<SupplyOrder> read_order(const std::string& line) {
  std::istringstream words(line);
  std::string word;
  words >> word;  // the verb
  SupplyOrder order;
  while (words >> word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
    std::uint64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = read.ec == std::errc() && read.ptr == value.data() + value.size();
    if (name == "region") {
      METERWAY_TRY(order.region, parse_csp(value));
    } else if (name == "hubs" && is_number) {
      order.hubs = number;
    } else if (name == "for_ms" && is_number && number <= 7u * 24 * 3600 * 1000) {
      order.for_how_long = std::chrono::milliseconds(number);
    } else {
      return fail(ErrorCode::BadValue, 0, "hubs=N, region=North|Central|South, for_ms=N");
    }
  }
  return order;
}

}  // namespace

Result<std::unique_ptr<RunningEstate>> RunningEstate::start(const EstatePaths& paths, const EstateSettings& settings,
                                                            const Clock& clock) {
  METERWAY_TRY(const auto plan, load_plan(paths, settings.home));
  std::unique_ptr<RunningEstate> estate(new RunningEstate(clock));
  auto* self = estate.get();
  self->plan_ = plan;
  self->arrivals_ = std::fopen(paths.arrivals().c_str(), "ae");
  if (self->arrivals_ == nullptr) return fail(ErrorCode::Io, 0, "arrivals.tsv");
  for (const auto region : regions_of(*plan)) {
    Part part{region, nullptr, nullptr, nullptr};
    METERWAY_TRY(part.homes, open_homes(plan, region));
    auto own = settings.region;
    own.weather.seed += static_cast<std::uint64_t>(region);
    part.machine = std::make_unique<Region>(
        clock, *part.homes, own,
        [self](Eui64 hub, const HomeEvent& event, UtcTime at) { self->write_arrival(hub, event, at); });
    self->homes_ += part.machine->homes();
    self->parts_.push_back(std::move(part));
  }
  for (auto& part : self->parts_) {
    part.worker = std::make_unique<RegionWorker>(clock, *part.machine);
    METERWAY_CHECK(part.worker->connect(settings.address, settings.port, settings.retry));
  }
  self->returner_ = std::thread([self] { self->bring_back(); });
  auto control = ControlServer::open(paths.control(), [self](const std::string& line) { return self->answer(line); });
  if (control) {
    self->control_ = *std::move(control);
  } else {
    self->without_control_ = describe(control.error());
  }
  return estate;
}

RunningEstate::~RunningEstate() {
  control_.reset();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (returner_.joinable()) returner_.join();
  parts_.clear();
  if (arrivals_ != nullptr) std::fclose(arrivals_);
}

void RunningEstate::write_arrival(Eui64 hub, const HomeEvent& event, UtcTime at) {
  const char* what = event.repeated ? "repeated" : *event.refusal == 0 ? "executed" : event.refusal;
  const std::lock_guard lock(arrivals_mutex_);
  std::fprintf(arrivals_, "%s\t%s\t%s\t%llu\t%s\t%llu\t%s\n", to_iso8601(at, 6).c_str(), hub.plain().c_str(),
               event.device.plain().c_str(), static_cast<unsigned long long>(event.transaction),
               event.command.originator.plain().c_str(), static_cast<unsigned long long>(event.command.counter.value),
               what);
  // With the kernel before the platform is told, so that nothing is missing however this process ends.
  std::fflush(arrivals_);
}

std::string RunningEstate::answer(const std::string& line) {
  const auto verb = line.substr(0, line.find(' '));
  if (verb == "stats") return stats();
  if (verb == "outage") return supply(line, true);
  if (verb == "restore") return supply(line, false);
  if (verb == "alert") return raise(line);
  if (verb == "fault" || verb == "mend" || verb == "faults") return fault(line);
  if (verb == "replay") return replay(line);
  if (parse_local_act(verb)) return act(line);
  return Json{{"error",
               "stats, outage, restore, alert, fault, mend, faults, replay, top-up, emergency-credit, enable-supply"}}
             .dump() +
         "\n";
}

std::string RunningEstate::raise(const std::string& line) {
  const auto order = read_alert_order(line);
  if (!order) return Json{{"error", describe(order.error())}}.dump() + "\n";
  const auto* row = find_row(*plan_, order->device);
  Result<Raised, std::string> raised(Unexpected<std::string>{"no device " + order->device.plain() + " in this estate"});
  for (auto& part : parts_) {
    if (row == nullptr || part.region != row->region) continue;
    part.worker->with(
        [&](Region& region) { raised = region.raise(row->hub, order->device, order->alert, order->parameters); });
  }
  return describe_raised(*order, raised);
}

std::string RunningEstate::fault(const std::string& line) {
  const auto order = read_fault_order(line);
  if (!order) return Json{{"error", describe(order.error())}}.dump() + "\n";
  const auto* row = find_row(*plan_, order->device);
  Result<std::map<std::string, std::uint8_t>, std::string> faults(
      Unexpected<std::string>{"no device " + order->device.plain() + " in this estate"});
  for (auto& part : parts_) {
    if (row == nullptr || part.region != row->region) continue;
    part.worker->with([&](Region& region) {
      faults = order->what == FaultOrder::What::Tell ? region.faults(row->hub, order->device)
                                                     : region.fault(row->hub, order->device, order->fault);
    });
  }
  return describe_faults(order->device, faults);
}

std::string RunningEstate::replay(const std::string& line) {
  const auto order = read_replay_order(line);
  if (!order) return Json{{"error", describe(order.error())}}.dump() + "\n";
  const auto* row = find_row(*plan_, order->device);
  Result<Outcome, std::string> outcome(
      Unexpected<std::string>{"no device " + order->device.plain() + " in this estate"});
  for (auto& part : parts_) {
    if (row == nullptr || part.region != row->region) continue;
    part.worker->with([&](Region& region) { outcome = region.rehearse(row->hub, order->device, order->message); });
  }
  return describe_replayed(*order, outcome);
}

std::string RunningEstate::act(const std::string& line) {
  const auto order = read_home_order(line);
  if (!order) return Json{{"error", describe(order.error())}}.dump() + "\n";
  const auto* row = find_row(*plan_, order->meter);
  Result<LocalResult, std::string> result(
      Unexpected<std::string>{"no device " + order->meter.plain() + " in this estate"});
  for (auto& part : parts_) {
    if (row == nullptr || part.region != row->region) continue;
    part.worker->with(
        [&](Region& region) { result = region.act(row->hub, order->meter, order->display, order->order); });
  }
  return describe_act(*order, result);
}

std::string RunningEstate::supply(const std::string& line, bool off) {
  const auto order = read_order(line);
  if (!order) return Json{{"error", describe(order.error())}}.dump() + "\n";
  std::size_t left = order->hubs, done = 0;
  for (auto& part : parts_) {
    if (order->region && *order->region != part.region) continue;
    // Evenly over the regions, as far as they go.
    std::size_t parts_left = 0;
    for (auto* p = &part; p != parts_.data() + parts_.size(); ++p) {
      parts_left += !order->region || *order->region == p->region ? 1 : 0;
    }
    const auto share = left == std::numeric_limits<std::size_t>::max() ? left : (left + parts_left - 1) / parts_left;
    std::size_t now = 0;
    part.worker->with([&](Region& region) {
      now = off ? region.lose_supply(nullptr, share) : region.restore_supply(nullptr, share);
    });
    done += now;
    left -= std::min(left, now);
  }
  if (off && order->for_how_long.count() > 0) {
    const std::lock_guard lock(mutex_);
    std::string back = "restore hubs=" + std::to_string(done);
    if (order->region) back += " region=" + std::string(to_string(*order->region));
    returns_.push_back({clock_.now() + order->for_how_long, std::move(back)});
    wake_.notify_all();
  }
  return Json{{off ? "without_supply" : "restored", done}, {"at", to_iso8601(clock_.now(), 6)}}.dump() + "\n";
}

void RunningEstate::bring_back() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto now = clock_.now();
    auto next = now + std::chrono::hours(1);
    std::string due;
    for (auto it = returns_.begin(); it != returns_.end(); ++it) {
      if (it->at > now) {
        next = std::min(next, it->at);
        continue;
      }
      due = std::move(it->line);
      returns_.erase(it);
      break;
    }
    if (due.empty()) {
      wake_.wait_for(lock, next - now);
      continue;
    }
    lock.unlock();
    (void)supply(due, false);
    lock.lock();
  }
}

std::string RunningEstate::stats() {
  Json regions = Json::object();
  RegionCounts sum;
  std::size_t awake = 0, dark = 0;
  for (auto& part : parts_) {
    Json one;
    part.worker->with([&](Region& region) {
      const auto& c = region.counts();
      one = {{"homes", region.homes()},
             {"awake", region.homes_awake()},
             {"without_supply", region.homes_without_supply()},
             {"connected", region.accepted()},
             {"unacknowledged", region.unacknowledged()},
             {"deliveries", c.deliveries},
             {"arrivals", c.arrivals},
             {"executed", c.executed},
             {"refused", c.refused},
             {"repeats", c.repeats},
             {"failed", c.failed},
             {"messages", c.messages},
             {"hub_events", c.hub_events},
             {"resent", c.resent},
             {"blocks", c.blocks},
             {"lost_frames", c.lost}};
      awake += region.homes_awake();
      dark += region.homes_without_supply();
      sum.arrivals += c.arrivals;
      sum.executed += c.executed;
      sum.refused += c.refused;
      sum.repeats += c.repeats;
    });
    regions[std::string(to_string(part.region))] = std::move(one);
  }
  const auto resident = resident_bytes();
  const Json out = {{"homes", homes_},
                    {"awake", awake},
                    {"without_supply", dark},
                    {"arrivals", sum.arrivals},
                    {"executed", sum.executed},
                    {"refused", sum.refused},
                    {"repeats", sum.repeats},
                    {"resident_bytes", resident},
                    {"bytes_per_home", homes_ == 0 ? 0 : resident / homes_},
                    {"regions", std::move(regions)}};
  return out.dump(2) + "\n";
}

}  // namespace meterway::field
