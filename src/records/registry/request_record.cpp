#include "records/registry/request_record.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"

namespace meterway::registry {
namespace {

using nlohmann::json;
constexpr std::string_view kRequests = "request";   // key of a leg -> record
constexpr std::string_view kOpen = "open";          // device, transaction -> key of a leg that is Accepted or Sent
constexpr std::string_view kSequence = "sequence";  // "transaction" -> the last one given out
constexpr std::string_view kCommands = "command";   // header of a command -> key of the leg it belongs to
constexpr std::string_view kCounters = "counter";   // kind and pair -> greatest counter
constexpr std::size_t kMostOpen = 1000000;

std::string padded(std::uint64_t number) {
  auto text = std::to_string(number);
  return text.insert(0, 20 - text.size(), '0');
}

std::string key_of(const RequestId& id) {
  return id.originator.plain() + ":" + id.target.plain() + ":" + padded(id.counter.value);
}
std::string key_of(const RequestId& id, Leg leg) { return key_of(id) + (leg == Leg::Request ? ":R" : ":S"); }

/// The inverse: fields of fixed length, "<16>:<16>:<20>:R".
Result<std::pair<RequestId, Leg>> read_key(std::string_view key) {
  if (key.size() != 56) return fail(ErrorCode::Database, key.size(), "key of a leg");
  RequestId id;
  METERWAY_TRY(id.originator, Eui64::parse(key.substr(0, 16)));
  METERWAY_TRY(id.target, Eui64::parse(key.substr(17, 16)));
  id.counter.value = std::strtoull(std::string(key.substr(34, 20)).c_str(), nullptr, 10);
  return std::pair(id, key.back() == 'S' ? Leg::SignedPreCommand : Leg::Request);
}

std::string counter_key(Eui64 originator, Eui64 target, CounterKind kind) {
  return (kind == CounterKind::Prepayment ? "P:" : "O:") + originator.plain() + ":" + target.plain();
}

/// Records of version 0.1 have no transaction: they stand under the key of their leg, without a value.
std::string open_key(const RequestRecord& record, const std::string& key) {
  return record.transaction == 0 ? key : record.header.target.plain() + ":" + padded(record.transaction);
}

bool is_open(Progress progress) { return progress == Progress::Accepted || progress == Progress::Sent; }

std::string write_record(const RequestRecord& r) {
  const json object = {{"id", r.id.text()},
                       {"leg", static_cast<int>(r.leg)},
                       {"digest", r.digest},
                       {"service_reference", r.service_reference},
                       {"service", r.service},
                       {"command_variant", static_cast<int>(r.command_variant)},
                       {"use_case", r.use_case},
                       {"critical", r.critical},
                       {"received_at", r.received_at.time_since_epoch().count()},
                       {"send_at", r.send_at.time_since_epoch().count()},
                       {"transaction", r.transaction},
                       {"cin", r.cin},
                       {"arrived", r.arrived},
                       {"instructions", r.instructions},
                       {"outcome", r.outcome},
                       {"deadline", r.deadline.time_since_epoch().count()},
                       {"progress", static_cast<int>(r.progress)},
                       {"message", to_hex(r.message)},
                       {"header", r.header.text()},
                       {"code", r.code.value},
                       {"answer", r.answer},
                       {"document", r.document}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<RequestRecord> read_record(const std::string& text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "request record");
  RequestRecord r;
  METERWAY_TRY(r.id, RequestId::parse(object.value("id", "")));
  METERWAY_TRY(r.header, RequestId::parse(object.value("header", "")));
  METERWAY_TRY(r.message, from_hex(object.value("message", "")));
  r.leg = static_cast<Leg>(object.value("leg", 0));
  r.digest = object.value("digest", "");
  r.service_reference = object.value("service_reference", "");
  r.service = object.value("service", "");
  r.command_variant = static_cast<CommandVariant>(object.value("command_variant", 1));
  r.use_case = object.value("use_case", "");
  r.critical = object.value("critical", false);
  r.received_at = UtcTime(std::chrono::microseconds(object.value("received_at", std::int64_t{0})));
  r.send_at = UtcTime(std::chrono::microseconds(object.value("send_at", std::int64_t{0})));
  r.arrived = object.value("arrived", false);
  r.instructions = object.value("instructions", 0u);
  r.outcome = object.value("outcome", "");
  r.transaction = object.value("transaction", std::uint64_t{0});
  r.cin = object.value("cin", "");
  r.deadline = UtcTime(std::chrono::microseconds(object.value("deadline", std::int64_t{0})));
  r.progress = static_cast<Progress>(object.value("progress", 0));
  r.code = MessageCode{object.value("code", std::uint16_t{0})};
  r.answer = object.value("answer", "");
  r.document = object.value("document", "");
  return r;
}

Result<std::optional<RequestRecord>> find_by_key(const store::ReadView& view, const std::string& key) {
  METERWAY_TRY(const auto value, view.get(kRequests, key));
  if (!value) return std::optional<RequestRecord>();
  METERWAY_TRY(auto record, read_record(*value));
  return std::optional<RequestRecord>(std::move(record));
}

}  // namespace

Result<std::optional<RequestRecord>> find_request(const store::ReadView& view, const RequestId& id, Leg leg) {
  return find_by_key(view, key_of(id, leg));
}

Status put_request(store::WriteView& view, const RequestRecord& record) {
  const auto key = key_of(record.id, record.leg);
  METERWAY_CHECK(view.put(kRequests, key, write_record(record)));
  if (!is_open(record.progress)) return view.erase(kOpen, open_key(record, key));
  METERWAY_CHECK(view.put(kCommands, key_of(record.header), key));
  return view.put(kOpen, open_key(record, key), record.transaction == 0 ? "" : key);
}

Result<std::optional<RequestRecord>> find_by_command(const store::ReadView& view, const RequestId& header) {
  METERWAY_TRY(const auto key, view.get(kCommands, key_of(header)));
  if (!key) return std::optional<RequestRecord>();
  return find_by_key(view, *key);
}

Result<std::uint64_t> next_transaction(store::WriteView& view) {
  METERWAY_TRY(const auto last, view.get(kSequence, "transaction"));
  const auto next = last ? std::strtoull(last->c_str(), nullptr, 10) + 1 : 1;
  METERWAY_CHECK(view.put(kSequence, "transaction", std::to_string(next)));
  return std::uint64_t{next};
}

Status skip_transactions(store::WriteView& view) {
  constexpr std::uint64_t kMoreThanEver = 1'000'000'000'000;
  METERWAY_TRY(const auto last, view.get(kSequence, "transaction"));
  return view.put(kSequence, "transaction",
                  std::to_string((last ? std::strtoull(last->c_str(), nullptr, 10) : 0) + kMoreThanEver));
}

Result<std::vector<RequestRecord>> open_requests(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kOpen, "", "", kMostOpen));
  std::vector<RequestRecord> records;
  for (const auto& row : rows) {
    METERWAY_TRY(auto record, find_by_key(view, row.value.empty() ? row.key : row.value));
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

Result<std::vector<OpenRequest>> open_requests_of(const store::ReadView& view, Eui64 device, std::size_t limit) {
  // A key of version 0.1 begins with an originator, which is no device: the two cannot be taken for one another.
  const auto from = device.plain() + ":";
  METERWAY_TRY(const auto rows, view.scan(kOpen, from, device.plain() + ";", limit));
  std::vector<OpenRequest> open;
  for (const auto& row : rows) {
    OpenRequest entry;
    entry.transaction = std::strtoull(row.key.c_str() + from.size(), nullptr, 10);
    METERWAY_TRY(const auto leg, read_key(row.value));
    entry.id = leg.first;
    entry.leg = leg.second;
    open.push_back(entry);
  }
  return open;
}

Result<bool> is_open(const store::ReadView& view, const RequestId& id) {
  for (const auto leg : {Leg::Request, Leg::SignedPreCommand}) {
    METERWAY_TRY(const auto record, find_request(view, id, leg));
    if (record && is_open(record->progress)) return true;
  }
  return false;
}

Result<std::string> remove_requests(store::WriteView& view, const std::string& from, UtcTime before,
                                    std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kRequests, from, "", limit));
  for (const auto& row : rows) {
    METERWAY_TRY(const auto record, read_record(row.value));
    if (is_open(record.progress) || record.received_at >= before) continue;
    METERWAY_TRY(const auto command, view.get(kCommands, key_of(record.header)));
    if (command == row.key) METERWAY_CHECK(view.erase(kCommands, key_of(record.header)));
    METERWAY_CHECK(view.erase(kRequests, row.key));
  }
  return rows.size() < limit ? std::string() : rows.back().key + '\0';
}

Result<OriginatorCounter> last_counter(const store::ReadView& view, Eui64 originator, Eui64 target, CounterKind kind) {
  METERWAY_TRY(const auto value, view.get(kCounters, counter_key(originator, target, kind)));
  return OriginatorCounter{value ? std::strtoull(value->c_str(), nullptr, 10) : 0};
}

Status advance_counter(store::WriteView& view, const RequestId& id, CounterKind kind) {
  const auto key = counter_key(id.originator, id.target, kind);
  METERWAY_TRY(const auto value, view.get(kCounters, key));
  if (value && id.counter.value <= std::strtoull(value->c_str(), nullptr, 10))
    return fail(ErrorCode::StaleCounter, 0, "originator counter");
  return view.put(kCounters, key, std::to_string(id.counter.value));
}

}  // namespace meterway::registry
