#include "field/hub/region.h"

#include <algorithm>
#include <utility>

namespace meterway::field {
namespace {

constexpr std::chrono::seconds kIdle{60};            // a region without anything to do wants to be called all the same
constexpr std::chrono::milliseconds kTryAgain{200};  // after what happened could not be kept

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

}  // namespace

Region::Region(const Clock& clock, HomeStore& homes, RegionSettings settings, Arrived arrived)
    : clock_(clock), store_(homes), settings_(settings), arrived_(std::move(arrived)), weather_(settings.weather) {
  for (const auto hub : store_.hubs()) hubs_.insert(hub);
  for (const auto hub : store_.without_supply()) dark_.insert(hub);
  for (auto& content : store_.outbox()) {
    next_transaction_ = std::max(next_transaction_, content.transaction + 1);
    const auto transaction = content.transaction;
    auto& waiting = outbox_[transaction];
    waiting.content = std::move(content);
    waiting.kept = true;
  }
  for (const auto& [time, hub] : store_.due()) {
    due_.emplace(time, hub);
    due_of_[hub.value()] = time;
  }
}

// ---- homes

Home* Region::wake(Eui64 hub) {
  auto found = awake_.find(hub.value());
  if (found == awake_.end()) {
    if (hubs_.count(hub) == 0) return nullptr;
    auto home = store_.wake(hub);
    if (!home) return nullptr;
    found = awake_.emplace(hub.value(), Awake{*std::move(home), 0}).first;
  }
  found->second.used = passes_;
  return found->second.home.get();
}

void Region::unschedule(Eui64 hub) {
  const auto before = due_of_.find(hub.value());
  if (before == due_of_.end()) return;
  due_.erase({before->second, hub});
  due_of_.erase(before);
}

void Region::schedule(Home& home) {
  unschedule(home.hub());
  if (const auto next = home.next_due()) {
    due_.emplace(*next, home.hub());
    due_of_[home.hub().value()] = *next;
  }
}

void Region::look_at_homes(UtcTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const Eui64 hub = due_.begin()->second;
    unschedule(hub);
    Home* home = wake(hub);
    if (home == nullptr) continue;
    note(*home, home->pass(now), now);
    schedule(*home);
  }
}

void Region::note(Home& home, std::vector<HomeEvent> events, UtcTime now) {
  changed_.insert(home.hub());
  for (auto& event : events) {
    switch (event.kind) {
      case HomeEvent::Kind::Delivered:
        unsent_.emplace_back(wire::LinkAck{event.transaction});
        if (event.repeated) {
          ++counts_.repeats;
        } else {
          ++counts_.arrivals;
          ++(*event.refusal == 0 ? counts_.executed : counts_.refused);
        }
        arrivals_.push_back({home.hub(), std::move(event), now});
        break;
      case HomeEvent::Kind::Failed:
        ++counts_.failed;
        unsent_.emplace_back(wire::LinkDeliverFailed{event.transaction, event.reason});
        break;
      case HomeEvent::Kind::Message:
        ++counts_.messages;
        add_to_outbox({0, home.hub(), event.device, std::move(event.message), {}});
        break;
      case HomeEvent::Kind::Supply:
        ++counts_.hub_events;
        event.supply.received = micros(now);
        add_to_outbox({0, home.hub(), home.hub(), {}, event.supply});
        break;
    }
  }
}

void Region::add_to_outbox(Unacknowledged content) {
  content.transaction = next_transaction_++;
  if (content.event) content.event->transaction = content.transaction;
  added_.push_back(content.transaction);
  const auto transaction = content.transaction;
  outbox_[transaction].content = std::move(content);
}

void Region::let_sleep() {
  if (awake_.size() <= settings_.awake) return;
  // Those longest unused, a tenth at a time. What waits in a mailbox is in memory alone: such a home stays awake.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> idle;
  for (const auto& [hub, place] : awake_) {
    if (!place.home->has_waiting() && changed_.count(Eui64(hub)) == 0) idle.emplace_back(place.used, hub);
  }
  std::sort(idle.begin(), idle.end());
  idle.resize(std::min(idle.size(), awake_.size() - settings_.awake + settings_.awake / 10));
  for (const auto& [used, hub] : idle) awake_.erase(hub);
}

std::size_t Region::lose_supply(const std::function<bool(Eui64)>& chosen, std::size_t limit) {
  std::size_t count = 0;
  const UtcTime now = clock_.now();
  for (const auto hub : hubs_) {
    if (count == limit) break;
    if (chosen && !chosen(hub)) continue;
    Home* home = wake(hub);
    if (home == nullptr || home->memory().lost) continue;
    home->lose_supply(now);
    dark_.insert(hub);
    changed_.insert(hub);
    schedule(*home);
    ++count;
  }
  return count;
}

std::size_t Region::restore_supply(const std::function<bool(Eui64)>& chosen, std::size_t limit) {
  std::size_t count = 0;
  const UtcTime now = clock_.now();
  const auto dark = dark_;
  for (const auto hub : dark) {
    if (count == limit) break;
    if (chosen && !chosen(hub)) continue;
    Home* home = wake(hub);
    if (home == nullptr) continue;
    home->restore_supply(now);
    dark_.erase(hub);
    changed_.insert(hub);
    schedule(*home);
    ++count;
  }
  return count;
}

