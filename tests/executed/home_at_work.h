#pragma once
#include "tests/executed/answers.h"

/// The devices of the forms' home, with a past: a tariff, a calendar, debts and top-ups, and six weeks of use.
///
/// Everybody's keys are those of the home: parties sit in the cells of devices, the broker makes the MAC.
namespace meterway::tests {

/// The moment of the platform (FormMaker), which the devices share.
inline UtcTime executed_now() { return from_iso8601("2026-06-01T12:00:00Z").value(); }
inline UtcTime delivered() { return from_iso8601("2026-04-20T00:00:00Z").value(); }

inline Eui64 holder_of_role(PartyRole role) {
  switch (role) {
    case PartyRole::Supplier:
      return kFormsSupplier;
    case PartyRole::NetworkOperator:
      return kFormsNetwork;
    case PartyRole::AccessControlBroker:
      return kFormsBroker;
    case PartyRole::TransitionalCos:
      return kFormsCos;
    case PartyRole::Recovery:
      return kFormsRecovery;
    case PartyRole::WanProvider:
      return kFormsWan;
    case PartyRole::LoadController:
      return kFormsController;
    default:
      return Eui64();
  }
}

/// `as_made`: of a gas proxy before it was handed over, with the broker in everybody's cells.
inline field::TrustAnchors anchors_of_home(DeviceType type, bool as_made) {
  field::TrustAnchors anchors;
  for (const auto& kind : field::cells_of(type)) {
    if (kind.role == PartyRole::Root) {
      const auto& root = home().root();
      anchors.put({kind.role, kind.use, Eui64(), root.public_key, root.der});
      continue;
    }
    const Eui64 holder = as_made ? kFormsBroker : holder_of_role(kind.role);
    const auto use = home().public_key(holder, kind.use) != nullptr ? kind.use : pki::KeyUse::KeyAgreement;
    const auto certificate = home().certificate(holder, use);
    anchors.put(
        {kind.role, kind.use, holder, *home().public_key(holder, use), Bytes(certificate.begin(), certificate.end())});
  }
  return anchors;
}

/// `variant`: of an electricity meter; empty: A.
inline field::Device device_of_home(DeviceType type, const std::string& variant, field::DeviceState state,
                                    bool as_made = false) {
  const Eui64 eui = FormsHome::device(type);
  const auto fuel = type == DeviceType::ESME ? field::Fuel::Electricity : field::Fuel::Gas;
  return field::Device({eui, type, *home().private_key(eui, pki::KeyUse::DigitalSignature),
                        *home().private_key(eui, pki::KeyUse::KeyAgreement), FormsHome::device(DeviceType::GPF),
                        variant.empty() ? "A" : variant},
                       anchors_of_home(type, as_made), field::LoadProfile(fuel, 1), std::move(state));
}

/// A command as it reaches the device: signed by whoever has to sign it, with the broker's MAC.
inline Bytes protect(const flow::transform::Transformed& made) {
  auto message = made.message;
  const auto* use_case = gbcs::find_use_case(message.header.code);
  if (made.critical || made.signed_by_broker || (use_case != nullptr && use_case->critical() && !made.message.mac)) {
    const auto* key = home().private_key(message.header.originator, pki::KeyUse::DigitalSignature);
    if (!gbcs::sign(message, *key)) message.signature_field = gbcs::SignatureField::Absent;
  }
  if (!gbcs::add_mac(message, *home().private_key(kFormsBroker, pki::KeyUse::KeyAgreement),
                     *home().public_key(message.header.target, pki::KeyUse::KeyAgreement)))
    message.mac.reset();
  return gbcs::write_message(message);
}

inline bool anybody(Eui64) { return true; }

/// What was asked of a meter before the tests begin.
struct PastOrder {
  int day;  ///< after it was delivered
  const char* service;
  const char* element;  ///< the body has it; empty: any body
};
inline constexpr PastOrder kPast[] = {{1, "1.1.1", ""}, {2, "6.8", ""},  {3, "1.2.1", ""}, {25, "1.6", "Prepayment"},
                                      {26, "2.3", ""},  {27, "2.2", ""}, {28, "2.2", ""},  {29, "2.2", ""}};
constexpr std::int64_t kBalance = 10'00'000;  ///< ten pounds, in thousandths of a penny

/// The state of a meter that has carried out kPast, at once and without a date.
inline field::DeviceState past_of(DeviceType type, const std::string& variant) {
  field::DeviceState state;
  state.commissioned = state.registers.read_at = delivered();
  auto device = device_of_home(type, variant, state);
  std::uint64_t counter = 0;
  for (const auto& order : kPast) {
    const auto now = delivered() + std::chrono::days(order.day);
    const Form form{duis::find_service(order.service), type, kFormsSupplier};
    counter += 100;
    FormMaker maker(form, counter, counter);
    for (int i = 0; i < 90; ++i) {
      auto request = maker.request();
      if (*order.element != '\0' && request.body.child(order.element) == nullptr) continue;
      std::erase_if(request.body.children, [](const auto& child) { return child.name == "ExecutionDateTime"; });
      const auto made = flow::transform::transform(request, maker.context(request));
      if (made && all_done(device.take(protect(*made), now, anybody))) break;
    }
    auto again = device.state();
    again.registers.balance = kBalance;
    device = device_of_home(type, variant, std::move(again));
  }
  device.pass(executed_now());
  state = device.state();
  state.registers.balance = kBalance;
  state.supply = field::Supply::On;
  return state;
}

/// A device of the home at executed_now().
inline field::DeviceState state_at_work(DeviceType type, const std::string& variant) {
  static std::map<std::pair<DeviceType, std::string>, field::DeviceState> kept;
  const auto found = kept.find({type, variant});
  if (found != kept.end()) return found->second;
  field::DeviceState state;
  if (type == DeviceType::ESME || type == DeviceType::GSME) {
    state = past_of(type, variant);
  } else {
    state.commissioned = state.registers.read_at = delivered();
    auto device = device_of_home(type, variant, state);
    if (type == DeviceType::GPF)
      device.mirror(device_of_home(DeviceType::GSME, "", state_at_work(DeviceType::GSME, "")));
    device.pass(executed_now());
    state = device.state();
  }
  return kept[{type, variant}] = state;
}

}  // namespace meterway::tests
