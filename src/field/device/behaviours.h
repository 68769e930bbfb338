#pragma once
#include "field/device/state.h"

namespace meterway::field {

/// Whether a device sends the alert of an event, and whether its logs keep the event.
struct Behaviour {
  bool alerts = true;
  bool logs = true;
};

/// As 6.22 has set it: all on until it did, and for whatever it cannot switch off (critical alerts, security log).
/// ESME  spec/device_behaviours.tsv; bit 255 - NN of event xxNN, set by settings.h set_behaviours;
/// GSME  spec/device_gas_events.tsv; the configuration byte's 08 sends, its lowest three bits log.
/// Devices of other types have no such settings.
Behaviour behaviour_of(DeviceType type, const DeviceState& state, std::uint16_t event);

/// Under what `set_events` keeps a gas meter's configuration of an event, "0708/810d/event".
std::string gas_event_key(std::uint16_t event);

}  // namespace meterway::field
