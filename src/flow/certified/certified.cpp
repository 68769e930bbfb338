#include "flow/certified/certified.h"

#include <algorithm>
#include <map>

#include "flow/alert/alert.h"
#include "flow/deliver/deliver.h"
#include "flow/envelope/trace.h"
#include "records/registry/products.h"

namespace meterway::flow::certified {
namespace {

using registry::Device;
using registry::DeviceState;

constexpr std::uint64_t kLane = 0x6365'7274'6966;  // no device's EUI-64
constexpr std::chrono::seconds kBetween{1};        // when the store refused
constexpr std::chrono::milliseconds kSoon{1};

Status tell(store::WriteView& view, DeviceState before, const Device& device, const Context& context,
            std::vector<deliver::Place>& places) {
  const auto key = "device:" + device.eui.plain();
  METERWAY_CHECK(trace(view, context, key,
                       {{"certified",
                         device.state == DeviceState::Suspended ? "suspended" : "restored",
                         std::string(registry::to_string(before)) + " to " +
                             std::string(registry::to_string(device.state)) + ": certified product list",
                         {},
                         context.clock.now()}}));
  const auto alert = alert::status_change(before, device, context.clock.now());
  if (!alert) return {};
  for (auto& one : alert::outcomes(*alert, context)) {
    METERWAY_TRY(const auto more, deliver::store_outcome(view, std::move(one), context));
    places.insert(places.end(), more.begin(), more.end());
  }
  return {};
}

/// It is the store, not what is in one row: no other device would fare better.
bool is_the_store(const Error& error) {
  return error.code == ErrorCode::Io || error.code == ErrorCode::Database || error.code == ErrorCode::Full;
}

Status note_failed(store::WriteView& view, Eui64 eui, const std::string& why, const Context& context) {
  return trace(view, context, "device:" + eui.plain(),
               {{"certified", "failed", "passed over: " + why, {}, context.clock.now()}});
}

}  // namespace

void Sweep::start() { look(); }

void Sweep::look() {
  context_.executor.at(context_.clock.now(), kLane, [this] { run(); });
}

void Sweep::run() {
  const auto done = step();
  if (done) {
    said_ = false;
  } else if (!said_) {
    said_ = trace(context_, "certified:sweep", {{"certified", "failed", describe(done.error()), {}, {}}}).has_value();
  }
  sleep(done);
}

/// Until the list's next moment; for good when there is none.
void Sweep::sleep(const Result<Done>& done) {
  const auto now = context_.clock.now();
  std::optional<UtcTime> until;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(until, registry::next_listing_due(view));
    return {};
  });
  if (!done || !read) {
    until = now + kBetween;
  } else if (until) {
    until = std::max<UtcTime>(*until, now + kSoon);
  }
  if (!until) return;
  if (wake_ && *wake_ > now && *wake_ <= *until) return;  // awake before that anyhow
  wake_ = until;
  context_.executor.at(*until, kLane, [this, at = *until] {
    if (wake_ == at) run();
  });
}

Status Sweep::bring(store::WriteView& view, Device& device, Done& done, std::vector<deliver::Place>& places) {
  const auto before = device.state;
  METERWAY_TRY(const bool changed, registry::apply_listing(view, device, context_.clock.now()));
  if (!changed) return {};
  METERWAY_CHECK(tell(view, before, device, context_, places));
  ++(device.state == DeviceState::Suspended ? done.suspended : done.restored);
  return {};
}

Result<Sweep::Done> Sweep::step() {
  Done done;
  bool due = false;
  const auto looked = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(due, registry::is_listing_due(view, context_.clock.now()));
    return {};
  });
  METERWAY_CHECK(looked);
  if (!due) return done;
  std::vector<deliver::Place> places;
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    done = {};
    places.clear();
    const auto now = context_.clock.now();
    METERWAY_TRY(auto page, registry::next_to_list(view, now, kStep));
    for (const auto eui : page.unreadable) METERWAY_CHECK(note_failed(view, eui, "its entry cannot be read", context_));
    done.failed = page.unreadable.size();
    for (auto& device : page.devices) METERWAY_CHECK(bring(view, device, done, places));
    METERWAY_TRY(done.more, registry::is_listing_due(view, now));
    return {};
  });
  if (!stored && !is_the_store(stored.error())) return one_by_one();
  METERWAY_CHECK(stored);
  for (const auto& place : places) post_(place);
  return done;
}

/// Something in one of them: each in a write of its own, and then on.
Result<Sweep::Done> Sweep::one_by_one() {
  Done all;
  registry::DevicePage page;
  // Looked at without going on: a write that fails keeps nothing.
  (void)context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(page, registry::next_to_list(view, context_.clock.now(), kStep));
    return fail(ErrorCode::Conflict, 0, "only a look");
  });
  std::map<Eui64, std::string> failed;
  for (const auto eui : page.unreadable) failed.emplace(eui, "its entry cannot be read");
  for (const auto& seen : page.devices) {
    Done one;
    std::vector<deliver::Place> places;
    const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
      one = {};
      places.clear();
      METERWAY_TRY(auto device, registry::find_device(view, seen.eui));
      return device ? bring(view, *device, one, places) : Status();
    });
    if (!stored && is_the_store(stored.error())) return Unexpected{stored.error()};
    if (!stored) {
      failed.emplace(seen.eui, describe(stored.error()));
      continue;
    }
    all.suspended += one.suspended;
    all.restored += one.restored;
    for (const auto& place : places) post_(place);
  }
  all.failed = failed.size();
  const auto gone_on = context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::next_to_list(view, context_.clock.now(), kStep));
    for (const auto& [eui, why] : failed) METERWAY_CHECK(note_failed(view, eui, why, context_));
    METERWAY_TRY(all.more, registry::is_listing_due(view, context_.clock.now()));
    return {};
  });
  METERWAY_CHECK(gone_on);
  return all;
}

}  // namespace meterway::flow::certified
