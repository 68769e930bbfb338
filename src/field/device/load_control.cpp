#include "field/device/load_control.h"

#include <algorithm>
#include <utility>

#include "field/device/dlms_server.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Obis;
using gbcs::dlms::Type;

constexpr std::uint16_t kData = 1, kSchedule = 10, kSpecialDays = 11, kSwitch = 70;
constexpr std::uint8_t kValue = 2;
constexpr Obis kLoadSchedule{0, 0, 12, 0, 2, 255}, kLoadSpecialDays{0, 0, 11, 0, 3, 255};
constexpr std::uint16_t kLimitProcessed = 0x8F86, kLimitEnded = 0x8F87, kOperationalUpdate = 0x8F88;
constexpr MessageCode kProcessedAlert{0x0121}, kEndedAlert{0x0122}, kUpdateAlert{0x0123};
constexpr std::uint8_t kOn = 100;
constexpr std::uint8_t kProportional = 0xFF;  ///< the type of an APC where an HCALCS has its identifier (ECS61e)

std::uint8_t number_of(std::size_t controller) { return static_cast<std::uint8_t>(controller + 1); }

/// 0-0:94.44.(116+n).place
Data setting(const CommandContext& context, std::size_t controller, std::uint8_t place) {
  const ObjectKey key{kData, {0, 0, 94, 44, static_cast<std::uint8_t>(116 + number_of(controller)), place}, kValue};
  return stored_value(context.self.type, context.state, key);
}

/// side:4 controller:4, as alerts write it.
Data place_of(std::size_t controller, LoadSide side) {
  return Data::of(Type::Uint8, (static_cast<int>(side) + 1) << 4 | number_of(controller));
}

Result<AuxiliaryWindow> window(const CommandContext& context, const LoadScript& script, std::uint8_t start_at) {
  const Data start = setting(context, script.controller, start_at);
  const Data end = setting(context, script.controller, static_cast<std::uint8_t>(start_at + 1));
  METERWAY_TRY(const auto from, read_activation(start.bytes));
  METERWAY_TRY(const auto until, read_activation(end.bytes));
  if (until.kind != Activation::Kind::At) return fail(ErrorCode::BadDateTime, 0, "end of a level");
  const UtcTime begins = from.kind == Activation::Kind::At ? from.at : context.now;
  if (until.at <= begins || until.at <= context.now) return fail(ErrorCode::BadDateTime, 0, "end of a level");
  return AuxiliaryWindow{begins, until.at, script.level};
}

/// {"outputState": 100, "inputState": 0}
std::string state_text(const AuxiliaryController& controller, UtcTime now) {
  return "{\"outputState\": " + std::to_string(controller[LoadSide::Output].level_at(now)) +
         ", \"inputState\": " + std::to_string(controller[LoadSide::Input].level_at(now)) + "}";
}

/// As the reference alert has it: levels are texts.
std::string update_text(const AuxiliaryController& controller, UtcTime now) {
  return "{\"outputState\":\"" + std::to_string(controller[LoadSide::Output].level_at(now)) + "\",\"inputState\":\"" +
         std::to_string(controller[LoadSide::Input].level_at(now)) + "\",\"other-data\":\"\"}";
}

Eui64 holder(const TrustAnchors& anchors, PartyRole role) {
  const Cell* cell = anchors.find(role, pki::KeyUse::DigitalSignature);
  return cell == nullptr ? Eui64() : cell->holder;
}

void store(DeviceState& state, const ObjectKey& key, const Data& value) {
  state.stored[key.text()] = gbcs::dlms::write_data(value);
}

/// Writes what the controller does now where it is read, and tells of a proportional one.
void show(const Identity& self, const TrustAnchors& anchors, DeviceState& state, std::size_t index, UtcTime now,
          std::vector<AlertRequest>& alerts) {
  const auto& controller = state.auxiliaries.controllers[index];
  const std::uint8_t n = number_of(index);
  const auto place = [&](int from) { return Obis{0, 0, 94, 44, 0, static_cast<std::uint8_t>(from + n)}; };
  const auto type = stored_value(self.type, state, {kData, place(20), kValue}).bytes;
  const bool proportional = type.size() == 1 && type[0] == kProportional;
  const std::uint8_t output = controller[LoadSide::Output].level_at(now);
  store(state, {kSwitch, {0, n, 96, 3, 10, 255}, kValue},
        Data::of(Type::Boolean, (proportional ? output > 0 : output == kOn) ? 0xFF : 0));
  store(state, {kData, place(30), kValue}, Data::text(Type::Utf8String, state_text(controller, now)));
  if (!proportional) return;
  AlertRequest update{kOperationalUpdate,
                      kUpdateAlert,
                      holder(anchors, PartyRole::Supplier),
                      true,
                      {Data::text(Type::Utf8String, update_text(controller, now))},
                      {}};
  if (const Eui64 party = holder(anchors, PartyRole::LoadController); party != Eui64())
    update.supplementary_party = party;
  alerts.push_back(std::move(update));
}

}  // namespace

