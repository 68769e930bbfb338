#pragma once
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>

#include "base/net/framed.h"
#include "base/wire/link_frame.h"
#include "tests/end_to_end/node.h"

namespace meterway::end_to_end {

/// Whoever has taken the platform's place on the link (docs/wire/link.md): accepts every region, acknowledges what it
/// says, and sends devices what the test gives it.
class FalsePlatform {
 public:
  FalsePlatform() {
    net::FramedEvents events;
    events.frame = [this](const std::shared_ptr<net::FramedConnection>& connection, Bytes bytes) {
      const auto frame = wire::read_link_frame(bytes);
      if (!frame) return;
      const std::lock_guard lock(mutex_);
      if (const auto* hello = std::get_if<wire::LinkHello>(&*frame)) {
        if (std::count(hello->hubs.begin(), hello->hubs.end(), kHubNumber) > 0) connection_ = connection;
        (void)connection->send(wire::write_link_frame(wire::LinkAck{0}));
      } else if (const auto* inbound = std::get_if<wire::LinkInbound>(&*frame)) {
        (void)connection->send(wire::write_link_frame(wire::LinkAck{inbound->transaction}));
        if (heard_.insert(inbound->transaction).second) inbox_.push_back(*inbound);
      }
      changed_.notify_all();
    };
    endpoint_ = *net::listen_framed("127.0.0.1", 0, events, wire::kLinkMaxFrameBytes);
  }

  int port() const { return endpoint_->port(); }
  /// Waits for the home's hub. False when it does not come.
  bool has_hub() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [this] { return connection_ != nullptr; });
  }
  void deliver(std::uint64_t device, Bytes message) {
    const std::lock_guard lock(mutex_);
    (void)connection_->send(
        wire::write_link_frame(wire::LinkDeliver{++transaction_, kHubNumber, device, std::move(message)}));
  }
  /// The next thing that device says; nothing when it keeps silent.
  std::optional<Bytes> hear(std::uint64_t device) {
    std::unique_lock lock(mutex_);
    const auto its = [&](const wire::LinkInbound& said) { return said.device == device; };
    auto found = inbox_.end();
    changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      found = std::find_if(inbox_.begin(), inbox_.end(), its);
      return found != inbox_.end();
    });
    if (found == inbox_.end()) return std::nullopt;
    auto message = std::move(found->message);
    inbox_.erase(found);
    return message;
  }

 private:
  static constexpr std::uint64_t kHubNumber = 0x00db1234567890a2;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<net::FramedConnection> connection_;
  std::deque<wire::LinkInbound> inbox_;
  std::set<std::uint64_t> heard_;  ///< transactions: a region repeats itself
  std::uint64_t transaction_ = 0;
  std::unique_ptr<net::FramedEndpoint> endpoint_;  ///< last: it stops before the rest goes
};

}  // namespace meterway::end_to_end
