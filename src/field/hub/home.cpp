#include "field/hub/home.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "field/device/hub_log.h"
#include "standard/gbcs/ota_image.h"

namespace meterway::field {

using wire::LinkFailure;

namespace {

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

}  // namespace

Home::Home(std::vector<Installed> devices, HomeSettings settings, HomeMemory memory)
    : settings_(settings), memory_(std::move(memory)) {
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

std::vector<const Device*> Home::take_changed() {
  std::vector<const Device*> changed;
  for (auto& place : devices_) {
    if (std::exchange(place.changed, false)) changed.push_back(&place.unit.device);
  }
  return changed;
}

void Home::forget_waiting() {
  refused_.clear();
  for (auto& place : devices_) place.waiting.clear();
}

void Home::tell(HomeEvent::Kind kind, std::uint64_t transaction, LinkFailure reason, Eui64 device) {
  HomeEvent event;
  event.kind = kind;
  event.transaction = transaction;
  event.reason = reason;
  event.device = device;
  event.repeated = kind == HomeEvent::Kind::Delivered;
  refused_.push_back(std::move(event));
}

void Home::lose_supply(UtcTime at) {
  if (memory_.lost) return;
  for (auto& event : pass(at)) refused_.push_back(std::move(event));
  memory_.lost = at;
  memory_.told = false;
  for (auto& place : devices_) {
    // What was drawn until now cannot be worked out again from the time alone, as it can while there is supply.
    if (place.unit.device.identity().type == DeviceType::ESME) place.touch();
    for (const auto& waiting : place.waiting)
      tell(HomeEvent::Kind::Failed, waiting.transaction, LinkFailure::HubOffline, place.unit.device.identity().eui);
    place.waiting.clear();
  }
}

void Home::restore_supply(UtcTime at) {
  if (!memory_.lost) return;
  const UtcTime lost = *memory_.lost;
  const UtcTime now = std::max(at, lost);
  // Whatever fell due while it lasted is told first: a report that was owed before the supply came back.
  std::vector<HomeEvent> events;
  without_supply(now, events);
  memory_.lost.reset();
  if (now - lost >= settings_.report_after)
    events.push_back(report(wire::LinkHubEvent::Kind::SupplyRestored, lost, now, now));
  for (auto& place : devices_) {
    auto alerts = place.unit.device.supply_returns(lost, now, now);
    if (!alerts.empty()) place.touch();
    talk(place, std::move(alerts), now, events);
  }
  for (auto& [device, message] : std::exchange(memory_.unsaid, {})) {
    if (Place* place = find(device)) talk(*place, {std::move(message)}, now, events);
  }
  for (auto& event : events) refused_.push_back(std::move(event));
}

Result<Raised, std::string> Home::raise(Eui64 device, std::uint16_t alert, const AlertParameters& parameters,
                                        UtcTime now) {
  Place* place = find(device);
  if (place == nullptr) return Unexpected<std::string>{"no device " + device.plain() + " in this home"};
  if (memory_.lost) return Unexpected<std::string>{"the home has no supply"};
  auto events = pass(now);
  // Who is not in the hub's log has no way out, whatever it has to tell; a hub that hears it for the first time says
  // so.
  const bool heard = reachable(*place, now, events);
  auto raised = heard ? place->unit.device.raise(alert, parameters, now)
                      : Result<Raised, std::string>(Unexpected<std::string>{"the hub does not know the device"});
  if (raised) {
    place->touch();
    if (!raised->message.empty()) talk(*place, {raised->message}, now, events);
  }
  for (auto& event : events) refused_.push_back(std::move(event));
  return raised;
}

Network Home::network() const {
  return [this](Eui64 other) {
    const auto* entry = find_entry(devices_[hub_].unit.device.state().device_log, other);
    return entry != nullptr && !entry->key_hash.empty();
  };
}

Result<LocalResult, std::string> Home::act(Eui64 meter, std::optional<Eui64> display, const LocalOrder& order,
                                           UtcTime now) {
  using Why = Unexpected<std::string>;
  Place* place = find(meter);
  if (place == nullptr) return Why{"no device " + meter.plain() + " in this home"};
  const auto type = place->unit.device.identity().type;
  if (type != DeviceType::ESME && type != DeviceType::GSME) return Why{meter.plain() + " is no meter"};
  if (memory_.lost && (type != DeviceType::GSME || display)) return Why{"the home has no supply"};
  std::vector<HomeEvent> events;
  if (!memory_.lost) events = pass(now);
  Result<Device::Acted, std::string> acted(Device::Acted{});
  if (display) {
    acted = act_through(*place, *display, order, now);
  } else {
    acted = place->unit.device.act(order, false, now);
  }
  if (acted) {
    place->touch();
    if (memory_.lost) {
      for (auto& message : acted->messages) {
        if (memory_.unsaid.size() < kUnsaid) memory_.unsaid.emplace_back(meter, std::move(message));
      }
    } else {
      talk(*place, std::move(acted->messages), now, events);
    }
  }
  for (auto& event : events) refused_.push_back(std::move(event));
  if (!acted) return Why{std::move(acted.error())};
  return acted->result;
}

/// An electricity meter and its display speak by themselves; a gas meter takes its display's messages.
Result<Device::Acted, std::string> Home::act_through(Place& meter, Eui64 display, const LocalOrder& order,
                                                     UtcTime now) {
  using Why = Unexpected<std::string>;
  Place* shown = find(display);
  if (shown == nullptr || shown->unit.device.identity().type != DeviceType::PPMID)
    return Why{display.plain() + " is no PPMID of this home"};
  auto& device = meter.unit.device;
  auto& ppmid = shown->unit.device;
  const auto knows = [](const Device& one, const Device& other) {
    const auto& log = one.state().joined;
    return std::any_of(log.begin(), log.end(), [&](const Joined& j) { return j.eui == other.identity().eui; });
  };
  if (!knows(device, ppmid) || !knows(ppmid, device))
    return Why{"the meter and the display are not joined with each other (8.7.1, 8.7.2)"};
  if (device.identity().type == DeviceType::ESME) return device.act(order, true, now);
  const auto command = ppmid.order_gas_meter(order, device.identity().eui);
  if (!command) return Why{describe(command.error())};
  shown->touch();
  meter.touch();
  auto outcome = device.take(*command, now, network());
  Device::Acted acted{{outcome.refusal}, std::move(outcome.alerts)};
  if (outcome.response) {
    const auto heard = ppmid.hear_gas_meter(*outcome.response, device.identity().eui);
    if (!heard) return Why{describe(heard.error())};
    acted.result = *heard;
  }
  return acted;
}

Result<std::map<std::string, std::uint8_t>, std::string> Home::fault(Eui64 device, const Fault& fault) {
  Place* place = find(device);
  if (place == nullptr) return Unexpected<std::string>{"no device " + device.plain() + " in this home"};
  place->unit.device.set_fault(fault);
  place->touch();
  return place->unit.device.state().faults;
}

Result<Outcome, std::string> Home::rehearse(Eui64 device, ByteView message, UtcTime now) const {
  const Device* one = this->device(device);
  if (one == nullptr) return Unexpected<std::string>{"no device " + device.plain() + " in this home"};
  return one->rehearse(message, now, network());
}

/// Hubs do not all speak in the same moment; which one when is a matter of its identifier.
UtcTime Home::report_at() const {
  const auto spread = static_cast<std::uint64_t>(settings_.report_spread.count());
  const std::uint64_t mixed = hub().value() * 0x9E3779B97F4A7C15u >> 32;
  const auto wait = std::chrono::milliseconds(spread == 0 ? 0 : mixed % spread);
  return *memory_.lost + settings_.report_after + wait;
}

HomeEvent Home::report(wire::LinkHubEvent::Kind kind, UtcTime lost, UtcTime restored, UtcTime now) const {
  HomeEvent event;
  event.kind = HomeEvent::Kind::Supply;
  event.device = hub();
  event.supply.hub = hub().value();
  event.supply.kind = kind;
  event.supply.lost = micros(lost);
  event.supply.restored = kind == wire::LinkHubEvent::Kind::SupplyRestored ? micros(restored) : 0;
  event.supply.reported = micros(now);
  return event;
}

void Home::without_supply(UtcTime now, std::vector<HomeEvent>& events) {
  if (memory_.told || report_at() > now) return;
  memory_.told = true;
  if (report_at() - *memory_.lost > settings_.hold_up) return;  // its energy was gone by then
  events.push_back(report(wire::LinkHubEvent::Kind::SupplyLost, *memory_.lost, UtcTime(), now));
}

void Home::deliver(std::uint64_t transaction, Eui64 device, Bytes message, UtcTime now) {
  accept({{}, transaction, std::move(message)}, device, now);
}

bool Home::was_taken(std::uint64_t transaction, Eui64 device) const {
  const auto taken = memory_.taken.find(device);
  return taken != memory_.taken.end() &&
         std::find(taken->second.begin(), taken->second.end(), transaction) != taken->second.end();
}

bool Home::waits(const Place& place, std::uint64_t transaction) {
  return std::any_of(place.waiting.begin(), place.waiting.end(),
                     [&](const Waiting& waiting) { return waiting.transaction == transaction; });
}

bool Home::knows(std::uint64_t transaction, Eui64 device) const {
  return was_taken(transaction, device) || std::any_of(devices_.begin(), devices_.end(), [&](const Place& place) {
           return place.unit.device.identity().eui == device && waits(place, transaction);
         });
}

void Home::transfer(std::uint64_t transaction, Eui64 device, std::shared_ptr<const Bytes> image, UtcTime now) {
  accept({{}, transaction, {}, std::move(image)}, device, now);
}

void Home::accept(Waiting message, Eui64 device, UtcTime now) {
  const auto transaction = message.transaction;
  Place* place = find(device);
  const auto refuse = [&](LinkFailure reason) { tell(HomeEvent::Kind::Failed, transaction, reason, device); };
  if (was_taken(transaction, device))
    return tell(HomeEvent::Kind::Delivered, transaction, LinkFailure::Refused, device);
  if (place != nullptr && waits(*place, transaction)) return;
  if (memory_.lost) return refuse(LinkFailure::HubOffline);
  if (place == nullptr) return refuse(LinkFailure::UnknownDevice);
  if (place->waiting.size() == kWaiting) return refuse(LinkFailure::Busy);
  message.due = when(place->unit.device.identity().type, now);
  place->waiting.push_back(std::move(message));
}

std::optional<UtcTime> Home::next_due() const {
  if (!refused_.empty()) return UtcTime();
  std::optional<UtcTime> next;
  const auto also = [&next](UtcTime time) { next = next ? std::min(*next, time) : time; };
  if (memory_.lost) {
    if (!memory_.told) also(report_at());
    return next;
  }
  for (const auto& place : devices_) {
    if (!place.waiting.empty()) also(place.waiting.front().due);
    for (const auto& pending : place.unit.device.state().pending) also(pending.at);
    const auto& loads = place.unit.device.state().auxiliaries;
    if (const auto change = loads.next_change(loads.reached)) also(*change);
    if (!place.notice) place.notice = place.unit.device.notices_next();
    if (*place.notice) also(**place.notice);
  }
  return next;
}

bool Home::has_waiting() const {
  return std::any_of(devices_.begin(), devices_.end(), [](const Place& place) { return !place.waiting.empty(); });
}

void Home::talk(Place& place, std::vector<Bytes> messages, UtcTime now, std::vector<HomeEvent>& events) {
  if (messages.empty() || !reachable(place, now, events)) return;
  const Eui64 eui = place.unit.device.identity().eui;
  for (auto& message : messages) {
    HomeEvent event;
    event.device = eui;
    event.message = std::move(message);
    events.push_back(std::move(event));
  }
}

bool Home::reachable(Place& place, UtcTime now, std::vector<HomeEvent>& events) {
  // The hub's two halves are one box: no radio lies between them.
  const DeviceType type = place.unit.device.identity().type;
  if (type == DeviceType::CHF || type == DeviceType::GPF) return true;
  auto hearing = devices_[hub_].unit.device.hears(place.unit.device.identity().eui, place.unit.install_code, now);
  if (!hearing.alerts.empty()) devices_[hub_].touch();
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
  proxy->unit.device.mirror(meter->unit.device);
  mirrored_ = now;
}

void Home::carry(Place& place, const Waiting& waiting, UtcTime now, std::vector<HomeEvent>& events) {
  HomeEvent event;
  event.transaction = waiting.transaction;
  event.device = place.unit.device.identity().eui;
  if (!reachable(place, now, events)) {
    event.kind = HomeEvent::Kind::Failed;
    event.reason = LinkFailure::DeviceUnreachable;
    events.push_back(std::move(event));
    return;
  }
  Outcome outcome;
  if (waiting.image == nullptr) outcome = place.unit.device.take(waiting.message, now, network());
  place.touch();
  auto& taken = memory_.taken[event.device];
  if (taken.size() == kTaken) taken.pop_front();
  taken.push_back(waiting.transaction);
  event.kind = HomeEvent::Kind::Delivered;
  event.command = outcome.command;
  event.refusal = outcome.refusal;
  events.push_back(std::move(event));
  if (waiting.image != nullptr) return carry_image(place, *waiting.image, now, events);
  std::vector<Bytes> messages;
  if (outcome.response) messages.push_back(*std::move(outcome.response));
  for (auto& alert : outcome.alerts) messages.push_back(std::move(alert));
  talk(place, std::move(messages), now, events);
}

/// A meter says itself what it thinks of the image; of the others' transfers the hub tells as well.
void Home::carry_image(Place& place, const Bytes& image, UtcTime now, std::vector<HomeEvent>& events) {
  auto& device = place.unit.device;
  const auto type = device.identity().type;
  if (type != DeviceType::ESME && type != DeviceType::GSME) {
    const auto read = gbcs::read_ota_image(image, gbcs::ImageKind::Unsigned);
    const auto version = read ? read->version : std::array<std::uint8_t, 4>{};
    auto& hub = devices_[hub_];
    hub.touch();
    talk(hub,
         hub.unit.device.tell_of_transfer(device.identity().eui, ByteView(version),
                                          read ? TransferOutcome::Success : TransferOutcome::Discarded, now),
         now, events);
    if (!read) return;  // it does not go on to the device
  }
  talk(place, device.take_image(image, now), now, events);
}

std::vector<HomeEvent> Home::pass(UtcTime now) {
  std::vector<HomeEvent> events = std::move(refused_);
  refused_.clear();
  if (memory_.lost) {
    without_supply(now, events);
    return events;
  }
  for (auto& place : devices_) {
    const auto pending = place.unit.device.state().pending.size();
    if (place.notice && *place.notice && **place.notice <= now) place.notice.reset();
    auto alerts = place.unit.device.pass(now);
    if (!alerts.empty() || pending != place.unit.device.state().pending.size()) place.touch();
    talk(place, std::move(alerts), now, events);
  }
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
