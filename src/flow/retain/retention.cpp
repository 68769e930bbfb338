#include "flow/retain/retention.h"

#include "records/anomaly/book.h"
#include "records/registry/request_record.h"
#include "records/store/event_log.h"

namespace meterway::flow::retain {
namespace {

constexpr std::size_t kBatch = 100;                 // rows looked at in one transaction
constexpr std::chrono::milliseconds kBetween{50};   // batches: others are to get on meanwhile
constexpr std::chrono::minutes kBetweenPasses{60};  // days are meant, so an hour is soon
constexpr std::uint64_t kLane = 0x7265'7461'696E;   // no device's EUI-64
constexpr std::chrono::hours kMargin{24};           // beyond the time in which a delivery may still be retried

}  // namespace

UtcTime Retention::cutoff(unsigned days) const {
  const auto least = std::chrono::duration_cast<std::chrono::microseconds>(context_.settings.delivery.keep + kMargin);
  return context_.clock.now() - std::max<std::chrono::microseconds>(std::chrono::hours(24) * days, least);
}

void Retention::start() {
  const auto& keep = context_.settings.retention;
  if (keep.events_days == 0 && keep.requests_days == 0) return;
  context_.executor.at(context_.clock.now() + kBetween, kLane, [this] { run(); });
}

void Retention::run() {
  const auto more = step();
  const auto pause = more && *more ? std::chrono::duration_cast<std::chrono::microseconds>(kBetween)
                                   : std::chrono::duration_cast<std::chrono::microseconds>(kBetweenPasses);
  context_.executor.at(context_.clock.now() + pause, kLane, [this] { run(); });
}

Result<bool> Retention::step() {
  bool more = false;
  METERWAY_CHECK(context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(more, requests_next_ ? remove_requests(view) : remove_events(view));
    return {};
  }));
  if (more) return true;
  requests_next_ = !requests_next_;
  return requests_next_;  // after the events the requests, after those the pass is over
}

Result<bool> Retention::remove_events(store::WriteView& view) {
  const auto days = context_.settings.retention.events_days;
  if (days == 0) return false;
  const auto keep = [&](std::string_view key) -> Result<bool> {
    const auto id = RequestId::parse(key);
    if (!id) return false;
    return registry::is_open(view, *id);
  };
  if (!notices_next_) {
    METERWAY_TRY(next_event_, store::remove_events(view, next_event_, cutoff(days), kBatch, keep));
    notices_next_ = next_event_ == 0;
    return true;
  }
  METERWAY_TRY(next_notice_, anomaly::remove_notices(view, next_notice_, cutoff(days), kBatch));
  notices_next_ = !next_notice_.empty();
  return notices_next_;
}

Result<bool> Retention::remove_requests(store::WriteView& view) {
  const auto days = context_.settings.retention.requests_days;
  if (days == 0) return false;
  if (!items_next_) {
    METERWAY_TRY(next_request_, registry::remove_requests(view, next_request_, cutoff(days), kBatch));
    items_next_ = next_request_.empty();
    return true;
  }
  METERWAY_TRY(next_item_, anomaly::remove_items(view, next_item_, cutoff(days), kBatch));
  items_next_ = next_item_ != 0;
  return items_next_;
}

}  // namespace meterway::flow::retain
