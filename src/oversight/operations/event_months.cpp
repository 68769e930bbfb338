#include "oversight/operations/event_months.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "records/registry/device.h"
#include "records/store/event_log.h"

namespace meterway::operations {
namespace {

/// Passes that are kept; the oldest month goes first.
constexpr std::size_t kMostPasses = 24;
constexpr std::size_t kPage = 2'000;
/// Events are written within this time of what they tell about.
constexpr std::chrono::minutes kSlack{10};

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

namespace {

/// Within which a response or an alert is in time.
struct Targets {
  std::chrono::seconds on_demand, future_dated, alert;
  std::chrono::seconds longest() const { return std::max({on_demand, future_dated, alert, kSettled}); }
  /// A request on demand that nobody has answered for so long is owed, and late.
  static constexpr std::chrono::seconds kSettled{24 * 3600};
};

/// The time after these words of a detail.
std::optional<UtcTime> time_after(std::string_view detail, std::string_view words) {
  const auto at = detail.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto time = from_iso8601(detail.substr(at + words.size()));
  return time ? std::optional(*time) : std::nullopt;
}

constexpr std::string_view kHeld = ", held until ", kForTheDevice = ", for the device to keep until ";
constexpr std::uint32_t kNoPlace = 0xFFFFFFFF;

}  // namespace

class EventMonths::Pass {
 public:
  Pass(UtcTime begin, UtcTime end, Targets targets) : begin_(begin), end_(end), targets_(targets) {
    region_names_.number("");
  }

  Result<std::shared_ptr<const EventCounts>> go_on(const store::Store& store) {
    const std::lock_guard lock(going_on_);
    if (!failed_) return Unexpected{failed_.error()};
    if (finished_) return told_;
    bool more = true;
    while (more && !finished_) {  // a view a page: writers and their clean-up do not wait for a whole month
      failed_ = store.read([&](const store::ReadView& view) { return take_page(view, more); });
      METERWAY_CHECK(failed_);
    }
    tell();
    return told_;
  }

 private:
  enum class Due : std::uint8_t { None, OnDemand, Dated };
  struct Request {
    UtcTime since{};  ///< accepted then, or held until then
    std::uint32_t place = kNoPlace;
    std::uint16_t region = 0;
    Due due = Due::None;
  };
  struct Alert {
    UtcTime since{};
    std::uint32_t queued = 0;  ///< and not delivered
    std::uint16_t region = 0;
  };

  Status take_page(const store::ReadView& view, bool& more) {
    METERWAY_TRY(const auto removed, store::removed_events(view));
    if (next_ == 0 ? removed.latest >= begin_ : removed.last_sequence >= next_) return lose();
    if (next_ == 0) {
      METERWAY_TRY(next_, sequence_at(view, begin_ - kSlack));
    }
    METERWAY_TRY(
        more, store::see_events(view, next_, kPage, [&](const store::EventView& event) { return take(view, event); }));
    return {};
  }

  /// What was removed before it was counted cannot be counted, and a part of it is no figure.
  Status lose() {
    counts_ = {};
    counts_.complete = false;
    measured_.clear();
    places_.clear();
    requests_.clear();
    alerts_.clear();
    finished_ = true;
    return {};
  }

  Status take(const store::ReadView& view, const store::EventView& event) {
    if (finished_) return {};
    next_ = event.sequence + 1;
    if (event.time > latest_) latest_ = event.time;
    if (event.time < begin_) return {};
    if (event.time >= end_ + kSlack + targets_.longest()) {
      finished_ = true;
      return {};
    }
    if (event.time < end_) {
      if (counts_.first_sequence == 0) counts_.first_sequence = event.sequence;
      counts_.last_sequence = event.sequence;
      ++counts_.events;
    }
    if (event.key.starts_with("alert:") || event.key.starts_with("dcc:")) return take_of_alert(view, event);
    const bool is_sent = event.step == "authorise" && event.outcome == "passed" && event.time < end_;
    const bool is_accepted = event.step == "gateway" && event.outcome == "accepted" && event.time < end_;
    const bool is_queued =
        event.step == "deliver" && event.outcome == "queued" && event.detail.find(kHeld) != std::string_view::npos;
    const bool is_delivered = event.step == "deliver" && event.outcome == "delivered";
    if (!is_sent && !is_accepted && !is_queued && !is_delivered) return {};
    const auto id = RequestId::parse(event.key);  // other keys name hubs, devices, outages
    if (!id) return {};
    if (is_sent) return sent(view, *id, event);
    if (is_accepted) return accepted(*id, event);
    if (is_queued) return queued(view, *id, event);
    return delivered(*id, event);
  }

