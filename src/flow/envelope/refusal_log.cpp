#include "flow/envelope/refusal_log.h"

#include <algorithm>
#include <utility>

#include "base/util/hex.h"
#include "flow/envelope/decision_line.h"
#include "flow/envelope/trace.h"
#include "records/registry/request_index.h"

namespace meterway::flow {
namespace {

constexpr std::size_t kMostSources = 10000;  ///< beyond them, sources count as one
constexpr std::size_t kSourcesAtOnce = 10;   ///< may use up their share of one minute
constexpr std::size_t kLongestId = 80;       ///< "90-B3-...:00-DB-...:" and a counter

std::int64_t minute_of(UtcTime time) {
  return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}
UtcTime end_of(std::int64_t minute) { return UtcTime(std::chrono::minutes(minute + 1)); }

bool has_of_access(const std::map<std::string, std::uint64_t>& counted) {
  const auto all = refusals_of_access();
  return std::any_of(all.begin(), all.end(), [&](Refusal why) { return counted.count(std::string(name(why))) != 0; });
}

std::string name_of(Eui64 source) { return source == RefusalLog::kNobody ? "nobody" : source.dashed_upper(); }

}  // namespace

std::string claimed_request_id(std::string_view document) {
  constexpr std::string_view kElement = "RequestID>";
  const auto at = document.find(kElement);
  if (at == std::string_view::npos) return {};
  const auto text = document.substr(at + kElement.size(), kLongestId);
  const auto id = RequestId::parse(text.substr(0, text.find('<')));
  return id ? id->text() : std::string();
}

std::string RefusalLog::new_key() const {
  std::uint8_t chance[8];
  context_.random.fill(chance);
  return "refused:" + to_hex(chance);
}

std::string RefusalLog::write(Eui64 source, std::string key, const Refused& refused, UtcTime received) {
  if (key.empty()) key = new_key();
  // What we cannot take is our own trouble and no event of the User's; on a full disk it could not be written anyway.
  if (refused.why == Refusal::Busy) return key;
  (void)write_refusal(source, key, {}, refused, received);
  return key;
}

Status RefusalLog::write_refusal(Eui64 source, std::string_view key, std::string_view service, const Refused& refused,
                                 UtcTime received) {
  if (!take(source, name(refused.why))) return {};
  return context_.store.write([&](store::WriteView& view) -> Status {
    if (const auto id = RequestId::parse(key))
      METERWAY_CHECK(note(view, *id, service, refused, received, source != kNobody));
    return trace(view, context_, key, {hop_of(refused, received)});
  });
}

Status RefusalLog::note(store::WriteView& view, const RequestId& id, std::string_view service, const Refused& refused,
                        UtcTime received, bool believed) {
  return registry::note_request(
      view, {received, id, registry::Leg::Request, std::string(service), std::string(name(refused.why))}, believed);
}

Hop RefusalLog::hop_of(const Refused& refused, UtcTime received) const {
  const auto detail = refused.detail.empty() ? std::string(sentence(refused.why)) : refused.detail;
  return {"gateway", "refused", std::string(name(refused.why)) + ": " + detail, {}, received};
}

void RefusalLog::write(const RequestId& id, std::string_view service, const Refused& refused, UtcTime received) {
  if (!is_of_access(refused.why)) {
    if (refused.why != Refusal::Busy) (void)write_refusal(id.originator, id.text(), service, refused, received);
    return;
  }
  if (!take(id.originator, name(refused.why))) return;
  (void)context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(append_refusal(view, id, service, refused, context_.clock.now()));
    METERWAY_CHECK(note(view, id, service, refused, received, true));
    return trace(view, context_, id.text(), {hop_of(refused, received)});
  });
}

Status RefusalLog::write(Eui64 source, std::string_view key, std::string_view what, const Hop& hop) {
  if (!take(source, what)) return {};
  return trace(context_, key, {hop});
}

bool RefusalLog::take(Eui64 source, std::string_view what) {
  const auto minute = minute_of(context_.clock.now());
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(minute_, minute) != minute) all_ = 0;
    const auto limit = context_.settings.refusal_events_per_minute;
    const bool full = all_ >= limit * kSourcesAtOnce;  // names of devices cost nothing on the link
    if (full) source = kNobody;
    if (sources_.size() >= kMostSources && sources_.count(source) == 0) {
      std::erase_if(sources_,
                    [&](const auto& one) { return one.second.minute != minute && one.second.counted.empty(); });
      if (sources_.size() >= kMostSources) source = kNobody;
    }
    auto& of = sources_[source];
    if (of.minute != minute && of.counted.empty()) of = {minute, 0, {}};
    if (!full && of.written < limit) return ++all_, ++of.written, true;
    first = of.counted.empty();
    ++of.counted[std::string(what)];
  }
  if (first) context_.executor.at(end_of(minute), source.value(), [this, source] { close_minute(source); });
  return false;
}

void RefusalLog::close_minute(Eui64 source) {
  std::map<std::string, std::uint64_t> counted;
  {
    const std::lock_guard lock(mutex_);
    const auto at = sources_.find(source);
    if (at == sources_.end()) return;
    counted = std::move(at->second.counted);
    sources_.erase(at);
  }
  std::string detail = "more in one minute than are written one by one:";
  for (const auto& [what, times] : counted) detail += " " + std::to_string(times) + " " + what;
  audit::Entry line;
  line.at = context_.clock.now();
  line.person = source == kNobody ? "platform" : name_of_user(source);
  line.function = "service.refusals";
  line.about = source == kNobody ? "requests of many" : "requests of one minute";
  line.outcome = "refused";
  line.detail = detail;
  (void)context_.store.write([&](store::WriteView& view) -> Status {
    if (has_of_access(counted)) METERWAY_CHECK(audit::append(view, line));
    return trace(view, context_, "refused:" + name_of(source), {{"gateway", "refused", detail, {}, {}}});
  });
}

}  // namespace meterway::flow
