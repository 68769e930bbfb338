#include "records/registry/request_record.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

// A leg's key is originator:8 target:8 counter:8 leg:1.
constexpr std::string_view kRequests = "request";   // leg -> what never changes [what changes, once it has ended]...
constexpr std::string_view kOpen = "request-open";  // device:8 transaction:8 [leg, without one] -> leg, what changes
constexpr std::string_view kEnded = "request-end";  // leg -> what changes, of those that ended with store version 2
constexpr std::string_view kCommands = "command";   // header:24 of a command -> leg, where the header is not the leg's
constexpr std::string_view kCounters = "counter";   // kind:1 originator:8 target:8 -> greatest counter:8
constexpr std::string_view kSequence = "sequence";  // "transaction" -> the last one given out:8
constexpr std::string_view kDated = "dated";        // device:8 leg -> empty, of legs that are Dated
constexpr std::string_view kLastDated = "last-dated";  // originator:8 target:8 service -> transaction:8
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdBytes = 24, kLegBytes = 25, kEuiBytes = 8;
constexpr std::size_t kMostDated = 1000000;

enum Flag : std::uint8_t {
  kCritical = 1,
  kOwnHeader = 2,
  kDccDated = 4,
  kPreceded = 8,
  kDeviceDated = 16,
  kScheduled = 32
};
enum Change : std::uint8_t { kArrived = 1, kReleased = 2, kHeld = 4 };

void write_id(wire::Writer& out, const RequestId& id) {
  out.u64(id.originator.value()).u64(id.target.value()).u64(id.counter.value);
}
RequestId read_id(wire::Reader& in) {
  RequestId id;
  id.originator = Eui64(in.u64("originator"));
  id.target = Eui64(in.u64("target"));
  id.counter.value = in.u64("counter");
  return id;
}
void write_time(wire::Writer& out, UtcTime time) {
  out.u64(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}
UtcTime read_time(wire::Reader& in, const char* field) {
  return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64(field))));
}

std::string key_of(const RequestId& id) {
  wire::Writer out;
  write_id(out, id);
  return string_of(out);
}
std::string key_of(const RequestId& id, Leg leg) { return key_of(id) + static_cast<char>(leg); }

Result<std::pair<RequestId, Leg>> read_key(const std::string& key) {
  wire::Reader in(bytes_of(key));
  const auto id = read_id(in);
  const auto leg = in.u8("leg");
  METERWAY_CHECK(in.finish());
  if (leg > static_cast<std::uint8_t>(Leg::SignedPreCommand)) return fail(ErrorCode::BadValue, kIdBytes, "leg");
  return std::pair{id, static_cast<Leg>(leg)};
}

std::string counter_key(Eui64 originator, Eui64 target, CounterKind kind) {
  return string_of(
      wire::Writer().u8(kind == CounterKind::Prepayment ? 'P' : 'O').u64(originator.value()).u64(target.value()));
}

/// In the order of acceptance per device. A leg without a number is told apart by its own key.
std::string open_key(const RequestRecord& record) {
  auto key = string_of(wire::Writer().u64(record.header.target.value()).u64(record.transaction));
  return record.transaction == 0 ? key + key_of(record.id, record.leg) : key;
}

bool is_open(Progress progress) { return progress == Progress::Accepted || progress == Progress::Sent; }