  /// A critical request comes twice, to be transformed and signed: one Service Request.
  Status sent(const store::ReadView& view, const RequestId& id, const store::EventView& event) {
    auto& request = requests_[id];
    if (request.place != kNoPlace) return {};
    constexpr std::string_view kService = "service ";
    std::string_view detail = event.detail;
    if (!detail.starts_with(kService)) return {};
    detail.remove_prefix(kService.size());
    const auto service = detail.substr(0, detail.find(' '));
    METERWAY_TRY(request.region, region_of(view, id.target));
    request.place = place_of({number_of(id.originator), names_.number(service), request.region, false});
    ++places_[request.place].sent;
    return {};
  }

  Status accepted(const RequestId& id, const store::EventView& event) {
    auto& request = requests_[id];
    const auto date = time_after(event.detail, kHeld);
    request.since = event.time;
    request.due = Due::OnDemand;
    if (date) hold(request, *date);
    if ((date || event.detail.find(kForTheDevice) != std::string::npos) && request.place != kNoPlace) {
      --places_[request.place].sent;
      auto dated = places_[request.place];
      dated.dated = true;
      request.place = place_of(dated);
      ++places_[request.place].sent;
    }
    return {};
  }

  /// Of what was accepted in an earlier month, too, the date may lie in this one.
  Status queued(const store::ReadView& view, const RequestId& id, const store::EventView& event) {
    const auto date = time_after(event.detail, kHeld);
    if (!date || *date < begin_ || *date >= end_) return {};
    auto& request = requests_[id];
    if (request.since != UtcTime()) return {};
    METERWAY_TRY(request.region, region_of(view, id.target));
    hold(request, *date);
    return {};
  }

  void hold(Request& request, UtcTime date) {
    request.since = date;
    request.due = date >= begin_ && date < end_ ? Due::Dated : Due::None;
  }

  Status delivered(const RequestId& id, const store::EventView& event) {
    const auto found = requests_.find(id);
    if (found == requests_.end() || found->second.due == Due::None) return {};
    auto& request = found->second;
    const bool dated = std::exchange(request.due, Due::None) == Due::Dated;
    const bool in_time = event.time - request.since <= (dated ? targets_.future_dated : targets_.on_demand);
    count(dated ? &RegionCount::future_dated : &RegionCount::on_demand, request.region, in_time);
    return {};
  }

  /// One that goes to two Users is delivered twice.
  Status take_of_alert(const store::ReadView& view, const store::EventView& event) {
    const bool came =
        (event.step == "correlate" && event.outcome == "alert") || (event.step == "alert" && event.outcome == "raised");
    if (came && event.time < end_) {
      auto& alert = alerts_[std::string(event.key)];
      if (alert.since != UtcTime()) return {};
      alert.since = event.time;
      // "alert:<device>:<counter>": those of the DCC itself may name no device.
      const auto rest = event.key.substr(event.key.find(':') + 1);
      if (const auto device = Eui64::parse(rest.substr(0, rest.find(':')))) {
        METERWAY_TRY(alert.region, region_of(view, *device));
      }
      return {};
    }
    if (event.step != "deliver") return {};
    const auto found = alerts_.find(std::string(event.key));
    if (found == alerts_.end()) return {};
    auto& alert = found->second;
    if (event.outcome == "queued") ++alert.queued;
    if (event.outcome != "delivered" || alert.queued == 0) return {};
    --alert.queued;
    count(&RegionCount::alerts, alert.region, event.time - alert.since <= targets_.alert);
    return {};
  }

  std::uint32_t number_of(Eui64 user) {
    const auto found = users_.find(user.value());
    return found != users_.end() ? found->second : users_[user.value()] = names_.number(user.dashed_upper());
  }

  using Regions = std::vector<RegionCount>;  ///< by the number of their name; 0: of none
  static ResponseCount& measured(Regions& regions, ResponseCount RegionCount::*measure, std::uint16_t region) {
    if (regions.size() <= region) regions.resize(region + std::size_t{1});
    return regions[region].*measure;
  }
  void count(ResponseCount RegionCount::*measure, std::uint16_t region, bool in_time) {
    auto& one = measured(measured_, measure, region);
    ++one.owed;
    if (in_time) ++one.in_time;
  }