Result<Raised, std::string> Region::raise(Eui64 hub, Eui64 device, std::uint16_t alert,
                                          const AlertParameters& parameters) {
  Home* home = wake(hub);
  if (home == nullptr) return Unexpected<std::string>{"no hub " + hub.plain() + " in this region"};
  auto raised = home->raise(device, alert, parameters, clock_.now());
  changed_.insert(hub);
  schedule(*home);
  return raised;
}

Result<LocalResult, std::string> Region::act(Eui64 hub, Eui64 meter, std::optional<Eui64> display,
                                             const LocalOrder& order) {
  Home* home = wake(hub);
  if (home == nullptr) return Unexpected<std::string>{"no hub " + hub.plain() + " in this region"};
  auto result = home->act(meter, display, order, clock_.now());
  changed_.insert(hub);
  schedule(*home);
  return result;
}

Result<std::map<std::string, std::uint8_t>, std::string> Region::fault(Eui64 hub, Eui64 device, const Fault& fault) {
  Home* home = wake(hub);
  if (home == nullptr) return Unexpected<std::string>{"no hub " + hub.plain() + " in this region"};
  changed_.insert(hub);
  return home->fault(device, fault);
}

Result<std::map<std::string, std::uint8_t>, std::string> Region::faults(Eui64 hub, Eui64 device) {
  const Home* home = wake(hub);
  const Device* one = home == nullptr ? nullptr : home->device(device);
  if (one == nullptr) return Unexpected<std::string>{"no device " + device.plain() + " behind this hub"};
  return one->state().faults;
}

Result<Outcome, std::string> Region::rehearse(Eui64 hub, Eui64 device, ByteView message) {
  const Home* home = wake(hub);
  if (home == nullptr) return Unexpected<std::string>{"no hub " + hub.plain() + " in this region"};
  return home->rehearse(device, message, clock_.now());
}

// ---- one turn

UtcTime Region::pass() {
  ++passes_;
  const UtcTime now = clock_.now();
  release_held(now);
  look_at_homes(now);
  UtcTime next = now + kIdle;
  if (keep()) {
    for (const auto& told : std::exchange(arrivals_, {})) {
      if (arrived_) arrived_(told.hub, told.event, told.at);
    }
    // Answers to deliveries are lost with their connection: the platform asks again. Messages wait in the outbox.
    for (const auto& frame : std::exchange(unsent_, {})) {
      if (accepted_) send(frame);
    }
    for (const auto transaction : std::exchange(added_, {})) {
      auto& waiting = outbox_.at(transaction);
      waiting.kept = true;
      if (accepted_) send_waiting(waiting, now);
    }
    let_sleep();
  } else {
    // Without its memory on disk a device would accept a replay after a restart: then better say nothing.
    next = now + kTryAgain;
  }
  if (send_ && hellos_ > 0 && hello_again_ <= now) say_hello(now);
  resend(now);
  if (send_ && hellos_ > 0) next = std::min(next, hello_again_);
  if (accepted_ && !resends_.empty()) next = std::min(next, resends_.begin()->first);
  if (!held_.empty()) next = std::min(next, held_.begin()->first);
  if (!due_.empty()) next = std::min(next, due_.begin()->first);
  return next;
}

bool Region::keep() {
  if (changed_.empty() && added_.empty() && acknowledged_.empty()) return true;
  RegionChange change;
  for (const auto hub : changed_) change.homes.push_back(awake_.at(hub.value()).home.get());
  for (const auto transaction : added_) change.added.push_back(&outbox_.at(transaction).content);
  change.acknowledged = acknowledged_;
  if (!store_.keep(change)) return false;
  changed_.clear();
  acknowledged_.clear();
  return true;
}

// ---- the link

void Region::opened(Send send) {
  closed();
  send_ = std::move(send);
  say_hello(clock_.now());
}

void Region::closed() {
  send_ = nullptr;
  accepted_ = false;
  hellos_ = 0;
  held_.clear();
  resends_.clear();
  in_blocks_.clear();
  wait_blocks_.clear();
  for (auto& [transaction, waiting] : outbox_) {
    waiting.again = {};
    waiting.blocks.reset();
  }
}

void Region::say_hello(UtcTime now) {
  hellos_ = 0;
  wire::LinkHello next;
  const auto say = [&] {
    send(next);
    ++hellos_;
    next.hubs.clear();
  };
  for (const auto hub : hubs_) {
    next.hubs.push_back(hub.value());
    if (next.hubs.size() == wire::kLinkMaxHubs) say();
  }
  if (!next.hubs.empty()) say();
  hello_again_ = now + settings_.resend;
}

void Region::take(ByteView frame) {
  if (weather_.fair()) return take_frame(frame);
  const auto wait = weather_.fate();
  if (!wait) {
    ++counts_.lost;
    return;
  }
  held_.emplace(clock_.now() + *wait, Held{Bytes(frame.begin(), frame.end()), true});
}