//   format:1 flags:1 variant:1 code:2 received:8 transaction:8 [header:24 where it is not the leg's own]
//   [preceding:24 where one is named] [date:8 instructions:2 where the device keeps a date or reports on them]
//   [schedule:8 where the DCC made it for one]
//   then a length and the bytes of: digest, service reference, service, use case, cin, message, answer, document
std::string write_fixed(const RequestRecord& r) {
  wire::Writer out;
  const bool own_header = r.header == r.id;
  const bool device_dated = r.device_date != UtcTime{} || r.total_instructions != 0;
  out.u8(kFormat).u8((r.critical ? kCritical : 0) | (own_header ? kOwnHeader : 0) | (r.dcc_dated ? kDccDated : 0) |
                     (r.preceding ? kPreceded : 0) | (device_dated ? kDeviceDated : 0) |
                     (r.schedule != 0 ? kScheduled : 0));
  out.u8(static_cast<std::uint8_t>(r.command_variant)).u16(r.code.value);
  write_time(out, r.received_at);
  out.u64(r.transaction);
  if (!own_header) write_id(out, r.header);
  if (r.preceding) write_id(out, *r.preceding);
  if (device_dated) {
    write_time(out, r.device_date);
    out.u16(std::min(r.total_instructions, 0xFFFFu));
  }
  if (r.schedule != 0) out.u64(r.schedule);
  for (const std::string* text : {&r.digest, &r.service_reference, &r.service, &r.use_case, &r.cin})
    out.prefixed(bytes_of(*text));
  out.prefixed(r.message).prefixed(bytes_of(r.answer)).prefixed(bytes_of(r.document));
  return string_of(out);
}

Status read_fixed(wire::Reader& in, RequestRecord& r) {
  in.expect({kFormat}, "request format");
  const auto flags = in.u8("flags");
  r.critical = (flags & kCritical) != 0;
  r.command_variant = static_cast<CommandVariant>(in.u8("command variant"));
  r.code.value = in.u16("message code");
  r.received_at = r.send_at = read_time(in, "received");
  r.transaction = in.u64("transaction");
  r.header = (flags & kOwnHeader) != 0 ? r.id : read_id(in);
  r.dcc_dated = (flags & kDccDated) != 0;
  if ((flags & kPreceded) != 0) r.preceding = read_id(in);
  if ((flags & kDeviceDated) != 0) {
    r.device_date = read_time(in, "device's date");
    r.total_instructions = in.u16("instructions in all");
  }
  if ((flags & kScheduled) != 0) r.schedule = in.u64("schedule");
  for (std::string* text : {&r.digest, &r.service_reference, &r.service, &r.use_case, &r.cin})
    *text = string_of(in.prefixed("request text"));
  const auto message = in.prefixed("message");
  r.message.assign(message.begin(), message.end());
  r.answer = string_of(in.prefixed("answer"));
  r.document = string_of(in.prefixed("document"));
  return in.ok() ? Status() : Status(Unexpected{in.error()});
}

//   format:1 progress:1 arrived, released, held:1 instructions:2 send:8 deadline:8, then a length and the bytes of:
//   outcome
std::string write_progress(const RequestRecord& r) {
  wire::Writer out;
  out.u8(kFormat)
      .u8(static_cast<std::uint8_t>(r.progress))
      .u8((r.arrived ? kArrived : 0) | (r.released ? kReleased : 0) | (r.held ? kHeld : 0))
      .u16(std::min(r.instructions, 0xFFFFu));
  write_time(out, r.send_at);
  write_time(out, r.deadline);
  return string_of(out.prefixed(bytes_of(r.outcome)));
}

Status read_progress(wire::Reader& in, RequestRecord& r) {
  in.expect({kFormat}, "progress format");
  r.progress = static_cast<Progress>(in.u8("progress"));
  const auto changes = in.u8("arrived");
  r.arrived = (changes & kArrived) != 0;
  r.released = (changes & kReleased) != 0;
  r.held = (changes & kHeld) != 0;
  r.instructions = in.u16("instructions");
  r.send_at = read_time(in, "send at");
  r.deadline = read_time(in, "deadline");
  r.outcome = string_of(in.prefixed("outcome"));
  return in.ok() ? Status() : Status(Unexpected{in.error()});
}
Status read_progress(std::string_view value, RequestRecord& r) {
  wire::Reader in(bytes_of(value));
  METERWAY_CHECK(read_progress(in, r));
  return in.finish();
}

/// True when it says how the leg ended: the last of what was appended.
Result<bool> read_request(const std::string& value, RequestRecord& r) {
  wire::Reader in(bytes_of(value));
  METERWAY_CHECK(read_fixed(in, r));
  const bool ended = in.left() > 0;
  while (in.left() > 0) METERWAY_CHECK(read_progress(in, r));
  return ended;
}

