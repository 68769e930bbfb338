#pragma once
#include "base/util/hex.h"
#include "tests/executed/home_at_work.h"

/// What a random request needs to make sense to a device: the rest of the home, and the moment.
///
/// The schema leaves any device, moment and hash: here those of the home are put in their places, so that a command has
/// something to do. All other values stay as they were drawn.
namespace meterway::tests {

/// Leaves of that name, wherever they stand.
inline void each_leaf(duis::Element& at, std::string_view name, const std::function<void(duis::Element&)>& take) {
  for (auto& child : at.children) {
    if (child.name == name && child.children.empty()) take(child);
    each_leaf(child, name, take);
  }
}

/// Whom a device of this type can join by the command of this service (spec/device_joins.tsv).
inline std::vector<DeviceType> partners(std::string_view service, DeviceType type) {
  const bool critical = service.ends_with(".1");
  switch (type) {
    case DeviceType::ESME:
      return {DeviceType::PPMID, DeviceType::HCALCS};
    case DeviceType::GSME:
      return {critical ? DeviceType::PPMID : DeviceType::GPF};
    case DeviceType::GPF:
      return {DeviceType::GSME, DeviceType::PPMID};
    case DeviceType::PPMID:
      return {DeviceType::ESME, DeviceType::GSME};
    default:
      return {DeviceType::ESME};
  }
}

inline void put_in_place(duis::Request& request, const Form& form, SeededRandom& random) {
  const auto service = form.service->variant;
  const auto below = [&](std::uint64_t bound) { return random.next_u64() % bound; };
  const auto ago = [&](std::uint64_t seconds) {
    return to_iso8601(executed_now() - std::chrono::seconds(static_cast<std::int64_t>(seconds)), 0);
  };
  each_leaf(request.body, "CurrentDateTime", [&](auto& leaf) { leaf.text = to_iso8601(executed_now(), 0); });
  // Most periods lie in the time that the devices have lived through.
  if (auto* period = const_cast<duis::Element*>(request.body.find("ReadLogPeriod"));
      period != nullptr && below(4) != 0) {
    const auto begin = below(50 * 86400), length = below(begin + 1);
    each_leaf(*period, "StartDateTime", [&](auto& leaf) { leaf.text = ago(begin); });
    each_leaf(*period, "EndDateTime", [&](auto& leaf) { leaf.text = ago(begin - length); });
  }
  if (form.service->future_dating == duis::FutureDating::Device ||
      form.service->future_dating == duis::FutureDating::Either) {
    for (auto& child : request.body.children) {
      if (child.name == "ExecutionDateTime" && child.text != "3000-12-31T00:00:00Z")
        child.text = to_iso8601(executed_now() + std::chrono::hours(1 + below(20 * 24)), 0);
    }
  }
  if (service.starts_with("8.7.") || service.starts_with("8.8.")) {
    const auto whom = partners(service, form.type);
    each_leaf(request.body, "OtherDeviceID",
              [&](auto& leaf) { leaf.text = FormsHome::device(whom[below(whom.size())]).dashed_upper(); });
  }
}

/// What the device remembers of before, so that the command finds what it is about.
inline void prepare(const duis::Request& request, const Form& form, field::DeviceState& state) {
  const auto service = form.service->variant;
  if (service == "7.3") state.supply = field::Supply::Armed;
  if (service == "2.5") state.registers.balance = -1000;
  if (service == "11.3") {
    state.image = field::HeldImage{
        from_hex(request.body.text_at("FirmwareHash")).value(), {0x00, 0x02, 0x00, 0x00}, kFormsSupplier};
  }
  if (service.starts_with("8.8.")) {
    const auto other = Eui64::parse(request.body.text_at("OtherDeviceID")).value();
    constexpr std::pair<DeviceType, std::uint8_t> kNumbers[] = {{DeviceType::GSME, 0},   {DeviceType::ESME, 1},
                                                                {DeviceType::CHF, 2},    {DeviceType::GPF, 3},
                                                                {DeviceType::HCALCS, 4}, {DeviceType::PPMID, 5}};
    for (const auto& [type, number] : kNumbers) {
      if (FormsHome::device(type) != other) continue;
      const bool gas = type == DeviceType::GPF || form.type == DeviceType::GPF;
      const bool c = !gas && (type == DeviceType::GSME || form.type == DeviceType::GSME);
      state.joined.push_back({other, number,
                              static_cast<std::uint8_t>(gas                             ? 2
                                                        : c                             ? 3
                                                        : form.type == DeviceType::ESME ? 0
                                                                                        : 1)});
    }
  }
}

}  // namespace meterway::tests
