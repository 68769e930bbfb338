#include "flow/schedule/runner.h"

#include <algorithm>

#include "flow/alert/alert.h"
#include "flow/correlate/correlate.h"
#include "flow/envelope/decision_line.h"
#include "flow/envelope/trace.h"
#include "flow/quarantine/quarantine.h"
#include "records/registry/request_index.h"
#include "records/registry/trace_reader.h"

namespace meterway::flow::schedule {
namespace {

using meterway::schedule::erase_schedule;
using meterway::schedule::find_schedule;
using meterway::schedule::Found;
using meterway::schedule::put_schedule;
using registry::CounterKind;

constexpr std::uint64_t kLane = 0x5343484544554C45;  // no device's identifier
constexpr std::chrono::seconds kSoon{1};             // when to try again what the store did not take
constexpr std::chrono::minutes kSeldom{1};           // the longest without a look: a timer that is lost costs no more
constexpr std::chrono::milliseconds kBetween{10};    // pages of a sweep: others are to get on meanwhile
constexpr std::chrono::microseconds kMoment{1};
constexpr std::chrono::hours kMargin{1};  // a new schedule is due after it was made, by a clock that may have been set

std::string words(const Schedule& one) {
  return "schedule " + std::to_string(one.id) + " of " + to_iso8601(one.next, 0);
}
RequestId made_by(const Schedule& one, Eui64 broker) { return {one.user, broker, one.request}; }

/// The platform takes it away: nobody asked for that.
audit::Entry line_of_removal(const Schedule& one, const std::string& why, UtcTime now) {
  audit::Entry line;
  line.at = now;
  line.person = "platform";
  line.function = "service.schedule.remove";
  line.about = "device:" + one.device.plain();
  line.outcome = "done";
  line.rule = rule_in(why);
  line.detail =
      "schedule " + std::to_string(one.id) + " of " + one.service + " for " + one.user.dashed_upper() + ": " + why;
  return line;
}

}  // namespace

Runner::Runner(const Context& context, Road road)
    : context_(context), road_(std::move(road)), waker_(context.executor, kLane, [this] { work(); }) {}

std::unique_ptr<Runner> Runner::start(const Context& context, Road road) {
  std::unique_ptr<Runner> self(new Runner(context, std::move(road)));
  self->waker_.at(context.clock.now());
  context.executor.at(context.clock.now(), kLane, [p = self.get()] { p->sweep(0); });
  return self;
}

void Runner::look() {
  const auto now = context_.clock.now();
  {
    const std::lock_guard lock(mutex_);
    floor_ = std::min(floor_, now - kMargin);
  }
  waker_.at(now);
}

UtcTime Runner::floor() {
  const std::lock_guard lock(mutex_);
  return floor_;
}

/// Unless a new schedule has lowered it since it was `seen`.
void Runner::raise_floor(UtcTime seen, UtcTime to) {
  const std::lock_guard lock(mutex_);
  if (floor_ == seen) floor_ = to;
}

void Runner::work() {
  const auto now = context_.clock.now();
  const auto floor = this->floor();
  std::vector<Found> due;
  const auto found = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(due, meterway::schedule::due_page(view, floor, after_, now, kBatch));
    return {};
  });
  if (!found) return waker_.at(now + kSoon);
  const bool more = due.size() == kBatch, at_front = after_.empty();
  const auto first = due.empty() ? floor : due.front().due;
  after_ = more ? due.back().key : std::string();
  if (!take(std::move(due), now)) passed_over_ = true;
  if (at_front) raise_floor(floor, first);  // whatever was due there goes on to a later moment, or stays
  if (more) return waker_.at(now);
  if (std::exchange(passed_over_, false)) return waker_.at(now + kSoon);
  std::optional<UtcTime> next;
  const auto from = this->floor();
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(next, meterway::schedule::next_due(view, from));
    return {};
  });
  if (read) raise_floor(from, std::min(next.value_or(now), now));
  waker_.at(read ? std::min(next.value_or(now + kSeldom), now + kSeldom) : now + kSoon);
}

/// False: of these some could not be decided on, or not be stored.
bool Runner::take(std::vector<Found>&& due, UtcTime now) {
  std::vector<Plan> plans;
  Given given;
  bool all = true;
  for (auto& one : due) {
    if (one.schedule) {
      all = plan(std::move(*one.schedule), now, given, plans) && all;
    } else {
      note_unreadable(one.id);
      all = false;
    }
  }
  all = write_all(plans) && all;
  for (const auto& one : plans) {
    all = all && one.done;
    if (one.done) road_.look(one.schedule.device);
  }
  return all;
}