Result<std::optional<RequestRecord>> find_by_key(const store::ReadView& view, const std::string& key) {
  METERWAY_TRY(const auto fixed, view.get(kRequests, key));
  if (!fixed) return std::optional<RequestRecord>();
  std::optional<RequestRecord> record(std::in_place);
  METERWAY_TRY(const auto names, read_key(key));
  record->id = names.first;
  record->leg = names.second;
  METERWAY_TRY(const bool has_ended, read_request(*fixed, *record));
  METERWAY_TRY(const auto open, view.get(kOpen, open_key(*record)));
  if (open) {
    METERWAY_CHECK(read_progress(std::string_view(*open).substr(std::min(kLegBytes, open->size())), *record));
    return record;
  }
  if (has_ended) return record;
  METERWAY_TRY(const auto ended, view.get(kEnded, key));
  if (ended) METERWAY_CHECK(read_progress(*ended, *record));
  return record;
}

//   key: device:8 transaction:8 ...   value: leg, what changes
Result<std::vector<OpenRequest>> read_open(const std::vector<store::Row>& rows) {
  std::vector<OpenRequest> open;
  open.reserve(rows.size());
  for (const auto& row : rows) {
    METERWAY_TRY(const auto names, read_key(row.value.substr(0, kLegBytes)));
    wire::Reader key(bytes_of(row.key));
    const Eui64 device(key.u64("device"));
    const auto transaction = key.u64("transaction");
    if (!key.ok()) return Unexpected{key.error()};
    open.push_back({transaction, names.first, names.second, device, row.key});
  }
  return open;
}

Result<std::uint64_t> last_transaction(const store::ReadView& view) {
  METERWAY_TRY(const auto value, view.get(kSequence, "transaction"));
  if (!value) return std::uint64_t{0};
  wire::Reader in(bytes_of(*value));
  const auto last = in.u64("transaction");
  METERWAY_CHECK(in.finish());
  return last;
}
Status put_last_transaction(store::WriteView& view, std::uint64_t last) {
  return view.put(kSequence, "transaction", string_of(wire::Writer().u64(last)));
}

/// A record as the fixed row alone says it needs no second one.
bool is_as_at_first(const RequestRecord& r) {
  return r.progress == Progress::Answered && !r.arrived && r.instructions == 0 && r.send_at == r.received_at &&
         r.deadline == UtcTime{} && r.outcome.empty();
}

std::string dated_key(Eui64 device, const std::string& leg) {
  return string_of(wire::Writer().u64(device.value())) + leg;
}
std::string last_dated_key(const RequestRecord& r) {
  return string_of(wire::Writer().u64(r.id.originator.value()).u64(r.id.target.value())) + r.service;
}

/// Of a record that is there, if it has not ended before.
Status put_changes(store::WriteView& view, const RequestRecord& record, const std::string& key) {
  if (is_open(record.progress)) return view.put(kOpen, open_key(record), key + write_progress(record));
  METERWAY_CHECK(view.erase(kOpen, open_key(record)));
  if (record.progress == Progress::Dated) {
    METERWAY_CHECK(view.put(kDated, dated_key(record.header.target, key), ""));
  } else if (record.total_instructions != 0) {
    METERWAY_CHECK(view.erase(kDated, dated_key(record.header.target, key)));
  }
  return view.append(kRequests, key, write_progress(record));
}

/// What a device can answer: a pre-command is none yet, and a request to the DCC itself never is.
bool is_command(const RequestRecord& r) {
  return r.command_variant != CommandVariant::Transform && r.command_variant != CommandVariant::NonDevice;
}

}  // namespace

Result<std::optional<RequestRecord>> find_request(const store::ReadView& view, const RequestId& id, Leg leg) {
  return find_by_key(view, key_of(id, leg));
}

Status put_request(store::WriteView& view, const RequestRecord& record) {
  const auto key = key_of(record.id, record.leg);
  METERWAY_CHECK(view.put(kRequests, key, write_fixed(record)));
  if (is_command(record) && record.header != record.id) METERWAY_CHECK(view.put(kCommands, key_of(record.header), key));
  return is_as_at_first(record) ? Status() : put_changes(view, record, key);
}

