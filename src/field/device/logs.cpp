#include "field/device/logs.h"

#include <algorithm>
#include <numeric>

#include "base/wire/writer.h"
#include "field/device/behaviours.h"
#include "field/device/log_book.h"
#include "standard/gbcs/alert_routes.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Type;

constexpr LogRow kLogs[] = {
#include "field/device/logs.inc"
};

struct EventRow {
  std::uint16_t first, last;
  std::string_view log;
};
constexpr EventRow kEvents[] = {
#include "field/device/events.inc"
};

constexpr UtcTime kLogEpoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

struct TypeName {
  std::string_view name;
  Type type;
};
constexpr TypeName kTypeNames[] = {
    {"u32", Type::Uint32}, {"i32", Type::Int32},          {"u16", Type::Uint16},
    {"enum", Type::Enum},  {"octets", Type::OctetString},
};

LogColumn read_column(std::string_view text) {
  LogColumn column;
  const auto colon = text.find(':');
  column.source = text.substr(colon + 1);
  auto name = text.substr(0, colon);
  if (const auto x = name.find('x'); x != std::string_view::npos) {
    for (const char digit : name.substr(x + 1))
      column.count = static_cast<std::uint16_t>(column.count * 10 + (digit - '0'));
    name = name.substr(0, x);
  }
  const auto* known =
      std::find_if(std::begin(kTypeNames), std::end(kTypeNames), [&](const auto& t) { return t.name == name; });
  if (known != std::end(kTypeNames)) column.type = known->type;
  return column;
}

/// Registers that hold one value for each index; `index` counts inside the column.
std::int64_t indexed(const Registers& r, std::string_view source, std::size_t index) {
  if (source == "tou_2" && index < r.secondary_milli.size())
    return static_cast<std::int64_t>(r.secondary_milli[index] / 1000);
  if (source == "tou" && index < r.tariff_milli.size()) return static_cast<std::int64_t>(r.tariff_milli[index] / 1000);
  constexpr std::string_view kBlock = "block_";
  if (source.substr(0, kBlock.size()) == kBlock) {
    const auto block = static_cast<std::size_t>(source.back() - '1');
    const auto place = block * 8 + index;
    if (place < r.block_total_milli.size()) return static_cast<std::int64_t>(r.block_total_milli[place] / 1000);
  }
  return 0;
}

std::int64_t value_of(const LogColumn& column, std::size_t index, const LogMoment& moment) {
  if (column.count > 0) return indexed(moment.state.registers, column.source, index);
  if (const auto it = moment.numbers.find(column.source); it != moment.numbers.end()) return it->second;
  const auto& source = column.source;
  const Account& account = moment.state.account;
  if (source == "time") return log_seconds(moment.at);
  if (source == "import") return static_cast<std::int64_t>(moment.state.registers.import_milli / 1000);
  if (source == "import_2") {
    const auto& second = moment.state.registers.secondary_milli;
    return static_cast<std::int64_t>(std::accumulate(second.begin(), second.end(), std::uint64_t{0}) / 1000);
  }
  if (source == "balance") return moment.state.registers.balance;
  if (source == "emergency") return account.emergency_left;
  if (source == "time_debt_1") return account.time_debt[0];
  if (source == "time_debt_2") return account.time_debt[1];
  if (source == "payment_debt") return account.payment_debt;
  if (source == "accumulated_debt") return account.accumulated_debt;
  return 0;  // nothing of it is generated or drawn here: export
}

std::size_t size_of(Type type) { return type == Type::Enum ? 1 : type == Type::Uint16 ? 2 : 4; }

}  // namespace

std::span<const LogRow> log_rows() { return kLogs; }

const LogRow* find_log(DeviceType device, std::uint16_t class_id, const gbcs::dlms::Obis& instance) {
  for (const auto& row : kLogs) {
    if (row.device == device && row.class_id == class_id && row.instance == instance) return &row;
  }
  return nullptr;
}

std::vector<LogColumn> columns_of(const LogRow& row, bool twin) {
  constexpr std::string_view kTwin = "twin:";
  std::vector<LogColumn> columns;
  for (auto rest = row.columns; !rest.empty();) {
    const auto blank = rest.find(' ');
    auto word = rest.substr(0, blank);
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
    const bool twin_only = word.substr(0, kTwin.size()) == kTwin;
    if (twin_only) word = word.substr(kTwin.size());
    if (!twin_only || twin) columns.push_back(read_column(word));
  }
  return columns;
}

Bytes write_entry(const std::vector<LogColumn>& columns, const LogMoment& moment) {
  wire::Writer out;
  for (const auto& column : columns) {
    if (column.type == Type::OctetString) {
      out.prefixed(moment.other);
      continue;
    }
    const std::size_t values = column.count == 0 ? 1 : column.count;
    for (std::size_t i = 0; i < values; ++i)
      out.number(static_cast<std::uint64_t>(value_of(column, i, moment)), size_of(column.type));
  }
  return out.take();
}

void record(LogOwner owner, DeviceState& state, std::string_view what, UtcTime at,
            std::map<std::string_view, std::int64_t> numbers, ByteView other) {
  for (const auto& row : kLogs) {
    if (row.device != owner.type || row.kept != what) continue;
    const LogMoment moment{at, state, numbers, other};
    const Bytes entry = write_entry(columns_of(row, owner.twin), moment);
    append_entry(state.logs[row.key().text()], entry, row.capacity);
  }
}

void note_billing_change(LogOwner owner, DeviceState& state, const ObjectKey& trigger, UtcTime at) {
  // Payment mode, switching table and prices: of them a tariff and a mode consist.
  static const ObjectKey kTriggers[] = {{111, {0, 1, 19, 0, 0, 255}, 13},
                                        {20, {0, 0, 13, 0, 0, 255}, 10},
                                        {20, {0, 0, 13, 0, 1, 255}, 10},
                                        {113, {0, 0, 19, 20, 0, 255}, 7},
                                        {113, {0, 0, 19, 20, 5, 255}, 7}};
  if (std::find(std::begin(kTriggers), std::end(kTriggers), trigger) == std::end(kTriggers)) return;
  const UtcTime second = std::chrono::floor<std::chrono::seconds>(at);
  if (state.billing_changed == second) return;
  state.billing_changed = second;
  record(owner, state, "change", at);
}

void record_event(DeviceType type, DeviceState& state, UtcTime at, std::uint16_t code, ByteView other) {
  if (!behaviour_of(type, state, code).logs) return;
  std::string_view log;
  if (const auto* route = gbcs::find_alert_route(code, type)) log = route->log;
  for (const auto& row : kEvents) {
    if (log.empty() && code >= row.first && code <= row.last) log = row.log;
  }
  if (!log.empty()) record({type}, state, log, at, {{"code", code}}, other);
}

void record_idle(DeviceState& state, UtcTime from, UtcTime to) {
  if (from >= to) return;
  auto& idle = state.idle;
  if (!idle.empty() && idle.back().to >= from) {
    idle.back().to = std::max(idle.back().to, to);
    return;
  }
  if (idle.size() == DeviceState::kIdle) idle.erase(idle.begin());
  idle.push_back({from, to});
}

std::uint32_t log_seconds(UtcTime time) {
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(time - kLogEpoch).count());
}

UtcTime log_time(std::uint32_t seconds) { return kLogEpoch + std::chrono::seconds(seconds); }

}  // namespace meterway::field
