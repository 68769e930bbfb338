#include "flow/envelope/workers.h"

namespace meterway::flow {

Workers::Workers(unsigned threads, std::size_t most_queued) : most_queued_(most_queued) {
  for (unsigned i = 0; i < threads; ++i) {
    lanes_.push_back(std::make_unique<Lane>());
    Lane& lane = *lanes_.back();
    lane.thread = std::thread([&lane] { run(lane); });
  }
}

Workers::~Workers() { stop(); }

void Workers::stop() {
  for (auto& lane : lanes_) {
    {
      const std::lock_guard lock(lane->mutex);
      lane->closed = true;
      lane->queue.clear();
    }
    lane->wake.notify_all();
  }
  for (auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

Status Workers::post(Eui64 device, std::function<void()> work) {
  // Devices of one maker are numbered in sequence: the multiplication spreads neighbours over the lanes.
  const auto mixed = device.value() * 0x9E3779B97F4A7C15ull >> 32;
  Lane& lane = *lanes_[mixed % lanes_.size()];
  {
    const std::lock_guard lock(lane.mutex);
    if (lane.closed) return fail(ErrorCode::Closed, 0, "workers");
    if (lane.queue.size() >= most_queued_) return fail(ErrorCode::Full, 0, "workers");
    lane.queue.push_back(std::move(work));
  }
  lane.wake.notify_one();
  return {};
}

void Workers::run(Lane& lane) {
  std::unique_lock lock(lane.mutex);
  for (;;) {
    lane.wake.wait(lock, [&] { return lane.closed || !lane.queue.empty(); });
    if (lane.closed) return;
    auto work = std::move(lane.queue.front());
    lane.queue.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace meterway::flow