Status put_with_header(store::WriteView& view, const RequestRecord& record, const RequestId& before) {
  METERWAY_TRY(const auto command, view.get(kCommands, key_of(before)));
  if (command == key_of(record.id, record.leg)) METERWAY_CHECK(view.erase(kCommands, key_of(before)));
  return put_request(view, record);
}

Status put_progress(store::WriteView& view, const RequestRecord& record) {
  const auto key = key_of(record.id, record.leg);
  METERWAY_TRY(const auto open, view.get(kOpen, open_key(record)));
  if (!open) {  // one that has ended may have been removed since (remove_requests): nothing is to be appended then
    METERWAY_TRY(const auto there, view.get(kRequests, key));
    if (!there) return {};
  }
  return put_changes(view, record, key);
}

Status put_last_dated(store::WriteView& view, const RequestRecord& record) {
  return view.put(kLastDated, last_dated_key(record), string_of(wire::Writer().u64(record.transaction)));
}

Result<std::uint64_t> last_dated(const store::ReadView& view, const RequestRecord& record) {
  METERWAY_TRY(const auto value, view.get(kLastDated, last_dated_key(record)));
  if (!value) return std::uint64_t{0};
  wire::Reader in(bytes_of(*value));
  const auto last = in.u64("transaction");
  METERWAY_CHECK(in.finish());
  return last;
}

Result<std::vector<RequestRecord>> dated_requests_of(const store::ReadView& view, Eui64 device) {
  const auto from = dated_key(device, {});
  const auto to = device.value() == UINT64_MAX ? std::string() : dated_key(Eui64(device.value() + 1), {});
  METERWAY_TRY(const auto rows, view.scan(kDated, from, to, kMostDated));
  std::vector<RequestRecord> records;
  for (const auto& row : rows) {
    METERWAY_TRY(auto record, find_by_key(view, row.key.substr(kEuiBytes)));
    if (record && record->progress == Progress::Dated) records.push_back(std::move(*record));
  }
  return records;
}

Result<std::vector<Eui64>> devices_with_dated_requests(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kDated, "", "", kMostDated));
  std::vector<Eui64> devices;
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key));
    const Eui64 device(key.u64("device"));
    if (!key.ok()) return Unexpected{key.error()};
    if (devices.empty() || devices.back() != device) devices.push_back(device);
  }
  return devices;
}

Result<std::optional<RequestRecord>> find_by_command(const store::ReadView& view, const RequestId& header) {
  METERWAY_TRY(const auto key, view.get(kCommands, key_of(header)));
  if (key) return find_by_key(view, *key);
  for (const auto leg : {Leg::Request, Leg::SignedPreCommand}) {
    METERWAY_TRY(auto record, find_request(view, header, leg));
    if (record && is_command(*record) && record->header == header) return record;
  }
  return std::optional<RequestRecord>();
}

Result<std::optional<RequestRecord>> find_earlier(const store::ReadView& view, const RequestId& id, Leg leg) {
  for (const auto kind : {CounterKind::Ordinary, CounterKind::Prepayment}) {
    METERWAY_TRY(const auto last, last_counter(view, id.originator, id.target, kind));
    if (id.counter <= last) return find_request(view, id, leg);
  }
  return std::optional<RequestRecord>();
}

Result<std::uint64_t> next_transaction(store::WriteView& view) {
  METERWAY_TRY(const auto last, last_transaction(view));
  METERWAY_CHECK(put_last_transaction(view, last + 1));
  return last + 1;
}

Status skip_transactions(store::WriteView& view) {
  constexpr std::uint64_t kMoreThanEver = 1'000'000'000'000;
  METERWAY_TRY(const auto last, last_transaction(view));
  return put_last_transaction(view, last + kMoreThanEver);
}

Result<std::vector<OpenRequest>> open_page(const store::ReadView& view, const std::string& after, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kOpen, after.empty() ? after : after + '\0', "", limit));
  return read_open(rows);
}

Result<std::vector<OpenRequest>> open_requests_of(const store::ReadView& view, Eui64 device, const std::string& after,
                                                  std::size_t limit) {
  const auto from = after.empty() ? string_of(wire::Writer().u64(device.value())) : after + '\0';
  const auto to = device.value() == UINT64_MAX ? std::string() : string_of(wire::Writer().u64(device.value() + 1));
  METERWAY_TRY(const auto rows, view.scan(kOpen, from, to, limit));
  return read_open(rows);
}

