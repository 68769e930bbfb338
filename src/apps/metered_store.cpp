#include "apps/metered_store.h"

#include <chrono>

namespace meterway::apps {

MeteredStore::MeteredStore(std::unique_ptr<store::Store> beneath, metrics::Registry& registry,
                           std::function<void(const Error&)> failed)
    : beneath_(std::move(beneath)),
      writes_(registry["meterway_store_writes_total"]),
      time_(registry["meterway_store_write_seconds"]),
      failed_(std::move(failed)) {}

Status MeteredStore::write(const std::function<Status(store::WriteView&)>& work) {
  const auto began = std::chrono::steady_clock::now();
  bool undone = false;
  auto done = beneath_->write([&](store::WriteView& view) {
    auto worked = work(view);
    undone = !worked;
    return worked;
  });
  time_.observe({}, std::chrono::steady_clock::now() - began);
  const bool broken =
      !done && (!undone || done.error().code == ErrorCode::Io || done.error().code == ErrorCode::Database);
  writes_.add({done ? "committed" : broken ? "failed" : "undone"});
  if (done || broken) takes_writes_ = done.has_value();
  if (broken && failed_) failed_(done.error());
  return done;
}

}  // namespace meterway::apps
