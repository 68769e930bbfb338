#include "records/store/event_log.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::store {
namespace {

constexpr std::string_view kBlocks = "event-block", kByKey = "events-of", kNext = "event-next",
                           kRemoved = "event-removed";
constexpr std::string_view kCalls = "events";  // of version 2
constexpr std::size_t kMaxKeyBytesOfEvent = 512;
constexpr std::uint8_t kFormat = 2;
constexpr std::uint64_t kInBucket = 16384, kInBlock = 64;

ByteView view_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string string_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
std::string number_text(std::uint64_t number) { return string_of(wire::Writer().u64(number).view()); }
std::string index_key(std::string_view key, std::uint64_t sequence) {
  return std::string(key) + '\0' + number_text(sequence / kInBucket);
}

//   block:  call...      call: sequence of its first event % 64:1 | a length (BER) and the bytes of its row
//   row:    format:1 | key | count:1 | event...     event: time in microseconds:8 | step | outcome | detail | message
//   texts and the message: a length (BER) and the bytes
std::string write_row(std::string_view key, std::span<const Event> events) {
  wire::Writer out;
  out.u8(kFormat).prefixed(view_of(key));
  out.u8(static_cast<std::uint8_t>(events.size()));
  for (const auto& event : events) {
    out.u64(static_cast<std::uint64_t>(event.time.time_since_epoch().count()));
    for (const std::string* text : {&event.step, &event.outcome, &event.detail}) out.prefixed(view_of(*text));
    out.prefixed(event.bytes);
  }
  return string_of(out.view());
}

using See = std::function<Status(const EventView&)>;

std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Shows the events of a row from `from` on, when all of it can be read.
Status see_row(std::uint64_t sequence, std::string_view row, std::uint64_t from, const See& see) {
  wire::Reader in(view_of(row));
  in.expect({kFormat}, "event format");
  EventView event;
  event.key = text_of(in.prefixed("event key"));
  const auto count = in.u8("events");
  for (unsigned i = 0; i < count; ++i, ++sequence) {
    event.sequence = sequence;
    event.time = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
    for (std::string_view* text : {&event.step, &event.outcome, &event.detail})
      *text = text_of(in.prefixed("event text"));
    event.bytes = in.prefixed("event bytes");
    if (!in.ok()) break;
    if (sequence >= from) METERWAY_CHECK(see(event));
  }
  return in.finish();
}

Event copy_of(const EventView& event) {
  return {event.sequence,
          event.time,
          std::string(event.key),
          std::string(event.step),
          std::string(event.outcome),
          std::string(event.detail),
          {event.bytes.begin(), event.bytes.end()}};
}

Result<std::vector<Event>> read_row(std::uint64_t sequence, std::string_view row) {
  std::vector<Event> events;
  METERWAY_CHECK(see_row(sequence, row, 0, [&](const EventView& event) -> Status {
    events.push_back(copy_of(event));
    return {};
  }));
  return events;
}

Result<std::uint64_t> read_sequence(std::string_view text) {
  wire::Reader in(view_of(text));
  const auto sequence = in.u64("sequence");
  METERWAY_CHECK(in.finish());
  return sequence;
}

Status check(std::string_view key, std::size_t events) {
  if (key.empty() || key.find('\0') != std::string::npos) return fail(ErrorCode::BadValue, 0, "event key");
  if (key.size() > kMaxKeyBytesOfEvent) return fail(ErrorCode::TooLarge, key.size(), "event key");
  if (events > kMaxEventsPerCall) return fail(ErrorCode::TooLarge, events, "events of one change");
  return {};
}

/// A call as it stands in a block.
struct Call {
  std::uint64_t sequence;
  std::string_view row;
};

Result<std::vector<Call>> read_block(std::uint64_t block, const std::string& value) {
  wire::Reader in(view_of(value));
  std::vector<Call> calls;
  while (in.ok() && in.left() > 0) {
    const auto sequence = block * kInBlock + in.u8("event");
    const auto row = in.prefixed("event row");
    calls.push_back({sequence, {reinterpret_cast<const char*>(row.data()), row.size()}});
  }
  METERWAY_CHECK(in.finish());
  return calls;
}

std::string in_block(std::uint64_t sequence, std::string_view row) {
  return string_of(wire::Writer().u8(static_cast<std::uint8_t>(sequence % kInBlock)).prefixed(view_of(row)).view());
}

/// Finds calls by their sequence; keeps the block it read last, as calls of one key are near each other.
class Calls {
 public:
  explicit Calls(const ReadView& view) : view_(view) {}
  Result<std::vector<Event>> at(std::uint64_t sequence) {
    if (!block_ || number_ != sequence / kInBlock) {
      number_ = sequence / kInBlock;
      METERWAY_TRY(block_, view_.get(kBlocks, number_text(number_)));
    }
    if (block_) {
      METERWAY_TRY(const auto calls, read_block(number_, *block_));
      for (const auto& call : calls) {
        if (call.sequence == sequence) return read_row(sequence, call.row);
      }
    }
    METERWAY_TRY(const auto row, view_.get(kCalls, number_text(sequence)));
    if (!row) return fail(ErrorCode::Database, sequence, "event");
    return read_row(sequence, *row);
  }

