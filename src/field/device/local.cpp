#include "field/device/local.h"

#include "base/wire/writer.h"
#include "field/device/alert_routing.h"
#include "field/device/gas_account.h"
#include "field/device/logs.h"

namespace meterway::field {
namespace {

constexpr std::uint16_t kCreditAddedLocally = 0x810E;
constexpr std::uint16_t kKeysDone = 0x8161, kKeysNotDone = 0x8162, kDisplayDone = 0x8154, kDisplayNotDone = 0x8155;

/// PECS01, 02 and 03: they are no messages, and stand in the event log by these codes.
std::uint16_t display_code(LocalAct act) {
  constexpr std::uint16_t kFirst = 0x0116;
  return static_cast<std::uint16_t>(kFirst + static_cast<int>(act));
}

LocalResult top_up(const std::string& digits, TokenSlot& slot) {
  const auto taken = take_token(digits, std::nullopt, slot);
  if (taken.verdict != TopUp::Accepted) return {to_string(taken.verdict), taken.value};
  tell_of_local_credit(slot.self, slot.anchors, slot.alerts);
  return {"", taken.value};
}

LocalResult emergency_credit(TokenSlot& slot) {
  const bool active = slot.self.type == DeviceType::GSME
                          ? select_gas_emergency(slot.state, slot.now, slot.told)
                          : activate_emergency_credit(slot.self.type, slot.state, slot.now, slot.told);
  return {active ? "" : "emergency credit is not offered"};
}

LocalResult enable_supply(TokenSlot& slot) {
  if (slot.state.supply == Supply::Off) return {"supply is off and not armed"};
  slot.state.supply = Supply::On;
  return {};
}

}  // namespace

std::string_view to_string(LocalAct act) {
  switch (act) {
    case LocalAct::TopUp:
      return "top-up";
    case LocalAct::EmergencyCredit:
      return "emergency-credit";
    case LocalAct::EnableSupply:
      return "enable-supply";
  }
  return "";
}

void tell_of_local_credit(const Identity& self, const TrustAnchors& anchors, std::vector<AlertRequest>& alerts) {
  const auto* route = gbcs::find_alert_route(kCreditAddedLocally, self.type);
  if (route != nullptr) alerts.push_back(routed(*route, anchors));
}

LocalResult act_locally(const LocalOrder& order, bool by_display, TokenSlot slot) {
  const auto result = order.act == LocalAct::TopUp             ? top_up(order.token, slot)
                      : order.act == LocalAct::EmergencyCredit ? emergency_credit(slot)
                                                               : enable_supply(slot);
  if (!by_display) {
    record_event(slot.self.type, slot.state, slot.now, result.done() ? kKeysDone : kKeysNotDone);
  } else {
    record_event(slot.self.type, slot.state, slot.now, result.done() ? kDisplayDone : kDisplayNotDone,
                 wire::Writer().u16(display_code(order.act)).view());
  }
  return result;
}

}  // namespace meterway::field
