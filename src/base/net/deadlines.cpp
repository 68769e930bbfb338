#include "base/net/deadlines.h"

namespace meterway::net {

Deadlines::Entry Deadlines::set(Clock::time_point when, std::function<void()> over) {
  const auto entry = entries_.emplace(when, std::move(over));
  arm();
  return entry;
}

void Deadlines::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Deadlines::arm() {
  if (stopped_ || entries_.empty() || entries_.begin()->first >= armed_for_) return;
  armed_for_ = entries_.begin()->first;
  timer_.expires_at(armed_for_);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
    const auto self = weak.lock();
    if (!cancelled && self) self->look();
  });
}

void Deadlines::look() {
  armed_for_ = Clock::time_point::max();
  const auto now = Clock::now();
  while (!stopped_ && !entries_.empty() && entries_.begin()->first <= now) {
    const auto over = std::move(entries_.extract(entries_.begin()).mapped());
    over();
  }
  arm();
}

}  // namespace meterway::net