  Result<std::uint16_t> region_of(const store::ReadView& view, Eui64 target) {
    const auto found = regions_.find(target.value());
    if (found != regions_.end()) return found->second;
    std::string region;
    METERWAY_TRY(const auto device, registry::find_device(view, target));
    if (device && device->hub) {
      METERWAY_TRY(const auto hub, registry::find_device(view, *device->hub));
      if (hub) region = std::string(hub->detail("CSPRegion"));
    }
    return regions_[target.value()] = static_cast<std::uint16_t>(region_names_.number(region));
  }

  /// A User, service, region and mode, by the numbers of their names.
  struct Place {
    std::uint32_t user = 0, service = 0, region = 0;
    bool dated = false;
    std::uint64_t sent = 0;
  };
  std::uint32_t place_of(Place place) {
    place.sent = 0;
    const auto next = static_cast<std::uint32_t>(places_.size());
    const auto [at, is_new] = numbers_.emplace(std::tuple(place.user, place.service, place.region, place.dated), next);
    if (is_new) places_.push_back(place);
    return at->second;
  }

  void tell() {
    auto out = std::make_shared<EventCounts>(counts_);
    // What is so old that a delivery would be late now is owed, too.
    auto regions = measured_;
    for (const auto& [id, request] : requests_) {
      (void)id;
      if (request.due == Due::OnDemand && latest_ - request.since > Targets::kSettled)
        ++measured(regions, &RegionCount::on_demand, request.region).owed;
      if (request.due == Due::Dated && latest_ - request.since > targets_.future_dated)
        ++measured(regions, &RegionCount::future_dated, request.region).owed;
    }
    for (const auto& [key, alert] : alerts_) {
      (void)key;
      if (latest_ - alert.since > targets_.alert)
        measured(regions, &RegionCount::alerts, alert.region).owed += alert.queued;
    }
    for (std::size_t number = 0; number < regions.size(); ++number) {
      auto& region = regions[number];
      for (const auto& [sum, part] :
           {std::pair{&out->on_demand, region.on_demand}, std::pair{&out->future_dated, region.future_dated},
            std::pair{&out->alerts, region.alerts}}) {
        sum->owed += part.owed;
        sum->in_time += part.in_time;
      }
      if (number == 0) continue;
      region.region = region_names_.name(static_cast<std::uint32_t>(number));
      out->regions.push_back(std::move(region));
    }
    std::sort(out->regions.begin(), out->regions.end(),
              [](const RegionCount& a, const RegionCount& b) { return a.region < b.region; });
    for (const auto& place : places_) {
      if (place.sent == 0) continue;
      out->services.push_back({names_.name(place.user), names_.name(place.service), region_names_.name(place.region),
                               place.dated, place.sent});
    }
    std::sort(out->services.begin(), out->services.end(), [](const ServiceCount& a, const ServiceCount& b) {
      return std::tie(a.user, a.service, a.region, a.dated) < std::tie(b.user, b.service, b.region, b.dated);
    });
    told_ = std::move(out);
    if (!finished_) return;
    requests_ = {};
    alerts_ = {};
    regions_ = {};
  }

  std::mutex going_on_;
  Status failed_;  ///< somewhere within a page: what has been counted is of no use to those who wait
  const UtcTime begin_, end_;
  const Targets targets_;
  UtcTime latest_{};
  std::uint64_t next_ = 0;
  bool finished_ = false;
  EventCounts counts_;
  Names names_, region_names_;
  Regions measured_;
  std::unordered_map<RequestId, Request, HashOfRequest> requests_;
  std::unordered_map<std::string, Alert> alerts_;             ///< by their key
  std::unordered_map<std::uint64_t, std::uint32_t> users_;    ///< by EUI-64: the number of a name
  std::unordered_map<std::uint64_t, std::uint16_t> regions_;  ///< by EUI-64 of a device
  std::vector<Place> places_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, bool>, std::uint32_t> numbers_;  ///< of places
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
      const auto target = [&](const char* name) -> Result<std::chrono::seconds> {
        METERWAY_TRY(const auto ruling, rules_.on(name, first));
        METERWAY_TRY(const auto seconds, ruling.integer());
        return std::chrono::seconds(seconds);
      };
      Targets targets{};
      METERWAY_TRY(targets.on_demand, target("response.on_demand"));
      METERWAY_TRY(targets.future_dated, target("response.future_dated"));
      METERWAY_TRY(targets.alert, target("response.alert"));
      kept = std::make_shared<Pass>(first, calendar::last_of_month(first) + std::chrono::days(1), targets);
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
