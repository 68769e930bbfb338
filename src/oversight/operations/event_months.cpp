#include "oversight/operations/event_months.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "records/registry/device.h"
#include "records/registry/request_record.h"
#include "records/store/event_log.h"

namespace meterway::operations {
namespace {

/// Passes that are kept; the oldest month goes first.
constexpr std::size_t kMostPasses = 24;
constexpr std::size_t kPage = 2'000;
/// Events are written within this time of what they tell about.
constexpr std::chrono::minutes kSlack{10};
/// What is due is late when it has not come so long afterwards.
constexpr std::chrono::hours kLatest{24};

/// The sequence of the first event that was written at this time or later: events lie in the order of time but for
/// moments.
Result<std::uint64_t> sequence_at(const store::ReadView& view, UtcTime time) {
  std::uint64_t low = 0, high = 1;
  for (;;) {  // `high`: an event at or after the time, or none at all
    METERWAY_TRY(const auto events, store::events_from(view, high, 1));
    if (events.empty() || events.front().time >= time) break;
    low = events.front().sequence;
    high = std::max(high * 2, low + 1);
  }
  while (low + 1 < high) {
    const auto middle = low + (high - low) / 2;
    METERWAY_TRY(const auto events, store::events_from(view, middle, 1));
    if (!events.empty() && events.front().time < time) {
      low = std::max(middle, events.front().sequence);
    } else {
      high = middle;
    }
  }
  return low + 1;
}

/// Names that are given small numbers.
class Names {
 public:
  std::uint32_t number(std::string_view name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(names_.emplace_back(name), number);
    return number;
  }
  const std::string& name(std::uint32_t number) const { return names_[number]; }

 private:
  std::deque<std::string> names_;  // stay where they are
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// Of the whole RequestID: which request an event is of is never a matter of luck.
struct HashOfRequest {
  std::size_t operator()(const RequestId& id) const {
    std::uint64_t out = id.counter.value;
    for (const auto part : {id.target.value(), id.originator.value()}) {
      out = (out ^ out >> 32) * 0x9E3779B97F4A7C15;
      out ^= part;
    }
    out = (out ^ out >> 29) * 0xBF58476D1CE4E5B9;
    return out ^ out >> 32;
  }
};

}  // namespace

std::uint64_t EventCounts::sent() const {
  std::uint64_t out = 0;
  for (const auto& one : services) out += one.sent;
  return out;
}

class EventMonths::Pass {
 public:
  Pass(UtcTime begin, UtcTime end, std::chrono::seconds on_demand)
      : begin_(begin), end_(end), on_demand_target_(on_demand) {}

  Result<std::shared_ptr<const EventCounts>> go_on(const store::Store& store) {
    const std::lock_guard lock(going_on_);
    if (!failed_) return Unexpected{failed_.error()};
    if (finished_) return told_;
    bool more = true;
    while (more && !finished_) {  // a view a page: writers and their clean-up do not wait for a whole month
      failed_ = store.read([&](const store::ReadView& view) { return take_page(view, more); });
      METERWAY_CHECK(failed_);
    }
    failed_ = store.read([&](const store::ReadView& view) { return tell(view); });
    METERWAY_CHECK(failed_);
    return told_;
  }

 private:
  /// Some 60 bytes with its name, so that a million are not too many to remember.
  struct Request {
    std::int64_t accepted_us : 63;  ///< microseconds after the month began, from 1; 0: nothing is owed
    bool counted : 1;
    Request() : accepted_us(0), counted(false) {}
  };

  Status take_page(const store::ReadView& view, bool& more) {
    if (next_ == 0) {
      METERWAY_TRY(next_, sequence_at(view, begin_ - kSlack));
    }
    METERWAY_TRY(
        more, store::see_events(view, next_, kPage, [&](const store::EventView& event) { return take(view, event); }));
    return {};
  }

  Status take(const store::ReadView& view, const store::EventView& event) {
    if (finished_) return {};
    next_ = event.sequence + 1;
    if (event.time > latest_) latest_ = event.time;
    if (event.time < begin_) return {};
    if (event.time >= end_ + kSlack + std::max<std::chrono::seconds>(on_demand_target_, kLatest)) {
      finished_ = true;
      return {};
    }
    if (event.time < end_) {
      if (counts_.first_sequence == 0) counts_.first_sequence = event.sequence;
      counts_.last_sequence = event.sequence;
      ++counts_.events;
    }
    const bool is_sent = event.step == "authorise" && event.outcome == "passed" && event.time < end_;
    const bool is_accepted = event.step == "gateway" && event.outcome == "accepted" && event.time < end_;
    const bool is_delivered = event.step == "deliver" && event.outcome == "delivered";
    if (!is_sent && !is_accepted && !is_delivered) return {};
    const auto id = RequestId::parse(event.key);  // other keys name alerts, hubs, devices
    if (!id) return {};
    if (is_sent) return sent(view, *id, event);
    if (is_delivered) return delivered(view, *id, event);
    requests_[*id].accepted_us = 1 + (event.time - begin_).count();
    return {};
  }

  /// A critical request comes twice, to be transformed and signed: one Service Request.
  Status sent(const store::ReadView& view, const RequestId& id, const store::EventView& event) {
    auto& request = requests_[id];
    if (request.counted) return {};
    request.counted = true;
    constexpr std::string_view kService = "service ";
    std::string_view detail = event.detail;
    if (!detail.starts_with(kService)) return {};
    detail.remove_prefix(kService.size());
    const auto service = detail.substr(0, detail.find(' '));
    METERWAY_TRY(const auto region, region_of(view, id.target));
    const std::uint64_t place =
        std::uint64_t{number_of(id.originator)} << 40 | std::uint64_t{names_.number(service)} << 20 | region;
    ++sent_[place];
    return {};
  }

