#include "flow/outage/watch.h"

#include "flow/alert/alert.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::outage {
namespace {

constexpr std::uint64_t kLane = 0x4F55544147450000;  // no device's identifier
constexpr std::chrono::seconds kSoon{1};             // when to try again what the store did not take

std::string text_of(UtcTime time) { return to_iso8601(time, 6); }

Hop hop(std::string_view step, std::string_view outcome, std::string detail, UtcTime at) {
  return {step, outcome, std::move(detail), {}, at};
}

/// The way of one report, each hop with its own stamp.
std::vector<Hop> hops_of(const Outage& outage, bool loss) {
  const auto& report = loss ? outage.loss_report : outage.return_report;
  if (!report) return {};
  const auto hub = outage.hub.dashed_upper();
  std::vector<Hop> hops;
  hops.push_back(loss ? hop("hub", "supply lost", hub, outage.lost)
                      : hop("hub", "supply restored", hub + ", lost at " + text_of(outage.lost), *outage.restored));
  hops.push_back(hop("hub", "sent", loss ? "report of the loss" : "report of the return", report->hub_sent));
  hops.push_back(hop("region", "received", outage.region, report->region_received));
  hops.push_back(hop("region", "sent", outage.region, report->region_sent));
  hops.push_back(hop("wan", "accepted", "report of hub " + hub, report->accepted));
  return hops;
}

}  // namespace

struct Watch::State : std::enable_shared_from_this<Watch::State> {
  State(const Context& c, Finish f) : context(c), finish(std::move(f)) {}

  struct Waiting {
    HubReport report;
    std::function<void()> stored;
  };

  void schedule();
  void work();
  void look(std::vector<std::string> keys);
  /// Decides on one; adds what is to be told of it.
  void decide(const std::vector<registry::Device>& devices, Outage& outage, std::vector<Outcome>& outcomes);
  void look_at(UtcTime time, std::string key);

  const Context& context;
  const Finish finish;
  std::mutex mutex;  // over the two below
  std::deque<Waiting> waiting;
  bool scheduled = false;
};

Result<std::unique_ptr<Watch>> Watch::start(const Context& context, Finish finish) {
  auto state = std::make_shared<State>(context, std::move(finish));
  std::vector<std::string> keys;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto open, open_outages(view));
    for (const auto& outage : open) keys.push_back(outage.key());
    return {};
  }));
  if (!keys.empty()) {
    context.executor.at(context.clock.now(), kLane, [state, keys] { state->look(keys); });
  }
  return std::unique_ptr<Watch>(new Watch(std::move(state)));
}

Watch::~Watch() = default;

Status Watch::take(HubReport report, std::function<void()> stored) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.size() == kMostWaiting) return fail(ErrorCode::Full, kMostWaiting, "reports of hubs");
    state_->waiting.push_back({std::move(report), std::move(stored)});
    if (std::exchange(state_->scheduled, true)) return {};
  }
  state_->schedule();
  return {};
}

void Watch::State::schedule() {
  const auto run = [me = shared_from_this()] { me->work(); };
  if (!context.executor.post(kLane, run)) context.executor.at(context.clock.now() + kSoon, kLane, run);
}

