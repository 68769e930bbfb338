#include <algorithm>

#include "field/device/dlms_server.h"
#include "field/device/logs.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

namespace dlms = gbcs::dlms;
using dlms::Data;
using dlms::Type;

constexpr std::uint8_t kByRange = 1;
/// The clock column by which logs are selected.
constexpr std::uint16_t kClockClass = 1;
constexpr dlms::Obis kClockColumn{0, 0, 94, 44, 100, 255};
constexpr int kByDate = 1;

bool is_structure(const Data& data, std::size_t members) {
  return data.type == Type::Structure && data.items.size() == members;
}

/// structure{ structure{ class:u16, instance, attribute:i8, index:u16 }, from:u32, to:u32, array of columns }; an empty
/// array asks for all columns.
std::optional<LogPeriod> read_range(const Data& selection) {
  if (!is_structure(selection, 4) || !is_structure(selection.items[0], 4)) return std::nullopt;
  const auto& column = selection.items[0].items;
  const bool clock = column[0].number == kClockClass && column[1].bytes.size() == kClockColumn.size() &&
                     std::equal(kClockColumn.begin(), kClockColumn.end(), column[1].bytes.begin()) &&
                     column[2].number == 2;
  const auto &from = selection.items[1], &to = selection.items[2], &wanted = selection.items[3];
  if (!clock || from.type != Type::Uint32 || to.type != Type::Uint32) return std::nullopt;
  if (wanted.type != Type::Array || !wanted.items.empty()) return std::nullopt;
  return LogPeriod{log_time(static_cast<std::uint32_t>(from.number)), log_time(static_cast<std::uint32_t>(to.number))};
}

/// structure{ enum 1, structure{ from, to } }, both date-times of 12 bytes.
std::optional<LogPeriod> read_dates(const Data& restriction) {
  if (!is_structure(restriction, 2) || restriction.items[0].number != kByDate) return std::nullopt;
  const auto& dates = restriction.items[1];
  if (!is_structure(dates, 2)) return std::nullopt;
  const auto from = read_activation(dates.items[0].bytes), to = read_activation(dates.items[1].bytes);
  if (!from || !to || from->kind != Activation::Kind::At || to->kind != Activation::Kind::At) return std::nullopt;
  return LogPeriod{from->at, to->at};
}

/// Null when the device, being what it is, has no such log.
const LogRow* log_of(const CommandContext& context, std::uint16_t class_id, const dlms::Obis& instance) {
  const LogRow* row = find_log(context.self.type, class_id, instance);
  return row != nullptr && context.self.has(row->needs) ? row : nullptr;
}

std::uint8_t read(const LogRow& row, CommandContext& context, const std::optional<LogPeriod>& period, Data& value) {
  if (!period) return access::kTypeUnmatched;
  value = read_log(row, context.self.twin(), context.state, context.profile, context.now, *period);
  return access::kSuccess;
}

}  // namespace

std::uint8_t get_selected(const dlms::Specification& s, CommandContext& context, Data& value) {
  const LogRow* row = log_of(context, s.class_id, s.instance);
  if (row == nullptr) {
    const ObjectKey key{s.class_id, s.instance, s.index};
    return has_attribute(context.self.type, key) ? access::kOtherReason : access::kObjectUndefined;
  }
  if (s.index != 2 || s.selector != kByRange) return access::kOtherReason;
  return read(*row, context, read_range(s.selection), value);
}

std::optional<std::uint8_t> get_restricted(const ObjectKey& key, const Data& restriction, CommandContext& context,
                                           Data& value) {
  const LogRow* row = log_of(context, key.class_id, key.instance);
  if (row == nullptr || key.index != 2) return std::nullopt;
  return read(*row, context, read_dates(restriction), value);
}

std::optional<std::uint8_t> clear_log(const ObjectKey& key, CommandContext& context) {
  constexpr std::uint8_t kReset = 1;
  const LogRow* row = log_of(context, key.class_id, key.instance);
  if (row == nullptr || key.index != kReset) return std::nullopt;
  if (!row->clears) return access::kReadWriteDenied;
  context.state.logs.erase(row->key().text());
  constexpr std::uint16_t kCleared = 0x8F52;
  record_event(context.self.type, context.state, context.now, kCleared);
  return access::kSuccess;
}

}  // namespace meterway::field
