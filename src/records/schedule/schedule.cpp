#include "records/schedule/schedule.h"

#include "records/registry/octets.h"

namespace meterway::schedule {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kSchedules = "schedule", kDue = "schedule-due", kOf = "schedule-of";
constexpr std::uint8_t kFormat = 1;
constexpr std::int32_t kNoEnd = INT32_MAX;
constexpr std::size_t kMostTexts = 4;

std::string key_of(std::uint64_t id) { return string_of(wire::Writer().u64(id)); }
/// Moments before 1970 do not come; the order of the bytes is that of the moments.
std::uint64_t number_of(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t number) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(number))); }
std::string due_key(UtcTime due, std::uint64_t id) { return string_of(wire::Writer().u64(number_of(due)).u64(id)); }
std::string of_key(const Schedule& one) {
  return string_of(wire::Writer().u64(one.device.value()).u64(one.user.value()).u64(one.id));
}

//   format:1 User:8 device:8 frequency:1 start:4 end:4 time:4 created:8 request:8 next:8 due:8 last:8 runs:4 missed:4
//   then a length and the bytes of: service, time, credentials; how many texts of the period:1, and those
std::string write_schedule(const Schedule& one) {
  wire::Writer out;
  const auto days = [](Date date) { return static_cast<std::uint32_t>(date.time_since_epoch().count()); };
  out.u8(kFormat).u64(one.user.value()).u64(one.device.value());
  out.u8(static_cast<std::uint8_t>(one.timing.frequency)).u32(days(one.timing.start));
  out.u32(one.timing.end ? days(*one.timing.end) : kNoEnd).u32(static_cast<std::uint32_t>(one.timing.time.count()));
  out.u64(number_of(one.created)).u64(one.request.value).u64(number_of(one.next)).u64(number_of(one.due));
  out.u64(one.last ? number_of(*one.last) : 0).u32(one.runs).u32(one.missed);
  for (const std::string* text : {&one.service, &one.time_text, &one.credentials}) out.prefixed(bytes_of(*text));
  out.u8(one.period.size());
  for (const auto& text : one.period) out.prefixed(bytes_of(text));
  return string_of(out);
}

Result<Schedule> read_schedule(std::uint64_t id, std::string_view value) {
  wire::Reader in(bytes_of(value));
  const auto date = [&](const char* field) {
    return Date(std::chrono::days(static_cast<std::int32_t>(in.u32(field))));
  };
  Schedule one;
  one.id = id;
  in.expect({kFormat}, "schedule format");
  one.user = Eui64(in.u64("User"));
  one.device = Eui64(in.u64("device"));
  one.timing.frequency = registry::read_enum(in, Frequency::Yearly, "frequency");
  one.timing.start = date("start");
  if (const auto end = date("end"); end.time_since_epoch().count() != kNoEnd) one.timing.end = end;
  one.timing.time = std::chrono::milliseconds(static_cast<std::int32_t>(in.u32("time")));
  one.created = time_of(in.u64("created"));
  one.request.value = in.u64("request");
  one.next = time_of(in.u64("next"));
  one.due = time_of(in.u64("due"));
  if (const auto last = in.u64("last"); last != 0) one.last = time_of(last);
  one.runs = in.u32("runs");
  one.missed = in.u32("missed");
  for (std::string* text : {&one.service, &one.time_text, &one.credentials})
    *text = string_of(in.prefixed("schedule text"));
  const auto texts = in.u8("texts");
  if (texts > kMostTexts) in.fail(ErrorCode::BadValue, "texts");
  for (unsigned i = 0; i < texts && in.ok(); ++i) one.period.push_back(string_of(in.prefixed("period")));
  METERWAY_CHECK(in.finish());
  return one;
}

Result<std::vector<Schedule>> read_all(const store::ReadView& view, const std::vector<store::Row>& rows,
                                       std::size_t id_at) {
  std::vector<Schedule> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(std::string_view(row.key).substr(std::min(id_at, row.key.size()))));
    const auto id = key.u64("schedule");
    METERWAY_CHECK(key.finish());
    METERWAY_TRY(auto one, find_schedule(view, id));
    if (!one) return fail(ErrorCode::Database, 0, "schedule of an index");
    out.push_back(std::move(*one));
  }
  return out;
}

}  // namespace

