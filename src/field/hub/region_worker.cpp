#include "field/hub/region_worker.h"

#include <algorithm>
#include <future>

namespace meterway::field {

RegionWorker::RegionWorker(const Clock& clock, Region& region) : clock_(clock), region_(region) {
  thread_ = std::thread([this] { work(); });
}

RegionWorker::~RegionWorker() {
  endpoint_.reset();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Status RegionWorker::connect(const std::string& address, std::uint16_t port, std::chrono::milliseconds retry) {
  using Kind = Arrived::Kind;
  net::FramedEvents events;
  events.connected = [this](Connection connection) { arrive({std::move(connection), {}, Kind::Opened}); };
  events.frame = [this](const Connection& connection, Bytes frame) {
    arrive({connection, std::move(frame), Kind::Frame});
  };
  events.closed = [this](const Connection& connection) { arrive({connection, {}, Kind::Closed}); };
  METERWAY_TRY(endpoint_, net::connect_framed(address, port, std::move(events), retry, wire::kLinkMaxFrameBytes));
  return {};
}

void RegionWorker::with(const std::function<void(Region&)>& use) {
  std::promise<void> done;
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back([&](Region& region) {
      use(region);
      done.set_value();
    });
  }
  wake_.notify_one();
  done.get_future().wait();
}

void RegionWorker::arrive(Arrived arrived) {
  {
    const std::lock_guard lock(mutex_);
    // What is not taken is not acknowledged, and the platform sends it again.
    if (arrived.kind != Arrived::Kind::Frame || arrived_.size() < kFrames) arrived_.push_back(std::move(arrived));
  }
  wake_.notify_one();
}

void RegionWorker::take(const Arrived& arrived) {
  switch (arrived.kind) {
    case Arrived::Kind::Opened:
      connection_ = arrived.connection;
      // A closed connection loses what is sent on it; the outbox is sent again on the next.
      region_.opened([connection = connection_](const Bytes& frame) { (void)connection->send(frame); });
      break;
    case Arrived::Kind::Frame:
      if (arrived.connection == connection_) region_.take(arrived.frame);
      break;
    case Arrived::Kind::Closed:
      if (arrived.connection != connection_) break;
      connection_.reset();
      region_.closed();
      break;
  }
}

void RegionWorker::work() {
  UtcTime next = clock_.now();
  for (;;) {
    std::deque<Arrived> arrived;
    std::deque<std::function<void(Region&)>> calls;
    {
      std::unique_lock lock(mutex_);
      const auto wait = std::max(next - clock_.now(), std::chrono::microseconds(0));
      wake_.wait_for(lock, wait, [this] { return stop_ || !arrived_.empty() || !calls_.empty(); });
      if (stop_) break;
      arrived.swap(arrived_);
      calls.swap(calls_);
    }
    for (const auto& one : arrived) take(one);
    for (const auto& call : calls) call(region_);
    next = region_.pass();
  }
}

}  // namespace meterway::field
