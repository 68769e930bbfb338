#include "flow/retain/retention.h"

#include <iterator>

#include "records/anomaly/book.h"
#include "records/registration/loads.h"
#include "records/registry/request_index.h"
#include "records/registry/request_record.h"
#include "records/store/event_log.h"

namespace meterway::flow::retain {
namespace {

constexpr std::size_t kBatch = 100;                 // rows looked at in one transaction
constexpr std::chrono::milliseconds kBetween{50};   // batches: others are to get on meanwhile
constexpr std::chrono::minutes kBetweenPasses{60};  // days are meant, so an hour is soon
constexpr std::uint64_t kLane = 0x7265'7461'696E;   // no device's EUI-64
constexpr std::chrono::hours kMargin{24};           // beyond the time in which a delivery may still be retried

/// The number to go on after as the key to go on from: empty at the beginning and at the end.
std::string key_of(std::uint64_t number) { return number == 0 ? std::string() : std::to_string(number); }
std::uint64_t number_of(const std::string& key) { return key.empty() ? 0 : std::stoull(key); }

Result<std::string> remove_events(store::WriteView& view, const std::string& from, UtcTime before) {
  const auto keep = [&](std::string_view key) -> Result<bool> {
    const auto id = RequestId::parse(key);
    if (!id) return false;
    return registry::is_open(view, *id);
  };
  METERWAY_TRY(const auto next, store::remove_events(view, number_of(from), before, kBatch, keep));
  return key_of(next);
}
Result<std::string> remove_notices(store::WriteView& view, const std::string& from, UtcTime before) {
  return anomaly::remove_notices(view, from, before, kBatch);
}
Result<std::string> remove_requests(store::WriteView& view, const std::string& from, UtcTime before) {
  return registry::remove_requests(view, from, before, kBatch);
}
Result<std::string> remove_index(store::WriteView& view, const std::string& from, UtcTime before) {
  return registry::remove_index(view, from, before, kBatch);
}
Result<std::string> remove_items(store::WriteView& view, const std::string& from, UtcTime before) {
  METERWAY_TRY(const auto next, anomaly::remove_items(view, number_of(from), before, kBatch));
  return key_of(next);
}
Result<std::string> strip_submissions(store::WriteView& view, const std::string& from, UtcTime before) {
  return anomaly::strip_submissions(view, from, before, kBatch);
}
Result<std::string> remove_history(store::WriteView& view, const std::string& from, UtcTime before) {
  return anomaly::remove_history(view, from, before, kBatch);
}
Result<std::string> remove_outcomes(store::WriteView& view, const std::string& from, UtcTime before) {
  return registration::remove_outcomes(view, from, before, kBatch);
}
Result<std::string> remove_flags(store::WriteView& view, const std::string& from, UtcTime before) {
  return registration::remove_flags(view, from, before, kBatch);
}

/// Rows that are removed one way: by which setting, and how, from a key on; gives the key to go on from, empty at the
/// end. In the order of a pass.
struct Kind {
  unsigned RetentionSettings::*days;
  Result<std::string> (*remove)(store::WriteView&, const std::string&, UtcTime);
};
constexpr Kind kKinds[] = {
    {&RetentionSettings::events_days, remove_events},     {&RetentionSettings::events_days, remove_notices},
    {&RetentionSettings::requests_days, remove_requests}, {&RetentionSettings::requests_days, remove_index},
    {&RetentionSettings::requests_days, remove_items},    {&RetentionSettings::files_days, strip_submissions},
    {&RetentionSettings::files_days, remove_history},     {&RetentionSettings::files_days, remove_outcomes},
    {&RetentionSettings::files_days, remove_flags}};

}  // namespace

UtcTime Retention::cutoff(unsigned days) const {
  const auto least = std::chrono::duration_cast<std::chrono::microseconds>(context_.settings.delivery.keep + kMargin);
  return context_.clock.now() - std::max<std::chrono::microseconds>(std::chrono::hours(24) * days, least);
}

void Retention::start() {
  const auto& keep = context_.settings.retention;
  if (keep.events_days == 0 && keep.requests_days == 0 && keep.files_days == 0) return;
  context_.executor.at(context_.clock.now() + kBetween, kLane, [this] { run(); });
}

void Retention::run() {
  const auto more = step();
  const auto pause = more && *more ? std::chrono::duration_cast<std::chrono::microseconds>(kBetween)
                                   : std::chrono::duration_cast<std::chrono::microseconds>(kBetweenPasses);
  context_.executor.at(context_.clock.now() + pause, kLane, [this] { run(); });
}

Result<bool> Retention::step() {
  const auto& kind = kKinds[kind_];
  const auto days = context_.settings.retention.*kind.days;
  std::string next;
  if (days != 0) {
    METERWAY_CHECK(context_.store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(next, kind.remove(view, next_, cutoff(days)));
      return {};
    }));
  }
  next_ = std::move(next);
  if (!next_.empty()) return true;
  kind_ = (kind_ + 1) % std::size(kKinds);
  return kind_ != 0;
}

}  // namespace meterway::flow::retain
