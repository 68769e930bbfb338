#include "flow/certified/certified.h"

#include "flow/alert/alert.h"
#include "flow/deliver/deliver.h"
#include "flow/envelope/trace.h"
#include "records/registry/products.h"

namespace meterway::flow::certified {
namespace {

using registry::Device;
using registry::DeviceState;

constexpr std::uint64_t kLane = 0x6365'7274'6966;  // no device's EUI-64
constexpr std::chrono::seconds kBetween{1};
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

}  // namespace

void Sweep::start() {
  context_.executor.at(context_.clock.now() + kBetween, kLane, [this] { run(); });
}

void Sweep::run() {
  const auto done = step();
  const auto pause = done && done->more ? std::chrono::duration_cast<std::chrono::microseconds>(kSoon)
                                        : std::chrono::duration_cast<std::chrono::microseconds>(kBetween);
  context_.executor.at(context_.clock.now() + pause, kLane, [this] { run(); });
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
    METERWAY_TRY(auto devices, registry::next_to_list(view, now, kStep));
    for (auto& device : devices) {
      const auto before = device.state;
      METERWAY_TRY(const bool changed, registry::apply_listing(view, device, now));
      if (!changed) continue;
      ++(device.state == DeviceState::Suspended ? done.suspended : done.restored);
      METERWAY_CHECK(tell(view, before, device, context_, places));
    }
    METERWAY_TRY(done.more, registry::is_listing_due(view, now));
    return {};
  });
  METERWAY_CHECK(stored);
  for (const auto& place : places) post_(place);
  return done;
}

}  // namespace meterway::flow::certified
