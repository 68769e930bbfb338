#include "flow/command_context.h"

#include <algorithm>

#include "flow/envelope/trace.h"

namespace meterway::flow {
namespace {

using registry::CounterKind;

/// The type of the device that a join or unjoin names, where the inventory knows it.
DeviceType type_of_other(const duis::Element& body, const Context& context) {
  const auto eui = Eui64::parse(body.text_at("OtherDeviceID"));
  std::optional<registry::Device> device;
  if (eui) {
    (void)context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(device, registry::find_device(view, *eui));
      return {};
    });
  }
  return device ? device->type : DeviceType::Unknown;
}

/// What the hub or GPF that a restore names has reported of its log; none for other services, or when it has not.
std::optional<registry::LogBackup> log_of_the_replaced(const duis::Element& body, const Context& context) {
  std::optional<registry::LogBackup> log;
  for (const auto* name : {"OldCHFID", "OldGPFID"}) {
    const auto eui = Eui64::parse(body.text_at(name));
    if (!eui) continue;
    (void)context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(log, registry::find_log_backup(view, *eui));
      return {};
    });
  }
  return log;
}

}  // namespace

transform::Context command_context(const duis::Request& request, const registry::Device& target,
                                   const Context& context) {
  transform::Context out;
  out.now = context.clock.now();
  out.access_control_broker = context.broker;
  out.target_type = target.type;
  out.facts = transform::device_facts(target.detail("ESMEVariant"), target.detail("DeviceGBCSVersion"));
  out.other_type = type_of_other(request.body, context);
  out.keys = &context.keys;
  out.log = log_of_the_replaced(request.body, context);
  out.transitional_cos = context.settings.transitional_cos;
  return out;
}

Status number_again(registry::RequestRecord& record, const Context& context) {
  if (record.header.originator != context.broker || record.id == record.header) return {};
  std::optional<registry::Device> device;
  OriginatorCounter last;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, record.header.target));
    METERWAY_TRY(last, registry::last_counter(view, context.broker, record.header.target, CounterKind::Ordinary));
    return {};
  }));
  const auto request = duis::read_request(record.document);
  if (last <= record.header.counter || !device || !request) return {};
  auto with = command_context(*request, *device, context);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(with.now.time_since_epoch()).count();
  with.dcc_counter = OriginatorCounter{std::max(static_cast<std::uint64_t>(millis), last.value + 1)};
  with.use_case = record.use_case;
  if (!record.cin.empty()) with.cin = record.cin;
  const auto made = transform::transform(*request, with);
  if (!made) return {};  // the device has become another: it goes as it is, and the device says what it thinks of it
  auto again = record;
  again.header.counter = *with.dcc_counter;
  again.message = gbcs::write_message(made->message);
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::advance_counter(view, again.header, CounterKind::Ordinary));
    METERWAY_CHECK(registry::put_with_header(view, again, record.header));
    return trace(view, context, record.id.text(),
                 {{"transform",
                   "made again",
                   "others of the broker's went before it: counter " + std::to_string(again.header.counter.value),
                   again.message,
                   {}}});
  });
  METERWAY_CHECK(stored);
  record = std::move(again);
  return {};
}

}  // namespace meterway::flow