/// Together, or one by one where the store takes them together not.
bool Runner::write_all(std::vector<Plan>& plans) {
  if (plans.empty()) return true;
  const auto done = context_.store.write([&](store::WriteView& view) -> Status {
    for (auto& one : plans) METERWAY_CHECK(write(view, one));
    return {};
  });
  if (done) return true;
  bool all = true;
  for (auto& one : plans) {
    const auto stored = context_.store.write([&](store::WriteView& view) { return write(view, one); });
    if (!stored) one.done = all = false;
  }
  return all;
}

void Runner::note_unreadable(std::uint64_t id) {
  constexpr std::size_t kMostTold = 1000;
  if (unreadable_.size() >= kMostTold || !unreadable_.insert(id).second) return;
  (void)context_.store.write([&](store::WriteView& view) {
    return trace(view, context_, "schedule:" + std::to_string(id),
                 {{"schedule", "unreadable", "its row is passed over; all others run", {}, {}}});
  });
}

/// What becomes of one that is due. False: it could not be decided, or not be stored.
bool Runner::plan(Schedule&& one, UtcTime now, Given& given, std::vector<Plan>& plans) {
  const auto state = standing(one, context_);
  if (state.is == Standing::Is::Busy) return false;
  if (state.is == Standing::Is::Over) return remove(one, state.why);
  if (now > one.due + context_.settings.schedule_allowance) return miss(one, Refusal::FutureDatedTimeout, "too late");
  auto made = make(one, one.next, context_, given);
  if (!made && made.error().why == Refusal::Busy) return false;
  if (!made && made.error().why == Refusal::StaleCounter) return remove(one, made.error().detail);
  if (!made) return miss(one, made.error().why, made.error().detail);
  plans.push_back({std::move(one), std::move(*made)});
  return true;
}

Status Runner::pass(store::WriteView& view, const Schedule& seen, bool made) {
  METERWAY_TRY(auto one, find_schedule(view, seen.id));
  if (!one || one->next != seen.next) return fail(ErrorCode::Conflict, 0, "schedule");
  one->last = one->next;
  ++(made ? one->runs : one->missed);
  if (move_on(*one, seen.next + kMoment, context_.settings)) return put_schedule(view, *one);
  METERWAY_CHECK(erase_schedule(view, seen.id));
  return trace(view, context_, made_by(seen, context_.broker).text(),
               {{"schedule", "ended", "schedule " + std::to_string(seen.id) + ", at its end", {}, {}}});
}

/// Left for the next time when its User has used up the counter meanwhile, or has deleted the schedule.
Status Runner::write(store::WriteView& view, Plan& plan) {
  auto& record = plan.record;
  plan.done = false;
  for (const auto& id : {record.id, record.header}) {
    METERWAY_TRY(const auto last, registry::last_counter(view, id.originator, id.target, CounterKind::Ordinary));
    if (id.counter <= last) return {};
  }
  METERWAY_TRY(const auto there, find_schedule(view, plan.schedule.id));
  if (!there || there->next != plan.schedule.next) {
    plan.done = !there;
    return {};
  }
  METERWAY_CHECK(registry::advance_counter(view, record.id, CounterKind::Ordinary));
  if (record.header != record.id) METERWAY_CHECK(registry::advance_counter(view, record.header, CounterKind::Ordinary));
  METERWAY_TRY(record.transaction, registry::next_transaction(view));
  std::vector<Hop> hops{
      {"schedule", "run", words(plan.schedule), {}, {}},
      {"transform", "command", "service " + record.service + " as " + record.use_case, record.message, {}}};
  const auto request = [&] { return request_at(plan.schedule, plan.schedule.next, record.id); };
  const auto body = [&]() -> Result<duis::Element> { return request().body; };
  record.held = false;  // it may be written a second time, alone
  METERWAY_TRY(const bool held, quarantine::weigh(view, record, body, context_, hops));
  // A command of the broker's is made again when it is let go late (number_again).
  record.document = held ? duis::write_request(request()) : std::string();
  METERWAY_CHECK(registry::put_request(view, record));
  METERWAY_CHECK(registry::note_request(view, {record.received_at, record.id, record.leg, record.service, {}}, true));
  METERWAY_CHECK(pass(view, plan.schedule, true));
  METERWAY_CHECK(trace(view, context_, record.id.text(), hops));
  plan.done = true;
  return {};
}

/// The moment becomes a request that has ended, so that its User hears of it as of any other.
bool Runner::miss(const Schedule& one, Refusal why, const std::string& detail) {
  registry::RequestRecord record;
  std::optional<RequestId> next;
  const auto now = context_.clock.now();
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(next, next_id(view, one, now));
    return {};
  });
  if (!read) return false;
  if (!next) return remove(one, "its User has used up the greatest counter for this device");
  record.id = *next;
  const auto* service = duis::find_service(one.service);
  record.header = record.id;
  record.service_reference = service->reference;
  record.service = service->variant;
  record.received_at = record.send_at = now;
  record.schedule = one.id;
  auto outcome = correlate::give_up(std::move(record), why, context_);
  outcome.hops.insert(outcome.hops.begin(), Hop{"schedule", "missed", words(one) + ": " + detail, {}, now});
  outcome.change = [this, one, id = outcome.request->id](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::advance_counter(view, id, CounterKind::Ordinary));
    return pass(view, one, false);
  };
  return road_.finish(std::move(outcome));
}

