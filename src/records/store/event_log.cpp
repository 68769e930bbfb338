#include "records/store/event_log.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::store {
namespace {

constexpr std::string_view kEvents = "event", kByRequest = "event-by-request", kNext = "event-next";
constexpr std::size_t kMaxRequestIdBytes = 512;
constexpr std::uint8_t kFormat = 1;

ByteView view_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string string_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
std::string key_of(std::uint64_t sequence) { return string_of(wire::Writer().u64(sequence).view()); }
std::string index_key(std::string_view request_id, std::uint64_t sequence) {
  return std::string(request_id) + '\0' + key_of(sequence);
}

//   format:1 time in microseconds:8, then a length and the bytes of: request id, step, outcome, detail, message
std::string write_event(const Event& event) {
  wire::Writer out;
  out.u8(kFormat).u64(static_cast<std::uint64_t>(event.time.time_since_epoch().count()));
  for (const std::string* text : {&event.request_id, &event.step, &event.outcome, &event.detail})
    out.prefixed(view_of(*text));
  out.prefixed(event.bytes);
  return string_of(out.view());
}

Result<Event> read_event(std::uint64_t sequence, std::string_view row) {
  wire::Reader in(view_of(row));
  in.expect({kFormat}, "event format");
  Event event;
  event.sequence = sequence;
  event.time = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
  for (std::string* text : {&event.request_id, &event.step, &event.outcome, &event.detail})
    *text = string_of(in.prefixed("event text"));
  const auto bytes = in.prefixed("event bytes");
  event.bytes.assign(bytes.begin(), bytes.end());
  METERWAY_CHECK(in.finish());
  return event;
}

Result<std::uint64_t> read_sequence(std::string_view text) {
  wire::Reader in(view_of(text));
  const auto sequence = in.u64("sequence");
  METERWAY_CHECK(in.finish());
  return sequence;
}

}  // namespace

Result<std::uint64_t> append_event(WriteView& view, Event event) {
  if (event.request_id.empty() || event.request_id.find('\0') != std::string::npos)
    return fail(ErrorCode::BadValue, 0, "event request id");
  if (event.request_id.size() > kMaxRequestIdBytes)
    return fail(ErrorCode::TooLarge, event.request_id.size(), "event request id");
  METERWAY_TRY(const auto next, view.get(kNext, ""));
  std::uint64_t sequence = 1;
  if (next) {
    METERWAY_TRY(sequence, read_sequence(*next));
  }
  METERWAY_CHECK(view.put(kEvents, key_of(sequence), write_event(event)));
  METERWAY_CHECK(view.put(kByRequest, index_key(event.request_id, sequence), ""));
  METERWAY_CHECK(view.put(kNext, "", key_of(sequence + 1)));
  return sequence;
}

Result<std::vector<Event>> events_of(const ReadView& view, std::string_view request_id) {
  const std::string from = std::string(request_id) + '\0', to = std::string(request_id) + '\1';
  METERWAY_TRY(const auto index, view.scan(kByRequest, from, to, kMaxEventsPerAnswer));
  std::vector<Event> events;
  for (const auto& entry : index) {
    METERWAY_TRY(const auto sequence, read_sequence(std::string_view(entry.key).substr(from.size())));
    METERWAY_TRY(const auto row, view.get(kEvents, key_of(sequence)));
    if (!row) return fail(ErrorCode::Database, sequence, "event");
    METERWAY_TRY(auto event, read_event(sequence, *row));
    events.push_back(std::move(event));
  }
  return events;
}

Result<std::vector<Event>> events_from(const ReadView& view, std::uint64_t sequence, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kEvents, key_of(sequence), "", std::min(limit, kMaxEventsPerAnswer)));
  std::vector<Event> events;
  for (const auto& row : rows) {
    METERWAY_TRY(const auto number, read_sequence(row.key));
    METERWAY_TRY(auto event, read_event(number, row.value));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace meterway::store