Result<std::vector<RequestRecord>> open_requests(const store::ReadView& view) {
  std::vector<RequestRecord> records;
  for (std::string last;;) {
    METERWAY_TRY(const auto page, open_page(view, last, kOpenPage));
    for (const auto& open : page) {
      METERWAY_TRY(auto record, find_request(view, open.id, open.leg));
      if (record) records.push_back(std::move(*record));
    }
    if (page.size() < kOpenPage) return records;
    last = page.back().key;
  }
}

Result<RequestPage> requests_of(const store::ReadView& view, Eui64 originator, const std::string& after,
                                std::size_t limit) {
  const auto from = after.empty() ? string_of(wire::Writer().u64(originator.value())) : after + '\0';
  const auto to =
      originator.value() == UINT64_MAX ? std::string() : string_of(wire::Writer().u64(originator.value() + 1));
  METERWAY_TRY(const auto rows, view.scan(kRequests, from, to, limit));
  RequestPage page;
  for (const auto& row : rows) {
    METERWAY_TRY(const auto names, read_key(row.key));
    auto& record = page.records.emplace_back();
    record.id = names.first;
    record.leg = names.second;
    METERWAY_TRY(const bool ended, read_request(row.value, record));
    static_cast<void>(ended);
  }
  if (rows.size() == limit) page.next = rows.back().key;
  return page;
}

Result<bool> is_open(const store::ReadView& view, const RequestId& id) {
  for (const auto leg : {Leg::Request, Leg::SignedPreCommand}) {
    METERWAY_TRY(const auto record, find_request(view, id, leg));
    if (record && (is_open(record->progress) || record->progress == Progress::Dated)) return true;
  }
  return false;
}

Result<std::string> remove_requests(store::WriteView& view, const std::string& from, UtcTime before,
                                    std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kRequests, from, "", limit));
  for (const auto& row : rows) {
    RequestRecord record;
    METERWAY_TRY(const auto names, read_key(row.key));
    record.id = names.first;
    record.leg = names.second;
    METERWAY_TRY(const bool has_ended, read_request(row.value, record));
    static_cast<void>(has_ended);
    if (record.received_at >= before) continue;
    METERWAY_TRY(const auto open, view.get(kOpen, open_key(record)));
    METERWAY_TRY(const auto dated, view.get(kDated, dated_key(record.header.target, row.key)));
    if (open || dated) continue;
    METERWAY_TRY(const auto command, view.get(kCommands, key_of(record.header)));
    if (command == row.key) METERWAY_CHECK(view.erase(kCommands, key_of(record.header)));
    METERWAY_CHECK(view.erase(kEnded, row.key));
    METERWAY_CHECK(view.erase(kRequests, row.key));
  }
  return rows.size() < limit ? std::string() : rows.back().key + '\0';
}

Result<OriginatorCounter> last_counter(const store::ReadView& view, Eui64 originator, Eui64 target, CounterKind kind) {
  METERWAY_TRY(const auto value, view.get(kCounters, counter_key(originator, target, kind)));
  if (!value) return OriginatorCounter{};
  wire::Reader in(bytes_of(*value));
  const OriginatorCounter counter{in.u64("counter")};
  METERWAY_CHECK(in.finish());
  return counter;
}

Status advance_counter(store::WriteView& view, const RequestId& id, CounterKind kind) {
  METERWAY_TRY(const auto last, view.get(kCounters, counter_key(id.originator, id.target, kind)));
  if (last) {
    wire::Reader in(bytes_of(*last));
    if (const auto taken = in.u64("counter"); in.ok() && id.counter.value <= taken)
      return fail(ErrorCode::StaleCounter, 0, "originator counter");
    METERWAY_CHECK(in.finish());
  }
  return view.put(kCounters, counter_key(id.originator, id.target, kind),
                  string_of(wire::Writer().u64(id.counter.value)));
}

}  // namespace meterway::registry
