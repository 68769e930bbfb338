#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/net/framed.h"
#include "field/hub/region.h"

namespace meterway::field {

/// Runs a region in a process: a connection to the platform, and one thread that hands on what came. Network threads
/// only queue; many frames that came together share one write to disk.
class RegionWorker {
 public:
  static constexpr std::size_t kFrames = 16384;  ///< waiting for the thread; what comes over it is not taken

  /// `region` outlives the worker, and is the worker's alone from now on.
  RegionWorker(const Clock& clock, Region& region);
  ~RegionWorker();  ///< closes the connection and ends the thread

  /// Connects, and again every `retry`. Errors: Network when the address is not numeric.
  Status connect(const std::string& address, std::uint16_t port, std::chrono::milliseconds retry);

  /// Has the thread call `use` and waits until it has.
  void with(const std::function<void(Region&)>& use);

 private:
  using Connection = std::shared_ptr<net::FramedConnection>;
  struct Arrived {
    Connection connection;
    Bytes frame;
    enum class Kind : std::uint8_t { Opened, Frame, Closed } kind = Kind::Frame;
  };
  void arrive(Arrived arrived);
  void work();
  void take(const Arrived& arrived);

  const Clock& clock_;
  Region& region_;
  Connection connection_;  ///< the thread's: the one frames are answered on

  std::mutex mutex_;  ///< over what follows, shared with the network's thread
  std::condition_variable wake_;
  std::deque<Arrived> arrived_;
  std::deque<std::function<void(Region&)>> calls_;
  bool stop_ = false;

  std::unique_ptr<net::FramedEndpoint> endpoint_;
  std::thread thread_;
};

}  // namespace meterway::field
