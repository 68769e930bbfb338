#include "flow/live/feed.h"

#include <algorithm>

#include "flow/live/lines.h"
#include "records/registry/trace_reader.h"
#include "records/store/event_time.h"

namespace meterway::flow::live {
namespace {

constexpr std::chrono::minutes kSlack{5};  // between when an event is stamped and when it is written
constexpr std::size_t kPage = 2048;
constexpr std::uint64_t kWidest = 1 << 16;

/// The part of the log that is looked through: sequences low <= x < high.
struct Span {
  std::uint64_t low = 1, high = 1;
};

store::EventView view_of(const store::Event& event) {
  return {event.sequence, event.time, event.request_id, event.step, event.outcome, event.detail, {}};
}

class Reader {
 public:
  Reader(const store::ReadView& view, const EventQuery& query, const gateway::Caller& caller)
      : view_(view), query_(query), book_(view, caller), lines_(query.limit, query.grouped, query.sample) {}

  Result<Feed> read() {
    METERWAY_TRY(feed_.newest, store::last_sequence(view_));
    METERWAY_TRY(feed_.removed, store::removed_events(view_));
    METERWAY_TRY(auto span, span_of());
    METERWAY_CHECK(query_.newest_first ? back(span) : forth(span));
    feed_.fitted = lines_.fitted();
    feed_.requests = lines_.keys();
    feed_.one_in = lines_.one_in();
    feed_.lines = lines_.take();
    if (query_.grouped && !query_.newest_first)
      std::sort(feed_.lines.begin(), feed_.lines.end(),
                [](const Line& a, const Line& b) { return a.event.sequence < b.event.sequence; });
    METERWAY_CHECK(complete());
    return std::move(feed_);
  }

 private:
  Result<Span> span_of() {
    Span span{1, feed_.newest + 1};
    if (query_.filter.from) {
      METERWAY_TRY(span.low, store::sequence_near(view_, *query_.filter.from - kSlack));
    }
    if (query_.filter.to) {
      METERWAY_TRY(const auto near, store::sequence_near(view_, *query_.filter.to + kSlack));
      span.high = std::min(span.high, near + kPage);
    }
    if (!query_.after) return span;
    if (query_.newest_first) {
      span.high = std::min(span.high, *query_.after);
    } else {
      span.low = std::max(span.low, *query_.after + 1);
    }
    return span;
  }

  Result<bool> fits(const store::EventView& event, const KeyFacts** facts) {
    METERWAY_TRY(*facts, book_.of(event.key));
    if (!(*facts)->allowed) return false;
    return wanted(event, **facts);
  }

  /// Of an alert those are meant who were told.
  Result<bool> concerns(Eui64 user, const store::EventView& event, const KeyFacts& facts) {
    if (facts.user) return facts.user == user;
    return registry::may_read_trace(view_, event.key, user);
  }

  Result<bool> wanted(const store::EventView& event, const KeyFacts& facts) {
    const auto& filter = query_.filter;
    if (filter.device && facts.device != filter.device) return false;
    if (!filter.fits(event)) return false;
    if (filter.user) {
      METERWAY_TRY(const bool his, concerns(*filter.user, event, facts));
      if (!his) return false;
    }
    if (filter.hub || !filter.region.empty()) {
      if (!facts.device) return false;
      METERWAY_TRY(const auto* place, book_.place_of(*facts.device));
      if (filter.hub && place->hub != filter.hub) return false;
      if (!is_one_of(filter.region, place->region.empty() ? "unknown" : place->region)) return false;
    }
    if (filter.service.empty()) return true;
    METERWAY_TRY(const auto* service, book_.service_of(event.key));
    return !service->empty() && is_one_of(filter.service, *service);
  }