void Watch::State::work() {
  std::vector<Waiting> batch;
  {
    const std::lock_guard lock(mutex);
    while (!waiting.empty() && batch.size() < kBatch) {
      batch.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    if (batch.empty()) {
      scheduled = false;
      return;
    }
  }
  std::vector<std::string> keys;
  const auto written = context.store.write([&](store::WriteView& view) -> Status {
    keys.clear();
    for (const auto& one : batch) {
      METERWAY_TRY(const auto outage, note(view, one.report));
      if (!outage) continue;
      const bool loss = one.report.frame.kind == wire::LinkHubEvent::Kind::SupplyLost;
      METERWAY_CHECK(trace(view, context, "outage:" + outage->key(), hops_of(*outage, loss)));
      if (outage->progress == Progress::Waiting) keys.push_back(outage->key());
    }
    return {};
  });
  if (!written) {
    const std::lock_guard lock(mutex);
    for (auto it = batch.rbegin(); it != batch.rend(); ++it) waiting.push_front(std::move(*it));
    context.executor.at(context.clock.now() + kSoon, kLane, [me = shared_from_this()] { me->work(); });
    return;
  }
  for (const auto& one : batch) one.stored();
  look(std::move(keys));
  schedule();  // what has come meanwhile, or to find that nothing has
}

void Watch::State::look_at(UtcTime time, std::string key) {
  context.executor.at(time, kLane, [me = shared_from_this(), key = std::move(key)] { me->look({key}); });
}

void Watch::State::decide(const std::vector<registry::Device>& devices, Outage& outage,
                          std::vector<Outcome>& outcomes) {
  const auto after = context.settings.outage_after;
  const auto now = context.clock.now();
  if (outage.restored && *outage.restored - outage.lost < after) {
    outage.progress = Progress::NotOwed;
    return;
  }
  if (!outage.loss_report) return;  // the loss may still follow
  if (now < outage.owed(after) && !outage.restored) {
    look_at(outage.owed(after), outage.key());
    return;
  }
  for (const auto& meter : devices) {
    const auto mpxn = meter.detail("ImportMPxN");
    if (meter.type != DeviceType::ESME || mpxn.empty()) continue;
    alert::DccAlert alert{DccEvent::PowerOutage,
                          alert::power_outage(outage.hub, outage.lost, mpxn),
                          outage.key() + ":" + std::string(mpxn),
                          &meter,
                          std::nullopt,
                          hops_of(outage, true)};
    for (auto& outcome : alert::outcomes(alert, context)) {
      // Everybody's alert has a trace of its own: when it reached one is no matter of the other's.
      outcome.trace_key = alert::trace_key(alert) + ":" + outcome.user->plain();
      outage.told.push_back({*outcome.user, meter.eui, std::string(mpxn), outcome.trace_key});
      outcomes.push_back(std::move(outcome));
    }
  }
  outage.progress = Progress::Raised;
  outage.raised = now;
}

void Watch::State::look(std::vector<std::string> keys) {
  std::vector<Outage> decided;
  std::vector<Outcome> outcomes;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    std::vector<Outage> waiting_ones;
    std::vector<Eui64> hubs;
    for (const auto& key : keys) {
      METERWAY_TRY(auto outage, find_outage(view, key));
      if (!outage || outage->progress != Progress::Waiting) continue;
      hubs.push_back(outage->hub);
      waiting_ones.push_back(*std::move(outage));
    }
    METERWAY_TRY(const auto devices, devices_behind(view, hubs));
    for (auto& outage : waiting_ones) {
      decide(devices.at(outage.hub), outage, outcomes);
      if (outage.progress != Progress::Waiting) decided.push_back(std::move(outage));
    }
    return {};
  });
  const auto again = [&] {
    context.executor.at(context.clock.now() + kSoon, kLane,
                        [me = shared_from_this(), keys = std::move(keys)]() mutable { me->look(std::move(keys)); });
  };
  if (!read) return again();
  if (!outcomes.empty()) {
    // One change for all of them. Done twice it tells nobody twice: an alert is kept by its name (alert_key).
    Outcome all = std::move(outcomes.front());
    for (auto it = outcomes.begin() + 1; it != outcomes.end(); ++it) all.also.push_back(std::move(*it));
    if (!finish(std::move(all))) return again();
  }
  if (decided.empty()) return;
  const auto written = context.store.write([&](store::WriteView& view) -> Status {
    for (const auto& outage : decided) {
      METERWAY_CHECK(put_outage(view, outage));
      const auto what = outage.progress == Progress::NotOwed
                            ? hop("outage", "not owed", "the supply was back in time", {})
                            : hop("outage", "raised", std::to_string(outage.told.size()) + " alerts", {});
      METERWAY_CHECK(trace(view, context, "outage:" + outage.key(), {what}));
    }
    return {};
  });
  if (!written) again();
}

}  // namespace meterway::flow::outage
