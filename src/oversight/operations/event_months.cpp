#include "oversight/operations/event_months.h"

#include <algorithm>
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

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

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
    const auto hash = hash_of(name);
    const auto found = numbers_.find(hash);
    if (found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(hash, number);
    return number;
  }
  const std::string& name(std::uint32_t number) const { return names_[number]; }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  std::vector<std::string> names_;
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

  bool finished() const { return finished_; }
  Result<std::shared_ptr<const EventCounts>> go_on(const store::Store& store) {
    if (finished_) return told_;
    bool more = true;
    while (more && !finished_) {  // a view a page: writers and their clean-up do not wait for a whole month
      METERWAY_CHECK(store.read([&](const store::ReadView& view) { return take_page(view, more); }));
    }
    tell();
    return told_;
  }

 private:
  struct Request {
    std::int64_t accepted_s = 0;  ///< seconds after the month began; 0: it has not been sent
    bool counted = false;
  };

  Status take_page(const store::ReadView& view, bool& more) {
    if (next_ == 0) {
      METERWAY_TRY(next_, sequence_at(view, begin_ - kSlack));
    }
    METERWAY_TRY(const auto events, store::events_from(view, next_, kPage));
    more = events.size() == kPage;
    for (const auto& event : events) {
      METERWAY_CHECK(take(view, event));
      if (finished_) break;
    }
    return {};
  }

  Status take(const store::ReadView& view, const store::Event& event) {
    next_ = event.sequence + 1;
    if (event.time > latest_) latest_ = event.time;
    if (event.time < begin_) return {};
    if (event.time >= end_ + kSlack + std::max<std::chrono::seconds>(on_demand_target_, std::chrono::hours(24))) {
      finished_ = true;
      return {};
    }
    if (event.time < end_) {
      if (counts_.first_sequence == 0) counts_.first_sequence = event.sequence;
      counts_.last_sequence = event.sequence;
      ++counts_.events;
    }
    // A RequestID is <originator>:<target>:<counter>; other keys name alerts, hubs, devices.
    const std::string_view key = event.request_id;
    if (key.size() < 48 || key[23] != ':') return {};
    if (event.step == "authorise" && event.outcome == "passed" && event.time < end_) return sent(view, key, event);
    if (event.step == "gateway" && event.outcome == "accepted" && event.time < end_) {
      auto& request = requests_[hash_of(key)];
      request.accepted_s = 1 + std::chrono::floor<std::chrono::seconds>(event.time - begin_).count();
      return {};
    }
    if (event.step == "deliver" && event.outcome == "delivered") return delivered(view, key, event);
    return {};
  }

  /// A critical request comes twice, to be transformed and signed: one Service Request.
  Status sent(const store::ReadView& view, std::string_view key, const store::Event& event) {
    auto& request = requests_[hash_of(key)];
    if (request.counted) return {};
    request.counted = true;
    constexpr std::string_view kService = "service ";
    std::string_view detail = event.detail;
    if (!detail.starts_with(kService)) return {};
    detail.remove_prefix(kService.size());
    const auto service = detail.substr(0, detail.find(' '));
    METERWAY_TRY(const auto region, region_of(view, key.substr(24, 23)));
    const std::uint64_t place =
        std::uint64_t{names_.number(key.substr(0, 23))} << 40 | std::uint64_t{names_.number(service)} << 20 | region;
    ++sent_[place];
    return {};
  }

  Status delivered(const store::ReadView& view, std::string_view key, const store::Event& event) {
    const auto found = requests_.find(hash_of(key));
    if (found == requests_.end() || found->second.accepted_s == 0) return {};
    const auto accepted = begin_ + std::chrono::seconds(found->second.accepted_s - 1);
    found->second.accepted_s = 0;
    if (event.time - accepted <= on_demand_target_) {
      ++counts_.on_demand.owed;
      ++counts_.on_demand.in_time;
      return {};
    }
    METERWAY_TRY(const auto dated, dated_for(view, key));
    auto& count = dated ? counts_.future_dated : counts_.on_demand;
    ++count.owed;
    if (dated && event.time - *dated <= std::chrono::hours(24)) ++count.in_time;
    return {};
  }

  /// Events do not say that a request had a date; its record does, and only the late ones need be looked up.
  static Result<std::optional<UtcTime>> dated_for(const store::ReadView& view, std::string_view key) {
    const auto id = RequestId::parse(key);
    if (!id) return std::optional<UtcTime>();
    for (const auto leg : {registry::Leg::Request, registry::Leg::SignedPreCommand}) {
      METERWAY_TRY(const auto record, registry::find_request(view, *id, leg));
      if (record && record->dcc_dated) return std::optional(record->send_at);
    }
    return std::optional<UtcTime>();
  }

  Result<std::uint32_t> region_of(const store::ReadView& view, std::string_view target) {
    const auto hash = hash_of(target);
    const auto found = regions_.find(hash);
    if (found != regions_.end()) return found->second;
    std::string region;
    if (const auto eui = Eui64::parse(target)) {
      METERWAY_TRY(const auto device, registry::find_device(view, *eui));
      if (device && device->hub) {
        METERWAY_TRY(const auto hub, registry::find_device(view, *device->hub));
        if (hub) region = std::string(hub->detail("CSPRegion"));
      }
    }
    return regions_[hash] = names_.number(region);
  }

  void tell() {
    auto out = std::make_shared<EventCounts>(counts_);
    // What was accepted so long ago that an answer would be late now is owed, too.
    for (const auto& [hash, request] : requests_) {
      (void)hash;
      if (request.accepted_s == 0) continue;
      const auto accepted = begin_ + std::chrono::seconds(request.accepted_s - 1);
      if (latest_ - accepted > std::chrono::hours(24)) ++out->on_demand.owed;
    }
    for (const auto& [place, count] : sent_)
      out->services.push_back({names_.name(static_cast<std::uint32_t>(place >> 40)),
                               names_.name(static_cast<std::uint32_t>(place >> 20 & 0xFFFFF)),
                               names_.name(static_cast<std::uint32_t>(place & 0xFFFFF)), count});
    std::sort(out->services.begin(), out->services.end(), [](const ServiceCount& a, const ServiceCount& b) {
      return std::tie(a.user, a.service, a.region) < std::tie(b.user, b.service, b.region);
    });
    told_ = std::move(out);
    if (!finished_) return;
    requests_ = {};
    regions_ = {};
  }

  const UtcTime begin_, end_;
  const std::chrono::seconds on_demand_target_;
  UtcTime latest_{};
  std::uint64_t next_ = 0;
  bool finished_ = false;
  EventCounts counts_;
  Names names_;
  std::unordered_map<std::uint64_t, Request> requests_;       ///< by the hash of the RequestID
  std::unordered_map<std::uint64_t, std::uint32_t> regions_;  ///< by the hash of the device
  std::unordered_map<std::uint64_t, std::uint64_t> sent_;     ///< user:24 service:20 region:20
  std::shared_ptr<const EventCounts> told_;
};

EventMonths::EventMonths(const store::Store& store, const rules::Rules& rules) : store_(store), rules_(rules) {}
EventMonths::~EventMonths() = default;

Result<std::shared_ptr<const EventCounts>> EventMonths::month(calendar::Date first) const {
  const std::lock_guard lock(guard_);
  auto& pass = passes_[first];
  if (pass == nullptr) {
    METERWAY_TRY(const auto target, rules_.on("response.on_demand", first));
    METERWAY_TRY(const auto seconds, target.integer());
    pass = std::make_unique<Pass>(first, calendar::last_of_month(first) + std::chrono::days(1),
                                  std::chrono::seconds(seconds));
  }
  auto out = pass->go_on(store_);
  if (!out) {
    passes_.erase(first);
  } else if (passes_.size() > kMostPasses) {
    passes_.erase(passes_.begin()->first == first ? std::next(passes_.begin()) : passes_.begin());
  }
  return out;
}

}  // namespace meterway::operations
