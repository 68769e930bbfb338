#include "base/util/waker.h"

namespace meterway {

void Waker::at(UtcTime time) {
  {
    const std::lock_guard lock(mutex_);
    if (wake_ != UtcTime{} && wake_ <= time) return;
    wake_ = time;
  }
  executor_.at(time, lane_, [this, time] {
    {
      const std::lock_guard lock(mutex_);
      if (wake_ != time) return;  // an earlier time was set meanwhile
      wake_ = UtcTime{};
    }
    work_();
  });
}

}  // namespace meterway
