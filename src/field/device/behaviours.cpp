#include "field/device/behaviours.h"

#include <algorithm>

#include "field/device/context.h"
#include "field/device/gbz_model.h"

namespace meterway::field {
namespace {

struct BehaviourRow {
  std::uint16_t first, last;
};
constexpr BehaviourRow kRows[] = {
#include "field/device/behaviours.inc"
};

constexpr std::uint8_t kSendsAlert = 0x08, kLogNumber = 0x07;
constexpr std::uint8_t kAlertSettings = 15, kLogSettings = 18;  // group E of what is read

/// True as well while nothing has been set.
bool is_on(const DeviceState& state, std::uint16_t event, std::uint8_t settings) {
  const auto party = static_cast<std::uint8_t>(event >> 8 == 0x80 ? 33 : 30);  // network operator, supplier
  const ObjectKey key{1, {0, party, 97, 98, settings, 255}, 2};
  if (!state.stored.contains(key.text())) return true;
  const auto bits = stored_value(DeviceType::ESME, state, key).bytes;
  const std::size_t bit = 255 - (event & 0xFF);
  return bit / 8 >= bits.size() || (bits[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

}  // namespace

std::string gas_event_key(std::uint16_t event) {
  constexpr std::uint16_t kDeviceManagement = 0x0708;
  return attribute_key(kDeviceManagement, event) + "/event";
}

Behaviour behaviour_of(DeviceType type, const DeviceState& state, std::uint16_t event) {
  if (type == DeviceType::GSME) {
    const auto configuration = kept_number(state, gas_event_key(event));
    if (!configuration) return {};
    return {(*configuration & kSendsAlert) != 0, (*configuration & kLogNumber) != 0};
  }
  const auto holds = [&](const BehaviourRow& row) { return event >= row.first && event <= row.last; };
  if (type != DeviceType::ESME || std::none_of(std::begin(kRows), std::end(kRows), holds)) return {};
  return {is_on(state, event, kAlertSettings), is_on(state, event, kLogSettings)};
}

}  // namespace meterway::field