Result<std::optional<Schedule>> find_schedule(const store::ReadView& view, std::uint64_t id) {
  METERWAY_TRY(const auto value, view.get(kSchedules, key_of(id)));
  if (!value) return std::optional<Schedule>();
  METERWAY_TRY(auto one, read_schedule(id, *value));
  return std::optional(std::move(one));
}

Result<std::vector<Schedule>> schedules_from(const store::ReadView& view, std::uint64_t id, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kSchedules, key_of(id), "", limit));
  std::vector<Schedule> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key));
    const auto number = key.u64("schedule");
    METERWAY_CHECK(key.finish());
    METERWAY_TRY(auto one, read_schedule(number, row.value));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<Schedule>> schedules_of(const store::ReadView& view, Eui64 device, std::optional<Eui64> user,
                                           std::size_t limit) {
  wire::Writer from;
  from.u64(device.value());
  if (user) from.u64(user->value());
  auto to = string_of(from) + std::string(user ? 8 : 16, '\xFF') + '\0';
  METERWAY_TRY(const auto rows, view.scan(kOf, string_of(from), to, limit));
  return read_all(view, rows, 16);
}

Result<std::vector<Schedule>> due_schedules(const store::ReadView& view, UtcTime from, UtcTime now, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kDue, string_of(wire::Writer().u64(number_of(from))),
                                          string_of(wire::Writer().u64(number_of(now) + 1)), limit));
  return read_all(view, rows, 8);
}

Result<std::vector<Found>> due_page(const store::ReadView& view, UtcTime from, const std::string& after, UtcTime now,
                                    std::size_t limit) {
  const auto first = string_of(wire::Writer().u64(number_of(from)));
  METERWAY_TRY(const auto rows, view.scan(kDue, after.empty() ? first : after + '\0',
                                          string_of(wire::Writer().u64(number_of(now) + 1)), limit));
  std::vector<Found> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key));
    Found one;
    one.due = time_of(key.u64("moment"));
    one.id = key.u64("schedule");
    one.key = row.key;
    if (!key.finish()) return fail(ErrorCode::Database, 0, "index of schedules");
    if (auto schedule = find_schedule(view, one.id)) one.schedule = std::move(*schedule);
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<Found>> page_from(const store::ReadView& view, std::uint64_t id, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kSchedules, key_of(id), "", limit));
  std::vector<Found> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key));
    Found one;
    one.id = key.u64("schedule");
    one.key = row.key;
    if (auto schedule = read_schedule(one.id, row.value)) one.schedule = std::move(*schedule);
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::optional<UtcTime>> next_due(const store::ReadView& view, UtcTime from) {
  METERWAY_TRY(const auto rows, view.scan(kDue, string_of(wire::Writer().u64(number_of(from))), "", 1));
  if (rows.empty()) return std::optional<UtcTime>();
  wire::Reader key(bytes_of(rows[0].key));
  return std::optional(time_of(key.u64("moment")));
}

Status put_schedule(store::WriteView& view, const Schedule& one) {
  METERWAY_TRY(const auto before, find_schedule(view, one.id));
  if (!before) METERWAY_CHECK(view.put(kOf, of_key(one), ""));
  if (before && before->due != one.due) METERWAY_CHECK(view.erase(kDue, due_key(before->due, one.id)));
  if (!before || before->due != one.due) METERWAY_CHECK(view.put(kDue, due_key(one.due, one.id), ""));
  return view.put(kSchedules, key_of(one.id), write_schedule(one));
}

Status erase_schedule(store::WriteView& view, std::uint64_t id) {
  METERWAY_TRY(const auto one, find_schedule(view, id));
  if (!one) return {};
  METERWAY_CHECK(view.erase(kDue, due_key(one->due, id)));
  METERWAY_CHECK(view.erase(kOf, of_key(*one)));
  return view.erase(kSchedules, key_of(id));
}

}  // namespace meterway::schedule