  Status delivered(const store::ReadView& view, const RequestId& id, const store::EventView& event) {
    const auto found = requests_.find(id);
    if (found == requests_.end() || found->second.accepted_us == 0) return {};
    const auto accepted = accepted_at(found->second);
    found->second.accepted_us = 0;
    if (event.time - accepted <= on_demand_target_) {
      ++counts_.on_demand.owed;
      ++counts_.on_demand.in_time;
      return {};
    }
    METERWAY_TRY(const auto dated, dated_for(view, id));
    auto& count = dated ? counts_.future_dated : counts_.on_demand;
    ++count.owed;
    if (dated && event.time - *dated <= kLatest) ++count.in_time;
    return {};
  }

  /// Events do not say that a request had a date; its record does, and only the late ones need be looked up.
  static Result<std::optional<UtcTime>> dated_for(const store::ReadView& view, const RequestId& id) {
    for (const auto leg : {registry::Leg::Request, registry::Leg::SignedPreCommand}) {
      METERWAY_TRY(const auto record, registry::find_request(view, id, leg));
      if (record && record->dcc_dated) return std::optional(record->send_at);
    }
    return std::optional<UtcTime>();
  }

  std::uint32_t number_of(Eui64 user) {
    const auto found = users_.find(user.value());
    return found != users_.end() ? found->second : users_[user.value()] = names_.number(user.dashed_upper());
  }

  Result<std::uint32_t> region_of(const store::ReadView& view, Eui64 target) {
    const auto found = regions_.find(target.value());
    if (found != regions_.end()) return found->second;
    std::string region;
    METERWAY_TRY(const auto device, registry::find_device(view, target));
    if (device && device->hub) {
      METERWAY_TRY(const auto hub, registry::find_device(view, *device->hub));
      if (hub) region = std::string(hub->detail("CSPRegion"));
    }
    return regions_[target.value()] = names_.number(region);
  }

  UtcTime accepted_at(const Request& request) const {
    return begin_ + std::chrono::microseconds(request.accepted_us - 1);
  }

  Status tell(const store::ReadView& view) {
    auto out = std::make_shared<EventCounts>(counts_);
    // What was accepted so long ago that an answer would be late now is owed, too; what has a date, from then on.
    for (const auto& [id, request] : requests_) {
      if (request.accepted_us == 0 || latest_ - accepted_at(request) <= kLatest) continue;
      auto known = dates_.find(id);
      if (known == dates_.end()) {
        METERWAY_TRY(const auto dated, dated_for(view, id));
        known = dates_.emplace(id, dated).first;
      }
      const auto& dated = known->second;
      if (!dated) ++out->on_demand.owed;
      if (dated && latest_ - *dated > kLatest) ++out->future_dated.owed;
    }
    for (const auto& [place, count] : sent_)
      out->services.push_back({names_.name(static_cast<std::uint32_t>(place >> 40)),
                               names_.name(static_cast<std::uint32_t>(place >> 20 & 0xFFFFF)),
                               names_.name(static_cast<std::uint32_t>(place & 0xFFFFF)), count});
    std::sort(out->services.begin(), out->services.end(), [](const ServiceCount& a, const ServiceCount& b) {
      return std::tie(a.user, a.service, a.region) < std::tie(b.user, b.service, b.region);
    });
    told_ = std::move(out);
    if (!finished_) return {};
    requests_ = {};
    dates_ = {};
    regions_ = {};
    return {};
  }

  std::mutex going_on_;
  Status failed_;  ///< somewhere within a page: what has been counted is of no use to those who wait
  const UtcTime begin_, end_;
  const std::chrono::seconds on_demand_target_;
  UtcTime latest_{};
  std::uint64_t next_ = 0;
  bool finished_ = false;
  EventCounts counts_;
  Names names_;
  std::unordered_map<RequestId, Request, HashOfRequest> requests_;
  std::unordered_map<RequestId, std::optional<UtcTime>, HashOfRequest> dates_;  ///< of those that nobody has answered
  std::unordered_map<std::uint64_t, std::uint32_t> users_, regions_;            ///< by EUI-64: the number of a name
  std::unordered_map<std::uint64_t, std::uint64_t> sent_;                       ///< user:24 service:20 region:20
  std::shared_ptr<const EventCounts> told_;
};

EventMonths::EventMonths(const store::Store& store, const rules::Rules& rules) : store_(store), rules_(rules) {}
EventMonths::~EventMonths() = default;

Result<std::shared_ptr<const EventCounts>> EventMonths::month(calendar::Date first) const {
  std::shared_ptr<Pass> pass;
  {
    const std::lock_guard lock(guard_);
    auto& kept = passes_[first];
    if (kept == nullptr) {
      METERWAY_TRY(const auto target, rules_.on("response.on_demand", first));
      METERWAY_TRY(const auto seconds, target.integer());
      kept = std::make_shared<Pass>(first, calendar::last_of_month(first) + std::chrono::days(1),
                                    std::chrono::seconds(seconds));
    }
    pass = kept;
    if (passes_.size() > kMostPasses)
      passes_.erase(passes_.begin()->first == first ? std::next(passes_.begin()) : passes_.begin());
  }
  auto out = pass->go_on(store_);
  if (!out) {
    const std::lock_guard lock(guard_);
    const auto kept = passes_.find(first);
    if (kept != passes_.end() && kept->second == pass) passes_.erase(kept);
  }
  return out;
}

}  // namespace meterway::operations
