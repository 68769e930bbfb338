#include "lab/own_count.h"

#include <algorithm>
#include <charconv>

namespace meterway::lab {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = Seen::Kind;

constexpr seconds kOnDemand{30}, kAlert{60};
constexpr hours kDated{24};
constexpr minutes kOutage{3};
/// What a document takes to its reader and the receipt back, and what a date may be spread by.
constexpr std::chrono::milliseconds kRoundTrip{100};
constexpr seconds kSpread{6};
/// From device or hub to the platform: hubs take turns for two seconds to tell of a loss, and devices' clocks have no
/// fractions; and after a break, with connecting again and the longest wait before a message goes once more.
constexpr seconds kOnItsWay{4}, kTriedAgain{15};

/// `least`, `most`: what the platform may have measured.
void judge(OwnResponses& out, UtcTime::duration least, UtcTime::duration most, UtcTime::duration target) {
  ++out.owed;
  if (most <= target) {
    ++out.in_time;
  } else if (least <= target) {
    ++out.doubtful;
  }
}

}  // namespace

std::uint64_t OwnCount::total() const {
  std::uint64_t out = 0;
  for (const auto& [line, count] : sent) out += count;
  return out;
}

std::uint32_t OwnCounter::number_of(const std::string& service) {
  const auto found = std::find(services_.begin(), services_.end(), service);
  if (found != services_.end()) return static_cast<std::uint32_t>(found - services_.begin());
  services_.push_back(service);
  return static_cast<std::uint32_t>(services_.size() - 1);
}

void OwnCounter::take(const History& history) {
  for (const auto& seen : history) take(seen);
}

void OwnCounter::take(const Seen& seen) {
  switch (seen.kind) {
    case Kind::Sent: {
      ++posts_;
      auto& request = requests_[seen.id];
      if (request.leg == seen.leg || (request.leg == 'S' && seen.leg == 'R')) break;  // a repeat
      request.leg = seen.leg;
      request.leg_sent = seen.at;
      const auto at = seen.content.find('@');
      request.what = number_of(seen.content.substr(0, at));
      if (const auto date =
              at == std::string::npos ? Result<UtcTime>(UtcTime()) : from_iso8601(seen.content.substr(at + 1));
          date && *date != UtcTime())
        request.date = *date;
      break;
    }
    case Kind::Told: {
      auto& request = requests_[seen.id];
      const bool taken = seen.code == "I99" || seen.code == "I0";
      if (taken && request.counted == UtcTime()) request.counted = seen.at;
      if (seen.code == "I99" && request.accepted == UtcTime()) {
        request.accepted_from = request.leg_sent;
        request.accepted = seen.at;
      }
      if (!taken && seen.code != "nothing" && seen.code != "503" && seen.code != "forged") request.refused = true;
      break;
    }
    case Kind::Received: {
      ++pushes_;
      if (seen.code == "alert" || seen.code == "AD1") return take_alert(seen);
      auto& request = requests_[seen.id];
      if (request.first == UtcTime()) request.first = seen.at;
      request.last = seen.at;
      break;
    }
    case Kind::Run:
      ++pushes_;
      break;
    case Kind::Scheduled:
    case Kind::Lost:
    case Kind::Restored:
    case Kind::Arrived:
    case Kind::Executed:
    case Kind::Refused:
      break;
  }
}

void OwnCounter::take_alert(const Seen& seen) {
  auto& alert = alerts_[{seen.who, seen.content}];
  alert.last = seen.at;
  if (alert.first != UtcTime()) return;
  alert.first = seen.at;
  // [hub:]microseconds:digest
  const bool of_outage = seen.code == "AD1";
  const auto begin = of_outage ? seen.content.find(':') + 1 : 0, end = seen.content.find(':', begin);
  std::int64_t micros = 0;
  if (end != std::string::npos) std::from_chars(&seen.content[begin], &seen.content[end], micros);
  alert.happened = UtcTime(std::chrono::microseconds(micros)) + (of_outage ? kOutage : minutes(0));
  const auto device =
      of_outage ? Eui64::parse(seen.content.substr(0, begin - 1)).value_or(Eui64(0)) : seen.id.originator;
  alert.region = SmallWorld::region_of(SmallWorld::home_of(device));
}

void OwnCounter::away(std::string_view region, UtcTime from, UtcTime until) {
  away_.push_back({std::string(region), from, until});
}

/// By when it was with the platform: a moment later, or after everybody is back and has tried again.
UtcTime OwnCounter::reached(const Alert& alert) const {
  auto out = alert.happened + kOnItsWay;
  for (const auto& away : away_) {
    if (!away.region.empty() && away.region != alert.region) continue;
    if (alert.happened - kOnItsWay <= away.until && out >= away.from) out = std::max(out, away.until + kTriedAgain);
  }
  return out;
}

std::uint64_t OwnCounter::sent() const {
  return static_cast<std::uint64_t>(std::count_if(requests_.begin(), requests_.end(), [&](const auto& entry) {
    return entry.second.counted >= begin_ && entry.second.counted < end_;
  }));
}

OwnCount OwnCounter::count() const {
  OwnCount out;
  out.posts = posts_;
  out.pushes = pushes_;
  const auto within = [&](UtcTime time) { return time >= begin_ && time < end_; };
  for (const auto& [id, request] : requests_) {
    if (request.counted == UtcTime() && request.refused && within(request.leg_sent)) ++out.refused;
    if (within(request.counted)) {
      const bool of_device = id.target != kBroker;
      const auto region = of_device ? SmallWorld::region_of(SmallWorld::home_of(id.target)) : std::string_view();
      ++out.sent[{id.originator, services_[request.what], std::string(region), request.date.has_value()}];
    }
    if (request.accepted == UtcTime()) continue;
    const bool answered = request.first != UtcTime();
    const auto never = UtcTime::duration::max();
    if (request.date && within(*request.date)) {
      judge(out.future_dated, answered ? request.first - *request.date - kSpread : never,
            answered ? request.last - *request.date + kRoundTrip : never, kDated);
    } else if (!request.date && within(request.accepted)) {
      judge(out.on_demand, answered ? request.first - request.accepted : never,
            answered ? request.last - request.accepted_from + kRoundTrip : never, kOnDemand);
    }
  }
  for (const auto& [name, alert] : alerts_) {
    if (!within(alert.happened)) continue;
    judge(out.alerts, alert.first - reached(alert), alert.last - alert.happened + kRoundTrip, kAlert);
  }
  return out;
}

}  // namespace meterway::lab
