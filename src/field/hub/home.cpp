#include "field/hub/home.h"

#include <algorithm>
#include <cassert>

#include "field/device/hub_log.h"

namespace meterway::field {

using wire::LinkFailure;

Home::Home(std::vector<Installed> devices, HomeSettings settings) : settings_(settings) {
  for (auto& unit : devices) {
    if (unit.device.identity().type == DeviceType::CHF) hub_ = devices_.size();
    devices_.push_back({std::move(unit), {}});
  }
  assert(!devices_.empty() && devices_[hub_].unit.device.identity().type == DeviceType::CHF);
}

Home::Place* Home::find(Eui64 eui) {
  for (auto& place : devices_) {
    if (place.unit.device.identity().eui == eui) return &place;
  }
  return nullptr;
}

const Device* Home::device(Eui64 eui) const {
  for (const auto& place : devices_) {
    if (place.unit.device.identity().eui == eui) return &place.unit.device;
  }
  return nullptr;
}

UtcTime Home::when(DeviceType type, UtcTime now) const {
  const UtcTime soon = now + settings_.latency;
  const std::chrono::microseconds interval = settings_.gas_wake_interval;
  if (type != DeviceType::GSME || interval.count() <= 0) return soon;
  const auto slept = soon.time_since_epoch() % interval;
  return slept.count() == 0 ? soon : soon + (interval - slept);
}

void Home::deliver(std::uint64_t transaction, Eui64 device, Bytes message, UtcTime now) {
  Place* place = find(device);
  const auto refuse = [&](LinkFailure reason) {
    refused_.push_back({HomeEvent::Kind::Failed, transaction, reason, device, {}});
  };
  if (place == nullptr) return refuse(LinkFailure::UnknownDevice);
  if (place->waiting.size() == kWaiting) return refuse(LinkFailure::Busy);
  place->waiting.push_back({when(place->unit.device.identity().type, now), transaction, std::move(message)});
}

std::optional<UtcTime> Home::next_due() const {
  if (!refused_.empty()) return UtcTime();
  std::optional<UtcTime> next;
  for (const auto& place : devices_) {
    if (!place.waiting.empty() && (!next || place.waiting.front().due < *next)) next = place.waiting.front().due;
  }
  return next;
}

void Home::talk(Place& place, std::vector<Bytes> messages, UtcTime now, std::vector<HomeEvent>& events) {
  if (messages.empty() || !reachable(place, now, events)) return;
  const Eui64 eui = place.unit.device.identity().eui;
  for (auto& message : messages) {
    events.push_back({HomeEvent::Kind::Message, 0, LinkFailure::Refused, eui, std::move(message)});
  }
}

bool Home::reachable(Place& place, UtcTime now, std::vector<HomeEvent>& events) {
  // The hub's two halves are one box: no radio lies between them.
  const DeviceType type = place.unit.device.identity().type;
  if (type == DeviceType::CHF || type == DeviceType::GPF) return true;
  auto hearing = devices_[hub_].unit.device.hears(place.unit.device.identity().eui, place.unit.install_code, now);
  talk(devices_[hub_], std::move(hearing.alerts), now, events);
  return hearing.may_talk;
}

void Home::mirror_gas(UtcTime now) {
  Place* meter = nullptr;
  Place* proxy = nullptr;
  for (auto& place : devices_) {
    if (place.unit.device.identity().type == DeviceType::GSME) meter = &place;
    if (place.unit.device.identity().type == DeviceType::GPF) proxy = &place;
  }
  if (meter == nullptr || proxy == nullptr) return;
  // The meter pushes when it is awake, and only while it may talk.
  if (mirrored_ != UtcTime() && now - mirrored_ < settings_.gas_wake_interval) return;
  const auto& log = devices_[hub_].unit.device.state().device_log;
  if (find_entry(log, meter->unit.device.identity().eui) == nullptr) return;
  proxy->unit.device.mirror(meter->unit.device.state());
  mirrored_ = now;
}

void Home::carry(Place& place, const Waiting& waiting, UtcTime now, std::vector<HomeEvent>& events) {
  const Eui64 eui = place.unit.device.identity().eui;
  if (!reachable(place, now, events)) {
    events.push_back({HomeEvent::Kind::Failed, waiting.transaction, LinkFailure::DeviceUnreachable, eui, {}});
    return;
  }
  events.push_back({HomeEvent::Kind::Delivered, waiting.transaction, LinkFailure::Refused, eui, {}});
  auto outcome = place.unit.device.take(waiting.message, now);
  std::vector<Bytes> messages;
  if (outcome.response) messages.push_back(*std::move(outcome.response));
  for (auto& alert : outcome.alerts) messages.push_back(std::move(alert));
  talk(place, std::move(messages), now, events);
}

std::vector<HomeEvent> Home::pass(UtcTime now) {
  std::vector<HomeEvent> events = std::move(refused_);
  refused_.clear();
  for (auto& place : devices_) talk(place, place.unit.device.pass(now), now, events);
  mirror_gas(now);
  for (;;) {
    // The earliest first, so that a home is one sequence of events however often it is looked at.
    Place* next = nullptr;
    for (auto& place : devices_) {
      if (place.waiting.empty() || place.waiting.front().due > now) continue;
      if (next == nullptr || place.waiting.front().due < next->waiting.front().due) next = &place;
    }
    if (next == nullptr) break;
    const Waiting waiting = std::move(next->waiting.front());
    next->waiting.pop_front();
    carry(*next, waiting, now, events);
    // Whoever has just been added to the log joins at once.
    for (auto& place : devices_) {
      const auto& log = devices_[hub_].unit.device.state().device_log;
      const LogEntry* entry = find_entry(log, place.unit.device.identity().eui);
      if (entry != nullptr && entry->key_hash.empty()) reachable(place, now, events);
    }
  }
  return events;
}

}  // namespace meterway::field
