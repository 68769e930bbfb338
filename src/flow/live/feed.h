#pragma once
#include <vector>

#include "flow/live/event_query.h"
#include "flow/live/key_facts.h"

/// What happens, as the event log has it: live (the log's end, asked for again and again with a cursor) and history
/// are the same question.
namespace meterway::flow::live {

struct Line {
  store::Event event;          ///< its last one where lines are grouped; its message is left out
  std::size_t size_bytes = 0;  ///< of that message
  KeyFacts facts;
  Place place;
  std::string service;
  std::size_t events = 1;  ///< that stand behind the line
  UtcTime first{};         ///< the oldest stamp among them
};

struct Feed {
  std::vector<Line> lines;      ///< in the order asked for
  std::uint64_t next = 0;       ///< what `after` is to be next
  bool more = false;            ///< there is more at once: behind `next` in the log, or older
  std::uint64_t newest = 0;     ///< sequence of the last event of the log, whoever's
  std::uint64_t looked_at = 0;  ///< events that the caller may know of
  std::uint64_t fitted = 0;     ///< of those, what the filter wants
  std::uint64_t requests = 0;   ///< grouped: how many keys those belong to
  std::uint64_t one_in = 1;     ///< of lines: every so many-th is here, the others are in the store
  store::Removed removed;       ///< what the log has forgotten by its age
};

/// The most events that one answer goes through; then it says that there is more.
inline constexpr std::size_t kMostLookedAt = 50'000;

/// Pages oldest first, or newest first, have neither gap nor repeat, whoever writes meanwhile. With `sample` an answer
/// goes on to the end of the log and leaves lines out by a rule (every one_in-th) when there are more than `limit`.
/// A span of time is looked for among what was written within five minutes of it. Errors: those of the store.
Result<Feed> read_feed(const store::ReadView& view, const EventQuery& query, const gateway::Caller& caller);

}  // namespace meterway::flow::live
