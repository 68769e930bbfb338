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
  /// Queues a frame; thread-safe. Errors: Closed, Full.
  virtual Status send(ByteView frame) = 0;
  virtual bool open() const = 0;
};

struct FramedEvents {
  std::function<void(std::shared_ptr<FramedConnection>)> connected;
  std::function<void(const std::shared_ptr<FramedConnection>&, Bytes)> frame;   ///< on a network thread: hand on, do not work
  std::function<void(const std::shared_ptr<FramedConnection>&)> closed;
};

class FramedEndpoint {
 public:
  virtual ~FramedEndpoint() = default;
  virtual std::uint16_t port() const = 0;
};

/// Accepts connections. Frames over `limit_bytes` close the connection.
Result<std::unique_ptr<FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port, FramedEvents events, std::size_t limit_bytes = 1u << 20);
/// Connects and reconnects (every `retry`) until destroyed.
Result<std::unique_ptr<FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port, FramedEvents events,
                                                       std::chrono::milliseconds retry, std::size_t limit_bytes = 1u << 20);

}  // namespace meterway::net