bool Runner::remove(const Schedule& one, const std::string& why) {
  alert::DccAlert alert;
  alert.event = DccEvent::ScheduleRemoved;
  alert.body = alert::schedule_removed(one.device, one.id);
  alert.identity = std::to_string(one.id);
  alert.requester = one.user;
  alert.hops.push_back(
      {"schedule", "removed", "schedule " + std::to_string(one.id) + ": " + why, {}, context_.clock.now()});
  const auto change = [this, one, why](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto there, find_schedule(view, one.id));
    if (!there || there->next != one.next) return fail(ErrorCode::Conflict, 0, "schedule");
    METERWAY_CHECK(erase_schedule(view, one.id));
    METERWAY_CHECK(audit::append(view, line_of_removal(one, why, context_.clock.now())));
    return trace(view, context_, made_by(one, context_.broker).text(),
                 {{"schedule", "removed", "schedule " + std::to_string(one.id), {}, {}}});
  };
  auto outcomes = alert::outcomes(alert, context_);
  if (!outcomes.empty()) {
    outcomes.front().change = change;
    return road_.finish(std::move(outcomes.front()));
  }
  // No code is set for the alert: it is in the trace.
  return context_.store
      .write([&](store::WriteView& view) -> Status {
        METERWAY_CHECK(change(view));
        METERWAY_CHECK(registry::let_read_trace(view, alert::trace_key(alert), one.user));
        return trace(view, context_, alert::trace_key(alert), alert.hops);
      })
      .has_value();
}

void Runner::look_over(Eui64 device) {
  context_.executor.at(context_.clock.now(), kLane, [this, device] { judge(device); });
}

/// What cannot be read or decided now is left to the sweep.
void Runner::judge(Eui64 device) {
  constexpr std::size_t kMost = 10 * meterway::schedule::kMostForDevice;  // of a few Users
  std::vector<Schedule> all;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(all, meterway::schedule::schedules_of(view, device, std::nullopt, kMost));
    return {};
  });
  if (!read) return;
  for (const auto& one : all) {
    const auto state = standing(one, context_);
    if (state.is == Standing::Is::Over) (void)remove(one, state.why);
  }
  road_.look(device);
}

void Runner::sweep_at(UtcTime time) {
  context_.executor.at(time, kLane, [this] { sweep(0); });
}

void Runner::sweep(std::uint64_t from, bool passed_over) {
  std::vector<Found> page;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(page, meterway::schedule::page_from(view, from, kBatch));
    return {};
  });
  const auto again = [&](std::chrono::microseconds pause, std::uint64_t at) {
    context_.executor.at(context_.clock.now() + pause, kLane, [this, at, passed_over] { sweep(at, passed_over); });
  };
  if (!read) return again(kSoon, from);
  for (const auto& one : page) {
    if (!one.schedule) {
      note_unreadable(one.id);
      continue;
    }
    const auto state = standing(*one.schedule, context_);
    if (state.is == Standing::Is::Busy || (state.is == Standing::Is::Over && !remove(*one.schedule, state.why)))
      passed_over = true;
  }
  if (page.size() == kBatch) return again(kBetween, page.back().id + 1);
  look_at_dates({});
  const auto now = context_.clock.now();
  // What cannot be decided now is not let slip until the next time.
  if (passed_over) return sweep_at(now + kSeldom);
  const auto period = std::max<UtcTime::duration>(context_.settings.schedule_sweep, kSoon);
  const auto since = now.time_since_epoch();
  sweep_at(UtcTime(since - since % period + period));
}

/// Whoever owns a device's queue ends what its User may not ask for any more (flow/before_sending).
void Runner::look_at_dates(std::string after) {
  std::vector<registry::OpenRequest> page;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(page, registry::open_page(view, after, kBatch));
    return {};
  });
  Eui64 last;
  for (const auto& open : page) {
    if (open.device != last) road_.look(open.device);
    last = open.device;
  }
  if (read && page.size() < kBatch) return;
  auto next = read ? page.back().key : std::move(after);
  context_.executor.at(context_.clock.now() + (read ? UtcTime::duration(kBetween) : UtcTime::duration(kSoon)), kLane,
                       [this, next = std::move(next)]() mutable { look_at_dates(std::move(next)); });
}

}  // namespace meterway::flow::schedule
