#include "field/hub/region.h"

#include <algorithm>
#include <utility>

namespace meterway::field {

Region::Region(const Clock& clock, std::vector<Home> homes, std::vector<Unacknowledged> outbox, SaveRegion save)
    : clock_(clock), homes_(std::move(homes)), outbox_(std::move(outbox)), save_(std::move(save)) {
  for (auto& home : homes_) by_hub_[home.hub().value()] = &home;
  for (const auto& waiting : outbox_) next_transaction_ = std::max(next_transaction_, waiting.transaction + 1);
  worker_ = std::thread([this] { work(); });
}

Region::~Region() {
  endpoint_.reset();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  worker_.join();
}

Status Region::connect(const std::string& address, std::uint16_t port, std::chrono::milliseconds retry) {
  const auto arrive = [this](Arrived arrived) {
    {
      const std::lock_guard lock(mutex_);
      // What is not taken is not acknowledged, and the platform sends it again after a reconnect.
      if (arrived.opened || arrived_.size() < kFrames) arrived_.push_back(std::move(arrived));
    }
    wake_.notify_one();
  };
  net::FramedEvents events;
  events.connected = [arrive](Connection connection) { arrive({std::move(connection), {}, true}); };
  events.frame = [arrive](const Connection& connection, Bytes frame) { arrive({connection, std::move(frame), false}); };
  events.closed = [](const Connection&) {};
  METERWAY_TRY(endpoint_, net::connect_framed(address, port, std::move(events), retry, wire::kLinkMaxFrameBytes));
  return {};
}

std::chrono::microseconds Region::idle() const {
  // Registers advance and dated instructions fall due without being asked; a second is soon enough for both.
  std::chrono::microseconds wait = std::chrono::seconds(1);
  const UtcTime now = clock_.now();
  for (const auto& home : homes_) {
    if (const auto due = home.next_due()) wait = std::min(wait, *due > now ? *due - now : std::chrono::microseconds(0));
  }
  return wait;
}

void Region::work() {
  for (;;) {
    std::deque<Arrived> batch;
    const auto wait = idle();
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, wait, [this] { return stop_ || !arrived_.empty(); });
      if (stop_) return;
      batch.swap(arrived_);
    }
    for (const auto& arrived : batch) take(arrived);
    std::vector<std::pair<Home*, std::vector<HomeEvent>>> happened;
    const UtcTime now = clock_.now();
    for (auto& home : homes_) {
      if (auto events = home.pass(now); !events.empty()) happened.emplace_back(&home, std::move(events));
    }
    if (!happened.empty() || !saved_) publish(std::move(happened));
  }
}

void Region::take(const Arrived& arrived) {
  if (arrived.opened) {
    connection_ = arrived.connection;
    return hello();
  }
  if (arrived.connection != connection_) return;  // of a connection that is no more
  // A frame that cannot be read cannot be answered either; the platform's deadline tells it.
  if (const auto frame = wire::read_link_frame(arrived.frame)) take_frame(*frame);
}

void Region::hello() {
  accepted_ = false;
  hellos_ = 0;
  wire::LinkHello next;
  const auto say = [&] {
    send(next);
    ++hellos_;
    next.hubs.clear();
  };
  for (const auto& [hub, home] : by_hub_) {
    next.hubs.push_back(hub);
    if (next.hubs.size() == wire::kLinkMaxHubs) say();
  }
  if (!next.hubs.empty()) say();
}

void Region::take_frame(const wire::LinkFrame& frame) {
  if (const auto* deliver = std::get_if<wire::LinkDeliver>(&frame)) {
    const auto home = by_hub_.find(deliver->hub);
    if (home == by_hub_.end()) {
      return send(wire::LinkDeliverFailed{deliver->transaction, wire::LinkFailure::UnknownHub});
    }
    home->second->deliver(deliver->transaction, Eui64(deliver->device), deliver->message, clock_.now());
  } else if (const auto* ack = std::get_if<wire::LinkAck>(&frame)) {
    if (ack->transaction != 0) {
      const auto ours = [&](const Unacknowledged& m) { return m.transaction == ack->transaction; };
      outbox_.erase(std::remove_if(outbox_.begin(), outbox_.end(), ours), outbox_.end());
      saved_ = false;  // the emptier outbox; written with the next batch
    } else if (hellos_ > 0 && --hellos_ == 0) {
      accepted_ = true;
      for (const auto& m : outbox_) send(wire::LinkInbound{m.transaction, m.hub.value(), m.device.value(), m.message});
    }
  }
}

void Region::publish(std::vector<std::pair<Home*, std::vector<HomeEvent>>> happened) {
  std::vector<const Home*> changed;
  if (!saved_) {
    for (const auto& home : homes_) changed.push_back(&home);  // an earlier attempt may have failed half-way
  }
  for (auto& [home, events] : happened) {
    changed.push_back(home);
    for (auto& event : events) {
      switch (event.kind) {
        case HomeEvent::Kind::Delivered:
          unsent_.emplace_back(wire::LinkAck{event.transaction});
          break;
        case HomeEvent::Kind::Failed:
          unsent_.emplace_back(wire::LinkDeliverFailed{event.transaction, event.reason});
          break;
        case HomeEvent::Kind::Message: {
          Unacknowledged m{next_transaction_++, home->hub(), event.device, std::move(event.message)};
          unsent_.emplace_back(wire::LinkInbound{m.transaction, m.hub.value(), m.device.value(), m.message});
          outbox_.push_back(std::move(m));
          break;
        }
      }
    }
  }
  // Without its memory on disk a device would accept a replay after a restart: then better say nothing.
  saved_ = save_(changed, outbox_).has_value();
  if (!saved_) return;
  const auto frames = std::exchange(unsent_, {});
  if (!accepted_) return;  // acknowledgements are lost with their connection; messages wait in the outbox
  for (const auto& frame : frames) send(frame);
}

void Region::send(const wire::LinkFrame& frame) {
  // A closed connection loses what is sent on it; the outbox is sent again on the next.
  if (connection_) (void)connection_->send(wire::write_link_frame(frame));
}

}  // namespace meterway::field