 private:
  const ReadView& view_;
  std::uint64_t number_ = 0;
  std::optional<std::string> block_;
};

Status put_at(WriteView& view, std::string_view key, std::uint64_t sequence, std::span<const Event> events) {
  METERWAY_CHECK(view.append(kBlocks, number_text(sequence / kInBlock), in_block(sequence, write_row(key, events))));
  return view.append(kByKey, index_key(key, sequence),
                     string_of(wire::Writer().u16(static_cast<std::uint16_t>(sequence % kInBucket)).view()));
}

/// Takes a row's number out of its key's index.
Status forget(WriteView& view, std::string_view key, std::uint64_t sequence) {
  const auto index = index_key(key, sequence);
  METERWAY_TRY(auto list, view.get(kByKey, index));
  if (!list) return {};
  const auto number = string_of(wire::Writer().u16(static_cast<std::uint16_t>(sequence % kInBucket)).view());
  for (std::size_t at = 0; at + 2 <= list->size(); at += 2) {
    if (list->compare(at, 2, number) != 0) continue;
    list->erase(at, 2);
    break;
  }
  return list->empty() ? view.erase(kByKey, index) : view.put(kByKey, index, *list);
}

using Keep = std::function<Result<bool>(std::string_view key)>;
enum class Age { Young, Kept, Removed };

/// Removes a call from its key's index, when it is old and not wanted, and notes that in `removed`.
Result<Age> remove_call(WriteView& view, const Call& call, UtcTime before, const Keep& keep, Removed& removed) {
  METERWAY_TRY(const auto events, read_row(call.sequence, call.row));
  if (events.empty()) return Age::Kept;
  if (events.back().time >= before) return Age::Young;
  METERWAY_TRY(const bool wanted, keep(events.front().request_id));
  if (wanted) return Age::Kept;
  METERWAY_CHECK(forget(view, events.front().request_id, call.sequence));
  removed.last_sequence = std::max(removed.last_sequence, events.back().sequence);
  for (const auto& event : events) removed.latest = std::max(removed.latest, event.time);
  return Age::Removed;
}

/// The same for those of a block. True when there are young ones in it.
Result<bool> remove_in_block(WriteView& view, const Row& row, UtcTime before, const Keep& keep, Removed& removed) {
  METERWAY_TRY(const auto number, read_sequence(row.key));
  METERWAY_TRY(const auto calls, read_block(number, row.value));
  std::string left;
  bool young = false;
  for (const auto& call : calls) {
    Age age = Age::Young;
    if (!young) {
      METERWAY_TRY(age, remove_call(view, call, before, keep, removed));
    }
    young = age == Age::Young;
    if (age != Age::Removed) left += in_block(call.sequence, call.row);
  }
  if (left.empty()) {
    METERWAY_CHECK(view.erase(kBlocks, row.key));
  } else if (left != row.value) {
    METERWAY_CHECK(view.put(kBlocks, row.key, left));
  }
  return young;
}

Result<std::uint64_t> remove_page(WriteView& view, std::uint64_t from, UtcTime before, std::size_t limit,
                                  const Keep& keep, Removed& removed) {
  METERWAY_TRY(const auto rows, view.scan(kCalls, number_text(from), "", limit));
  for (const auto& row : rows) {
    METERWAY_TRY(const auto sequence, read_sequence(row.key));
    METERWAY_TRY(const auto age, remove_call(view, {sequence, row.value}, before, keep, removed));
    if (age == Age::Young) return std::uint64_t{0};
    if (age == Age::Removed) METERWAY_CHECK(view.erase(kCalls, row.key));
    from = sequence + 1;
  }
  if (rows.size() == limit) return from;
  const auto page = limit / kInBlock + 1;
  METERWAY_TRY(const auto blocks, view.scan(kBlocks, number_text(from / kInBlock), "", page));
  for (const auto& row : blocks) {
    METERWAY_TRY(const bool young, remove_in_block(view, row, before, keep, removed));
    if (young) return std::uint64_t{0};
  }
  if (blocks.size() < page) return std::uint64_t{0};
  METERWAY_TRY(const auto last, read_sequence(blocks.back().key));
  return (last + 1) * kInBlock;
}

}  // namespace

Result<std::uint64_t> append_events(WriteView& view, std::string_view key, std::span<const Event> events) {
  METERWAY_CHECK(check(key, events.size()));
  METERWAY_TRY(const auto next, view.get(kNext, ""));
  std::uint64_t sequence = 1;
  if (next) {
    METERWAY_TRY(sequence, read_sequence(*next));
  }
  if (events.empty()) return sequence;
  METERWAY_CHECK(put_at(view, key, sequence, events));
  METERWAY_CHECK(view.put(kNext, "", number_text(sequence + events.size())));
  return sequence;
}

Result<std::uint64_t> append_event(WriteView& view, const Event& event) {
  return append_events(view, event.request_id, {&event, 1});
}