std::uint8_t run_load_script(CommandContext& context, const Data& argument) {
  if (argument.type != Type::Uint16) return access::kTypeUnmatched;
  const auto script = read_load_script(argument.number);
  if (!script) return access::kOtherReason;
  auto& controller = context.state.auxiliaries.controllers[script->controller];
  switch (script->kind) {
    case LoadScript::Kind::For: {
      const Data duration = setting(context, script->controller, script->level == kOn ? 1 : 2);
      if (duration.type != Type::Uint16) return access::kOtherReason;
      const UtcTime end = context.now + std::chrono::minutes(duration.number);
      controller[LoadSide::Output].commanded = AuxiliaryWindow{context.now, end, script->level};
      break;
    }
    case LoadScript::Kind::Between: {
      const auto when = window(context, *script, 1);
      if (!when) return access::kOtherReason;
      controller[script->side].commanded = *when;
      break;
    }
    case LoadScript::Kind::Reset:
      for (auto& side : controller.sides) side.commanded.reset();
      break;
    case LoadScript::Kind::Scheduled:
      return access::kOtherReason;  // is for the schedule to say
  }
  run_auxiliaries(context.self, context.anchors, context.state, context.now, context.alerts);
  return access::kSuccess;
}

std::uint8_t run_limit_script(CommandContext& context, const Data& argument) {
  if (argument.type != Type::Uint16) return access::kTypeUnmatched;
  const auto script = read_load_script(argument.number);
  if (!script || script->kind != LoadScript::Kind::Between) return access::kOtherReason;
  const auto when = window(context, *script, 3);
  if (!when) return access::kOtherReason;
  context.state.auxiliaries.controllers[script->controller][script->side].limit = *when;
  run_auxiliaries(context.self, context.anchors, context.state, context.now, context.alerts);
  context.alerts.push_back({kLimitProcessed,
                            kProcessedAlert,
                            holder(context.anchors, PartyRole::Supplier),
                            true,
                            {place_of(script->controller, script->side), Data::octets(dlms_date_time(when->start)),
                             Data::octets(dlms_date_time(when->end)), Data::of(Type::Uint8, when->level)},
                            {}});
  return access::kSuccess;
}

std::uint8_t set_load_schedule(const ObjectRow& row, CommandContext& context, const Data& value) {
  if (value.type != Type::Array) return access::kTypeUnmatched;
  if (!is_load_schedule(value)) return access::kOtherReason;
  store(context.state, row.key(), value);
  return access::kSuccess;
}

void run_auxiliaries(const Identity& self, const TrustAnchors& anchors, DeviceState& state, UtcTime now,
                     std::vector<AlertRequest>& alerts) {
  if (self.type != DeviceType::ESME && self.type != DeviceType::SAPC) return;
  auto& loads = state.auxiliaries;
  if (loads.reached == UtcTime()) loads.reached = state.commissioned;
  const ObjectKey schedule{kSchedule, kLoadSchedule, kValue};
  if (state.stored.contains(schedule.text())) {
    follow_schedule(loads, read_load_schedule(stored_value(self.type, state, schedule)),
                    stored_value(self.type, state, {kSpecialDays, kLoadSpecialDays, kValue}), now);
  }
  loads.reached = std::max(loads.reached, now);
  const Eui64 supplier = holder(anchors, PartyRole::Supplier);
  for (std::size_t i = 0; i < Auxiliaries::kControllers; ++i) {
    auto& controller = loads.controllers[i];
    bool another = false;
    for (const auto side : {LoadSide::Output, LoadSide::Input}) {
      auto& one = controller[side];
      if (one.commanded && one.commanded->end <= now) one.commanded.reset();
      const bool ended = one.limit && one.limit->end <= now;
      if (ended) one.limit.reset();
      const std::uint8_t level = one.level_at(now);
      another = std::exchange(one.shown, level) != level || another;
      if (ended)
        alerts.push_back(
            {kLimitEnded, kEndedAlert, supplier, true, {place_of(i, side), Data::of(Type::Uint8, level)}, {}});
    }
    if (another) show(self, anchors, state, i, now, alerts);
  }
}

}  // namespace meterway::field
