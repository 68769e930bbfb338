#pragma once
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/clock.h"
#include "records/store/store.h"

/// What happened to each request, in order: appended in the same atomic change as what it tells about, never altered.
/// `meterway trace` shows it; oversight counts it.
///
/// Rows:  "event"            sequence:8                    -> the event (event_log.cpp)
///        "event-by-request" request id, 00, sequence:8    -> empty
///        "event-next"       (empty key)                   -> next sequence:8
namespace meterway::store {

struct Event {
  std::uint64_t sequence = 0;  ///< given by append_event; 1, 2, 3... over all requests
  UtcTime time;
  std::string request_id;  ///< RequestId::text(); for what belongs to no request, any other name without a 00 byte
  std::string step;        ///< "gateway", "verify", ... "deliver"
  std::string outcome;     ///< one word for the decision: "accepted", "refused", "sent"...
  std::string detail;      ///< short text or JSON for a person: why, with which use case and counter
  Bytes bytes;             ///< the message at this point (GBCS), often empty; never anything secret
  friend bool operator==(const Event&, const Event&) = default;
};

inline constexpr std::size_t kMaxEventsPerAnswer = 10'000;

/// Gives the event its sequence (returned) and appends it. Errors: those of the store; BadValue for a request id that
/// is empty or holds a 00 byte; TooLarge when it is over 512 bytes.
Result<std::uint64_t> append_event(WriteView& view, Event event);

/// The events of one request in order; empty when none is known. At most kMaxEventsPerAnswer.
Result<std::vector<Event>> events_of(const ReadView& view, std::string_view request_id);

/// Events of all requests from `sequence` on, the first `limit` of them.
Result<std::vector<Event>> events_from(const ReadView& view, std::uint64_t sequence, std::size_t limit);

}  // namespace meterway::store
