#include "flow/schedule/make.h"

#include <algorithm>

#include "flow/authorise/authorise.h"
#include "flow/transform/transform.h"

namespace meterway::flow::schedule {
namespace {

using registry::CounterKind;
using registry::DeviceState;

std::uint64_t millis(UtcTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

std::uint64_t last_of(const Given& given, Eui64 originator, Eui64 device, OriginatorCounter stored) {
  const auto found = given.find({originator, device});
  return found == given.end() ? stored.value : std::max(stored.value, found->second);
}

/// What a request of this schedule is judged by.
registry::RequestRecord asked_by(const Schedule& one) {
  registry::RequestRecord record;
  record.id = {one.user, one.device, {}};
  record.service = one.service;
  return record;
}

Result<std::optional<registry::Device>> device_of(const Schedule& one, const Context& context) {
  std::optional<registry::Device> device;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, one.device));
    return {};
  }));
  return device;
}

}  // namespace

Standing standing(const Schedule& one, const Context& context) {
  using Is = Standing::Is;
  const auto allowed = authorise::still_allowed(asked_by(one), context);
  if (allowed) return {};
  const auto& [why, detail] = allowed.error();
  switch (why) {
    case Refusal::Busy:
      return {Is::Busy, detail};
    case Refusal::NoUser:
    case Refusal::NoDevice:
    case Refusal::NotResponsible:
      return {Is::Over, detail};
    case Refusal::DeviceState: {
      const auto device = device_of(one, context);
      if (!device) return {Is::Busy, describe(device.error())};
      const auto state = *device ? (*device)->state : DeviceState::Withdrawn;
      if (state == DeviceState::Decommissioned || state == DeviceState::Withdrawn) return {Is::Over, detail};
      return {};
    }
    default:
      return {};
  }
}

Result<std::optional<RequestId>> next_id(const store::ReadView& view, const Schedule& one, UtcTime now,
                                         const Given& given) {
  METERWAY_TRY(const auto stored, registry::last_counter(view, one.user, one.device, CounterKind::Ordinary));
  auto last = last_of(given, one.user, one.device, stored);
  if (last == 0) last = millis(now) - 1;
  // A top-up's counter is a token's, and so may stand in the way.
  while (last != UINT64_MAX) {
    const RequestId id{one.user, one.device, {++last}};
    METERWAY_TRY(const auto taken, registry::find_request(view, id, registry::Leg::Request));
    if (!taken) return std::optional(id);
  }
  return std::optional<RequestId>();
}

Step<registry::RequestRecord> make(const Schedule& one, UtcTime moment, const Context& context, Given& given) {
  const auto now = context.clock.now();
  registry::RequestRecord record;
  std::optional<registry::Device> device;
  std::optional<RequestId> next;
  OriginatorCounter of_broker;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, one.device));
    METERWAY_TRY(next, next_id(view, one, now, given));
    METERWAY_TRY(of_broker, registry::last_counter(view, context.broker, one.device, CounterKind::Ordinary));
    return {};
  });
  if (!read) return refuse(read.error());
  if (!device) return refuse(Refusal::NoDevice, one.device.dashed_upper() + " is not in the inventory");
  if (!next) return refuse(Refusal::StaleCounter, "its User has used up the greatest counter for this device");
  record.id = *next;
  const auto request = request_at(one, moment, record.id);
  transform::Context with;
  with.now = now;
  with.access_control_broker = context.broker;
  with.target_type = device->type;
  with.facts = transform::device_facts(device->detail("ESMEVariant"), device->detail("DeviceGBCSVersion"));
  with.keys = &context.keys;
  with.dcc_counter =
      OriginatorCounter{std::max(millis(now), last_of(given, context.broker, one.device, of_broker) + 1)};
  const auto made = transform::transform(request, with);
  if (!made) {
    const auto unsupported = made.error().code == ErrorCode::Unsupported;
    return refuse(unsupported ? Refusal::NotCarried : Refusal::Senseless, one.service + ": " + describe(made.error()));
  }
  record.service_reference = request.service_reference;
  record.service = request.service_reference_variant;
  record.use_case = made->use_case;
  record.critical = made->critical || made->signed_by_broker;
  record.message = gbcs::write_message(made->message);
  const auto& header = made->message.header;
  record.header = {header.originator, header.target, header.counter};
  record.code = header.code;
  record.received_at = record.send_at = now;
  record.deadline = now + context.settings.reach_timeout;
  record.progress = registry::Progress::Accepted;
  record.schedule = one.id;
  for (const auto& id : {record.id, record.header}) given[{id.originator, id.target}] = id.counter.value;
  return record;
}

}  // namespace meterway::flow::schedule