  Status forth(const Span& span) {
    auto position = span.low;
    bool stopped = false, ended = position >= span.high;
    std::uint64_t seen = 0;
    const auto see = [&](const store::EventView& event) -> Status {
      ended = ended || event.sequence >= span.high;
      if (stopped || ended || event.sequence < position) return {};
      const KeyFacts* facts = nullptr;
      METERWAY_TRY(const bool fitting, fits(event, &facts));
      if (fitting && !lines_.add(event, event.bytes.size(), *facts)) {
        stopped = true;
        return {};
      }
      if (facts->allowed) ++feed_.looked_at;
      ++seen;
      position = event.sequence + 1;
      return {};
    };
    while (!ended && !stopped && seen < kMostLookedAt) {
      METERWAY_TRY(const bool there_is_more, store::see_events(view_, position, kPage, see));
      ended = ended || !there_is_more;
    }
    if (ended && !stopped) position = std::max(position, span.high);
    feed_.more = position < span.high;
    feed_.next = position - 1;
    return {};
  }

  /// A line a key, over all pages: one that an event behind this page has is on an earlier one.
  Result<bool> shown_before(std::string_view key, const KeyFacts& facts) {
    if (!query_.grouped || !query_.after || lines_.has(key)) return false;
    METERWAY_TRY(const auto events, store::events_of(view_, key));
    for (auto one = events.rbegin(); one != events.rend() && one->sequence >= *query_.after; ++one) {
      METERWAY_TRY(const bool fitting, wanted(view_of(*one), facts));
      if (fitting) return true;
    }
    return false;
  }

  /// An event of a window that is read forth and taken back to front.
  struct Looked {
    store::Event event;  ///< of one that fits
    std::size_t size_bytes = 0;
    const KeyFacts* facts = nullptr;
    bool fitting = false;
  };

  Result<std::vector<Looked>> window_of(std::uint64_t low, std::uint64_t high, std::uint64_t& seen) {
    std::vector<Looked> out;
    const auto see = [&](const store::EventView& event) -> Status {
      if (event.sequence >= high) return {};
      ++seen;
      Looked one;
      METERWAY_TRY(one.fitting, fits(event, &one.facts));
      if (!one.facts->allowed) return {};
      one.event.sequence = event.sequence;
      if (one.fitting) {
        one.event = {event.sequence,
                     event.time,
                     std::string(event.key),
                     std::string(event.step),
                     std::string(event.outcome),
                     std::string(event.detail),
                     {}};
        one.size_bytes = event.bytes.size();
      }
      out.push_back(std::move(one));
      return {};
    };
    METERWAY_TRY(const bool more, store::see_events(view_, low, static_cast<std::size_t>(high - low), see));
    static_cast<void>(more);
    return out;
  }

  Result<bool> take(const Looked& one) {
    if (!one.fitting) return true;
    METERWAY_TRY(const bool before, shown_before(one.event.request_id, *one.facts));
    return before || lines_.add(view_of(one.event), one.size_bytes, *one.facts);
  }

  Status back(const Span& span) {
    auto high = span.high;
    std::uint64_t width = kPage, seen = 0;
    for (bool stopped = false; high > span.low && !stopped && seen < kMostLookedAt;) {
      const auto low = high - std::min(width, high - span.low);
      METERWAY_TRY(const auto window, window_of(low, high, seen));
      width = window.empty() ? std::min(width * 2, kWidest) : kPage;
      high = low;
      for (auto one = window.rbegin(); one != window.rend() && !stopped; ++one) {
        METERWAY_TRY(const bool taken, take(*one));
        stopped = !taken;
        if (stopped)
          high = one->event.sequence + 1;
        else
          ++feed_.looked_at;
      }
    }
    feed_.more = high > span.low;
    feed_.next = high;
    return {};
  }

  /// What only those lines need that are shown.
  Status complete() {
    for (auto& line : feed_.lines) {
      METERWAY_TRY(const auto* service, book_.service_of(line.event.request_id));
      line.service = *service;
      if (!line.facts.device) continue;
      METERWAY_TRY(const auto* place, book_.place_of(*line.facts.device));
      line.place = *place;
    }
    return {};
  }

  const store::ReadView& view_;
  const EventQuery& query_;
  FactBook book_;
  Lines lines_;
  Feed feed_;
};

}  // namespace

Result<Feed> read_feed(const store::ReadView& view, const EventQuery& query, const gateway::Caller& caller) {
  return Reader(view, query, caller).read();
}

}  // namespace meterway::flow::live
