#pragma once
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "base/net/framed.h"
#include "base/util/hex.h"
#include "base/wire/link_frame.h"
#include "tests/end_to_end/node.h"

namespace meterway::end_to_end {

/// A region of the test's own (docs/wire/link.md): it has the home's hub, takes every command, and says nothing but
/// what the test has it say. It knows no blocks of messages: its commands come whole.
class Region {
 public:
  /// Without `confirms` it says of no command that it has come.
  explicit Region(const Node& node, bool confirms = true) {
    net::FramedEvents events;
    events.connected = [this](std::shared_ptr<net::FramedConnection> connection) {
      (void)connection->send(wire::write_link_frame(wire::LinkHello{wire::kLinkFirmwareVersion, {kHubNumber}}));
      const std::lock_guard lock(mutex_);
      connection_ = std::move(connection);
    };
    events.frame = [this, confirms](const std::shared_ptr<net::FramedConnection>& connection, Bytes bytes) {
      const auto frame = wire::read_link_frame(bytes);
      if (!frame) return;
      const std::lock_guard lock(mutex_);
      if (const auto* deliver = std::get_if<wire::LinkDeliver>(&*frame)) {
        commands_.push_back(deliver->message);
        if (confirms) (void)connection->send(wire::write_link_frame(wire::LinkAck{deliver->transaction}));
      } else if (const auto* ack = std::get_if<wire::LinkAck>(&*frame)) {
        ack->transaction == 0 ? void(ready_ = true) : acknowledged_.push_back(ack->transaction);
      }
    };
    endpoint_ = *net::connect_framed("127.0.0.1", node.world().at("link_port").get<std::uint16_t>(), events,
                                     std::chrono::milliseconds(50), wire::kLinkMaxFrameBytes);
    EXPECT_TRUE(Node::eventually([&] { return ready_.load(); }, 5));
  }

  std::size_t commands() const {
    const std::lock_guard lock(mutex_);
    return commands_.size();
  }
  Bytes last_command() const {
    const std::lock_guard lock(mutex_);
    return commands_.empty() ? Bytes() : commands_.back();
  }
  /// Says that this came from the device, and waits until the platform has stored what it makes of it.
  bool say(std::uint64_t device, Bytes message) {
    const auto transaction = ++transaction_;
    {
      const std::lock_guard lock(mutex_);
      (void)connection_->send(
          wire::write_link_frame(wire::LinkInbound{transaction, kHubNumber, device, std::move(message)}));
    }
    for (int i = 0; i < 5000; ++i) {  // a millisecond each: the tests say hundreds of things
      {
        const std::lock_guard lock(mutex_);
        if (std::find(acknowledged_.begin(), acknowledged_.end(), transaction) != acknowledged_.end()) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

 private:
  static constexpr std::uint64_t kHubNumber = 0x00db1234567890a2;
  mutable std::mutex mutex_;
  std::shared_ptr<net::FramedConnection> connection_;
  std::vector<Bytes> commands_;
  std::vector<std::uint64_t> acknowledged_;
  std::atomic<bool> ready_{false};
  std::uint64_t transaction_ = 0;
  std::unique_ptr<net::FramedEndpoint> endpoint_;  ///< last: it stops before the rest goes
};

}  // namespace meterway::end_to_end