Result<std::uint64_t> last_event(const ReadView& view) {
  METERWAY_TRY(const auto next, view.get(kNext, ""));
  if (!next) return std::uint64_t{0};
  METERWAY_TRY(const auto sequence, read_sequence(*next));
  return sequence - 1;
}

Result<std::vector<Event>> events_of(const ReadView& view, std::string_view key) {
  const std::string from = std::string(key) + '\0', to = std::string(key) + '\1';
  METERWAY_TRY(const auto index, view.scan(kByKey, from, to, kMaxEventsPerAnswer));
  std::vector<Event> out;
  Calls calls(view);
  for (const auto& bucket : index) {
    METERWAY_TRY(const auto number, read_sequence(std::string_view(bucket.key).substr(from.size())));
    wire::Reader rows(view_of(bucket.value));
    while (rows.left() >= 2 && out.size() < kMaxEventsPerAnswer) {
      const auto sequence = number * kInBucket + rows.u16("sequence");
      METERWAY_TRY(auto events, calls.at(sequence));
      std::move(events.begin(), events.end(), std::back_inserter(out));
    }
  }
  return out;
}

Result<bool> see_events(const ReadView& view, std::uint64_t sequence, std::size_t limit, const See& see) {
  // The call that holds `sequence` begins at most so much before it.
  const auto from = sequence >= kMaxEventsPerCall ? sequence - (kMaxEventsPerCall - 1) : 0;
  METERWAY_TRY(const auto rows, view.scan(kCalls, number_text(from), "", limit + kMaxEventsPerCall));
  std::size_t seen = 0;
  const See count = [&](const EventView& event) {
    ++seen;
    return see(event);
  };
  for (const auto& row : rows) {
    METERWAY_TRY(const auto first, read_sequence(row.key));
    METERWAY_CHECK(see_row(first, row.value, sequence, count));
  }
  for (auto block = from / kInBlock; seen < limit;) {
    const auto page = (limit - seen) / kInBlock + 2;
    METERWAY_TRY(const auto blocks, view.scan(kBlocks, number_text(block), "", page));
    for (const auto& row : blocks) {
      METERWAY_TRY(block, read_sequence(row.key));
      METERWAY_TRY(const auto calls, read_block(block, row.value));
      for (const auto& call : calls) METERWAY_CHECK(see_row(call.sequence, call.row, sequence, count));
      ++block;
    }
    if (blocks.size() < page) return false;
  }
  return true;
}

Result<std::vector<Event>> events_from(const ReadView& view, std::uint64_t sequence, std::size_t limit) {
  limit = std::min(limit, kMaxEventsPerAnswer);
  std::vector<Event> out;
  METERWAY_TRY(const bool more, see_events(view, sequence, limit, [&](const EventView& event) -> Status {
                 if (out.size() < limit) out.push_back(copy_of(event));
                 return {};
               }));
  static_cast<void>(more);
  return out;
}

Result<std::uint64_t> remove_events(WriteView& view, std::uint64_t from, UtcTime before, std::size_t limit,
                                    const Keep& keep) {
  METERWAY_TRY(const auto earlier, removed_events(view));
  auto removed = earlier;
  METERWAY_TRY(const auto next, remove_page(view, from, before, limit, keep, removed));
  if (removed == earlier) return next;
  METERWAY_CHECK(view.put(kRemoved, "",
                          string_of(wire::Writer()
                                        .u64(removed.last_sequence)
                                        .u64(static_cast<std::uint64_t>(removed.latest.time_since_epoch().count()))
                                        .view())));
  return next;
}

Result<Removed> removed_events(const ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kRemoved, ""));
  Removed removed;
  if (!row) return removed;
  wire::Reader in(view_of(*row));
  removed.last_sequence = in.u64("sequence");
  removed.latest = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
  METERWAY_CHECK(in.finish());
  return removed;
}

// Version 1:  "event" sequence:8 -> 01 | time:8 | key | step | outcome | detail | message
//             "event-by-request" key, 00, sequence:8 -> ""
Status convert_events_of_version_1(WriteView& view) {
  constexpr std::string_view kOldEvents = "event", kOldIndex = "event-by-request";
  constexpr std::size_t kPage = 500;
  for (;;) {
    METERWAY_TRY(const auto rows, view.scan(kOldEvents, "", "", kPage));
    if (rows.empty()) return {};
    for (const auto& row : rows) {
      METERWAY_TRY(const auto sequence, read_sequence(row.key));
      wire::Reader in(view_of(row.value));
      in.expect({1}, "event format");
      Event event;
      event.time = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
      for (std::string* text : {&event.request_id, &event.step, &event.outcome, &event.detail})
        *text = string_of(in.prefixed("event text"));
      const auto bytes = in.prefixed("event bytes");
      event.bytes.assign(bytes.begin(), bytes.end());
      METERWAY_CHECK(in.finish());
      METERWAY_CHECK(put_at(view, event.request_id, sequence, {&event, 1}));
      METERWAY_CHECK(view.erase(kOldEvents, row.key));
      METERWAY_CHECK(view.erase(kOldIndex, event.request_id + '\0' + number_text(sequence)));
    }
  }
}

}  // namespace meterway::store
