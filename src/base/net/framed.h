#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

/// Frames over TCP: four bytes of length (big-endian), then that many bytes. Used for the link between the platform
/// and the region (hubs). The content of a frame is not this file's business.
namespace meterway::net {

class FramedConnection {
 public:
  virtual ~FramedConnection() = default;
  /// Queues a frame; thread-safe, also from a callback, also when the endpoint is gone (Closed).
  /// Errors: Closed; TooLarge (over the endpoint's limit); Full when kFramedQueueBytes wait for a slow peer.
  virtual Status send(ByteView frame) = 0;
  /// As send(), for what nobody is in a hurry for: it may go with the next frame, or some milliseconds later.
  virtual Status send_soon(ByteView frame) { return send(frame); }
  virtual bool open() const = 0;
  /// Closes from this side; thread-safe. `closed` follows.
  virtual void close() = 0;
};

inline constexpr std::size_t kFramedQueueBytes = 16u << 20;

/// All called on the endpoint's one network thread, so never two at once: hand on, do not work. For each connection
/// `connected` once, then `frame`s in order, then `closed` once. None is called after the endpoint is destroyed; it
/// must not be destroyed from within one. Any of them may be empty.
struct FramedEvents {
  std::function<void(std::shared_ptr<FramedConnection>)> connected;
  std::function<void(const std::shared_ptr<FramedConnection>&, Bytes)> frame;
  std::function<void(const std::shared_ptr<FramedConnection>&)> closed;
};

class FramedEndpoint {
 public:
  virtual ~FramedEndpoint() = default;  ///< closes every connection and waits for the network thread
  virtual std::uint16_t port() const = 0;
};

/// Accepts connections (at most 1024). A frame over `limit_bytes` closes its connection. Port 0: any free one.
/// Errors: Network when the address is taken.
Result<std::unique_ptr<FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port,
                                                      FramedEvents events, std::size_t limit_bytes = 1u << 20);
/// Connects and reconnects (every `retry`) until destroyed; starts while nobody listens. port() is the peer's.
/// Errors: Network when `address` is not a numeric address.
Result<std::unique_ptr<FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port,
                                                       FramedEvents events, std::chrono::milliseconds retry,
                                                       std::size_t limit_bytes = 1u << 20);

}  // namespace meterway::net
