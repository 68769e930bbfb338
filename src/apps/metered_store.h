#pragma once
#include <atomic>

#include "base/metrics/metrics.h"
#include "records/store/store.h"

namespace meterway::apps {

/// A store whose transactions are counted and timed. Sharing: as the store beneath.
class MeteredStore final : public store::Store {
 public:
  /// `failed`: told of each transaction that the store itself could not take (disk, database), from any thread.
  MeteredStore(std::unique_ptr<store::Store> beneath, metrics::Registry& registry,
               std::function<void(const Error&)> failed);

  Status read(const std::function<Status(const store::ReadView&)>& work) const override { return beneath_->read(work); }
  Status write(const std::function<Status(store::WriteView&)>& work) override;
  Status backup(const std::string& path) const override { return beneath_->backup(path); }
  /// Whether the last transaction that reached the disk got there.
  bool takes_writes() const { return takes_writes_; }

 private:
  const std::unique_ptr<store::Store> beneath_;
  metrics::Family &writes_, &time_;
  const std::function<void(const Error&)> failed_;
  std::atomic<bool> takes_writes_{true};
};

}  // namespace meterway::apps
