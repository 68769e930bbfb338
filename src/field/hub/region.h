#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/net/framed.h"
#include "field/hub/home.h"

namespace meterway::field {

/// A message on its way to the platform, kept until it is acknowledged.
struct Unacknowledged {
  std::uint64_t transaction = 0;
  Eui64 hub;
  Eui64 device;
  Bytes message;
};

/// Called before anything that depends on it leaves the region: what a device accepted, it has accepted for good.
/// `homes` names those that have changed; the outbox is whole.
using SaveRegion =
    std::function<Status(const std::vector<const Home*>& homes, const std::vector<Unacknowledged>& outbox)>;

/// Homes behind one connection to the platform's WAN port; the region's side of docs/wire/link.md. Network threads only
/// queue frames; one thread of its own works through them.
class Region {
 public:
  static constexpr std::size_t kFrames = 4096;  ///< frames waiting for the worker; what comes over it is not taken

  Region(const Clock& clock, std::vector<Home> homes, std::vector<Unacknowledged> outbox, SaveRegion save);
  ~Region();  ///< closes the connection and ends the thread

  /// Connects, and again every `retry`. Errors: Network when the address is not numeric.
  Status connect(const std::string& address, std::uint16_t port, std::chrono::milliseconds retry);

 private:
  using Connection = std::shared_ptr<net::FramedConnection>;
  struct Arrived {
    Connection connection;
    Bytes frame;
    bool opened = false;  ///< the connection has just opened; there is no frame
  };
  void work();
  void take(const Arrived& arrived);
  void take_frame(const wire::LinkFrame& frame);
  void publish(std::vector<std::pair<Home*, std::vector<HomeEvent>>> happened);
  void hello();
  void send(const wire::LinkFrame& frame);
  std::chrono::microseconds idle() const;

  // The worker's.
  const Clock& clock_;
  std::vector<Home> homes_;
  std::map<std::uint64_t, Home*> by_hub_;
  std::vector<Unacknowledged> outbox_;
  std::uint64_t next_transaction_ = 1;
  SaveRegion save_;
  Connection connection_;                ///< the one frames are answered on
  bool accepted_ = false;                ///< every hello of this connection is acknowledged
  std::size_t hellos_ = 0;               ///< of this connection, not yet acknowledged
  bool saved_ = true;                    ///< what is on disk is what is in memory
  std::vector<wire::LinkFrame> unsent_;  ///< waiting for their cause to be on disk

  // Shared with the network's threads.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Arrived> arrived_;
  bool stop_ = false;

  std::unique_ptr<net::FramedEndpoint> endpoint_;
  std::thread worker_;
};

}  // namespace meterway::field
