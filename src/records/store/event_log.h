#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/clock.h"
#include "records/store/store.h"

/// What happened to each request, alert or device, in order: appended in the same atomic change as what it tells about,
/// never altered. `meterway trace` shows it; reports count its stamps.
///
/// Rows:  "event-block"  sequence / 64:8                       -> the events of calls that began there (event_log.cpp)
///        "events-of"    key, 00, sequence / 16384:8           -> sequence % 16384:2 of the first event of each call
///        "event-next"   (empty key)                           -> next sequence:8
///        "event-removed" (empty key)                          -> last sequence:8, latest time:8 of what was removed
/// Both of the first are appended to, never read, by a call. Of version 2 of the store there may be as well:
///        "events"       sequence of the first:8               -> the events of one call
namespace meterway::store {

struct Event {
  std::uint64_t sequence = 0;  ///< given by append_events; 1, 2, 3... over everything
  UtcTime time;
  std::string request_id;  ///< the key it is kept under: RequestId::text(), "alert:<device>:<counter>"... no 00 byte
  std::string step;        ///< "gateway", "verify", ... "deliver"
  std::string outcome;     ///< one word for the decision: "accepted", "refused", "sent"...
  std::string detail;      ///< short text or JSON for a person: why, with which use case and counter
  Bytes bytes;             ///< the message at this point (GBCS), often empty; never anything secret
  friend bool operator==(const Event&, const Event&) = default;
};

/// An event as it lies in the store, for whoever goes through millions of them: what it points to is there for as long
/// as the call that shows it.
struct EventView {
  std::uint64_t sequence = 0;
  UtcTime time;
  std::string_view key, step, outcome, detail;
  ByteView bytes;
};

inline constexpr std::size_t kMaxEventsPerAnswer = 10'000;
inline constexpr std::size_t kMaxEventsPerCall = 64;

/// Appends events under one key and gives the sequence of the first; the others follow it. Their own `sequence` and
/// `request_id` are not looked at. Errors: those of the store; BadValue for a key that is empty or holds a 00 byte;
/// TooLarge when it is over 512 bytes, or there are more than kMaxEventsPerCall events.
Result<std::uint64_t> append_events(WriteView& view, std::string_view key, std::span<const Event> events);
/// The same for one event, under its `request_id`.
Result<std::uint64_t> append_event(WriteView& view, const Event& event);

/// The events of one key in order; empty when none is known. At most kMaxEventsPerAnswer.
Result<std::vector<Event>> events_of(const ReadView& view, std::string_view key);

/// Events of all keys from `sequence` on, the first `limit` of them: a page. The next one begins after the last's
/// sequence.
Result<std::vector<Event>> events_from(const ReadView& view, std::uint64_t sequence, std::size_t limit);
/// Shows events of all keys from `sequence` on, in order, without a copy: some `limit` of them, and always whole calls.
/// The next page begins after the last one seen. False when there are no more. Errors: those of the store and of `see`.
Result<bool> see_events(const ReadView& view, std::uint64_t sequence, std::size_t limit,
                        const std::function<Status(const EventView&)>& see);

/// Removes events that were written before `before`, from `from` on; those under a key that `keep` wants are left.
/// Looks at some `limit` calls. Gives where to go on, 0 when what remains is younger. Errors: those of the store and
/// of `keep`.
Result<std::uint64_t> remove_events(WriteView& view, std::uint64_t from, UtcTime before, std::size_t limit,
                                    const std::function<Result<bool>(std::string_view key)>& keep);

/// The sequence of the youngest event; 0 while there is none.
Result<std::uint64_t> last_event(const ReadView& view);

/// What has been removed so far: whoever counts events has to know that some are gone. Zero: none was.
struct Removed {
  std::uint64_t last_sequence = 0;
  UtcTime latest{};
  friend bool operator==(const Removed&, const Removed&) = default;
};
Result<Removed> removed_events(const ReadView& view);

/// A step of the schema (schema.h): rows of version 1, one an event, to those above.
Status convert_events_of_version_1(WriteView& view);

}  // namespace meterway::store