void Region::take_frame(ByteView bytes) {
  // A frame that cannot be read cannot be answered either; the platform's deadline tells it.
  const auto frame = wire::read_link_frame(bytes);
  if (!frame) return;
  if (const auto* deliver = std::get_if<wire::LinkDeliver>(&*frame)) return take_deliver(*deliver);
  if (const auto* transfer = std::get_if<wire::LinkTransfer>(&*frame)) return take_transfer(*transfer);
  if (const auto* block = std::get_if<wire::LinkImageBlock>(&*frame)) {
    images_.take(*block);
    return send(wire::LinkAck{block->transaction});
  }
  if (const auto* message = std::get_if<wire::LinkMessageBlock>(&*frame)) return take_block(*message);
  if (const auto* ack = std::get_if<wire::LinkAck>(&*frame)) take_ack(ack->transaction);
}

void Region::take_deliver(const wire::LinkDeliver& deliver) {
  ++counts_.deliveries;
  Home* home = wake(Eui64(deliver.hub));
  if (home == nullptr) {
    ++counts_.failed;
    return send(wire::LinkDeliverFailed{deliver.transaction, wire::LinkFailure::UnknownHub});
  }
  home->deliver(deliver.transaction, Eui64(deliver.device), deliver.message, clock_.now());
  schedule(*home);
}

void Region::take_transfer(const wire::LinkTransfer& transfer) {
  ++counts_.deliveries;
  const auto refuse = [&](wire::LinkFailure why) {
    ++counts_.failed;
    send(wire::LinkDeliverFailed{transfer.transaction, why});
  };
  Home* home = wake(Eui64(transfer.hub));
  if (home == nullptr) return refuse(wire::LinkFailure::UnknownHub);
  auto image = images_.whole(transfer.image);
  if (image == nullptr) return refuse(wire::LinkFailure::ImageMissing);
  home->transfer(transfer.transaction, Eui64(transfer.device), std::move(image), clock_.now());
  schedule(*home);
}

void Region::take_ack(std::uint64_t transaction) {
  if (transaction == 0) {
    if (hellos_ == 0 || --hellos_ > 0) return;
    accepted_ = true;
    const UtcTime now = clock_.now();
    for (auto& [number, waiting] : outbox_) {
      if (waiting.kept) send_waiting(waiting, now);
    }
    return;
  }
  const auto found = outbox_.find(transaction);
  if (found == outbox_.end() || !found->second.kept) return;
  set_again(found->second, {});
  outbox_.erase(found);
  acknowledged_.push_back(transaction);
  if (in_blocks_.erase(transaction) > 0) start_blocks(clock_.now());
}

/// At most one time is set for each: a zero takes it away.
void Region::set_again(Waiting& waiting, UtcTime at) {
  const auto transaction = waiting.content.transaction;
  if (waiting.again != UtcTime()) resends_.erase({waiting.again, transaction});
  waiting.again = at;
  if (at != UtcTime()) resends_.emplace(at, transaction);
}

void Region::send_waiting(Waiting& waiting, UtcTime now) {
  const auto& content = waiting.content;
  const auto size = content.message.size();
  if (size > settings_.block_bytes && size <= wire::kLinkMaxMessageBytes) {
    // One that is not answered makes room for those that wait, and waits behind them.
    in_blocks_.erase(content.transaction);
    wait_blocks_.push_back(content.transaction);
    return start_blocks(now);
  }
  if (content.event) {
    auto event = *content.event;
    event.sent = micros(now);
    send(event);
  } else {
    send(wire::LinkInbound{content.transaction, content.hub.value(), content.device.value(), content.message});
  }
  auto wait = settings_.resend;
  // A report of supply is owed within a minute, so it does not wait longer each time.
  for (unsigned i = 0; !content.event && i < waiting.attempts && wait < settings_.longest_resend; ++i) wait *= 2;
  ++waiting.attempts;
  set_again(waiting, now + std::min(wait, settings_.longest_resend));
}

void Region::resend(UtcTime now) {
  while (accepted_ && !resends_.empty() && resends_.begin()->first <= now) {
    const auto transaction = resends_.begin()->second;
    auto& waiting = outbox_.at(transaction);
    set_again(waiting, {});
    ++counts_.resent;
    send_waiting(waiting, now);
  }
}

void Region::send(const wire::LinkFrame& frame) {
  if (!send_) return;
  auto bytes = wire::write_link_frame(frame);
  if (weather_.fair()) return put(std::move(bytes));
  const auto wait = weather_.fate();
  if (wait) {
    held_.emplace(clock_.now() + *wait, Held{std::move(bytes), false});
  } else {
    ++counts_.lost;
  }
}

void Region::put(Bytes frame) {
  if (send_) send_(std::move(frame));
}

void Region::release_held(UtcTime now) {
  while (!held_.empty() && held_.begin()->first <= now) {
    auto held = std::move(held_.extract(held_.begin()).mapped());
    if (held.incoming) {
      take_frame(held.frame);
    } else {
      put(std::move(held.frame));
    }
  }
}

}  // namespace meterway::field
