#include "records/registry/upgrade.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "records/registry/device_json.h"
#include "records/registry/request_record.h"

namespace meterway::registry {
namespace {

using nlohmann::json;

// As version 0.1 had them: keys are text, "P:" or "O:" and two identifiers for a counter, a leg's names for a request.
constexpr std::string_view kRequests = "request", kOpen = "open", kCommands = "command", kCounters = "counter",
                           kDevices = "device";
constexpr std::string_view kFormat = "format";  // "records" -> "2", once nothing of version 0.1 is left
constexpr std::size_t kPage = 1000;
constexpr std::size_t kEuiText = 16;

UtcTime time_of(const json& object, const char* member) {
  return UtcTime(std::chrono::microseconds(object.value(member, std::int64_t{0})));
}

Result<RequestRecord> read_request(const std::string& text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "request of version 0.1");
  RequestRecord r;
  METERWAY_TRY(r.id, RequestId::parse(object.value("id", "")));
  METERWAY_TRY(r.header, RequestId::parse(object.value("header", "")));
  METERWAY_TRY(r.message, from_hex(object.value("message", "")));
  r.leg = object.value("leg", 0) == 0 ? Leg::Request : Leg::SignedPreCommand;
  r.digest = object.value("digest", "");
  r.service_reference = object.value("service_reference", "");
  r.service = object.value("service", "");
  r.command_variant = static_cast<CommandVariant>(object.value("command_variant", 1));
  r.use_case = object.value("use_case", "");
  r.critical = object.value("critical", false);
  r.received_at = time_of(object, "received_at");
  r.send_at = time_of(object, "send_at");
  r.deadline = time_of(object, "deadline");
  r.progress = static_cast<Progress>(object.value("progress", 0));
  r.code = MessageCode{object.value("code", std::uint16_t{0})};
  r.arrived = object.value("arrived", false);
  r.instructions = object.value("instructions", 0u);
  r.outcome = object.value("outcome", "");
  r.cin = object.value("cin", "");
  r.answer = object.value("answer", "");
  r.document = object.value("document", "");
  return r;
}

/// Every row of a table whose key begins like version 0.1's: erased, then handed to `convert`.
template <class Convert>
Status each_old(store::WriteView& view, std::string_view table, bool (*is_old)(const store::Row&), Convert convert) {
  std::string from;
  for (;;) {
    METERWAY_TRY(const auto rows, view.scan(table, from, "", kPage));
    for (const auto& row : rows) {
      if (!is_old(row)) continue;
      METERWAY_CHECK(view.erase(table, row.key));
      METERWAY_CHECK(convert(row));
    }
    if (rows.size() < kPage) return {};
    from = rows.back().key + '\0';
  }
}

bool holds_json(const store::Row& row) { return row.value.starts_with('{'); }
bool is_text_key(const store::Row& row) { return row.key.size() > kEuiText && row.key[kEuiText] == ':'; }
bool is_text_counter(const store::Row& row) { return row.key.size() > 1 && row.key[1] == ':'; }

Status upgrade_counter(store::WriteView& view, const store::Row& row) {
  RequestId id;
  METERWAY_TRY(id.originator, Eui64::parse(std::string_view(row.key).substr(2, kEuiText)));
  METERWAY_TRY(id.target, Eui64::parse(std::string_view(row.key).substr(3 + kEuiText)));
  const auto* end = row.value.data() + row.value.size();
  if (std::from_chars(row.value.data(), end, id.counter.value).ptr != end)
    return fail(ErrorCode::BadValue, 0, "counter of version 0.1");
  return advance_counter(view, id, row.key[0] == 'P' ? CounterKind::Prepayment : CounterKind::Ordinary);
}

}  // namespace

Status upgrade_from_version_1(store::Store& store) {
  return store.write([](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto format, view.get(kFormat, "records"));
    if (format == "2") return {};
    METERWAY_CHECK(view.put(kFormat, "records", "2"));
    const auto forget = [](const store::Row&) -> Status { return {}; };  // written again with its request
    METERWAY_CHECK(each_old(view, kOpen, is_text_key, forget));
    METERWAY_CHECK(each_old(view, kCommands, is_text_key, forget));
    METERWAY_CHECK(each_old(view, kRequests, holds_json, [&](const store::Row& row) -> Status {
      METERWAY_TRY(const auto record, read_request(row.value));
      return put_request(view, record);
    }));
    METERWAY_CHECK(
        each_old(view, kCounters, is_text_counter, [&](const store::Row& row) { return upgrade_counter(view, row); }));
    return each_old(view, kDevices, holds_json, [&](const store::Row& row) -> Status {
      const auto device = read_device(row.value);
      if (!device) return fail(ErrorCode::BadJson, 0, "device of version 0.1");
      return put_device(view, *device);
    });
  });
}

}  // namespace meterway::registry
