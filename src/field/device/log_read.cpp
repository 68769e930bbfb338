#include <algorithm>
#include <charconv>

#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/device/context.h"
#include "field/device/log_book.h"
#include "field/device/logs.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Type;
using gbcs::dlms::TypeDescription;
using std::chrono::seconds;

constexpr std::size_t kMostComputed = 20'000;  ///< over the largest capacity: what one read works out at most

TypeDescription shape_of(const std::vector<LogColumn>& columns) {
  TypeDescription shape{Type::Structure, 0, {}};
  for (const auto& column : columns) {
    if (column.count == 0)
      shape.members.push_back({column.type, 0, {}});
    else
      shape.members.push_back({Type::Array, column.count, {{column.type, 0, {}}}});
  }
  return shape;
}

/// What one column of an entry holds. Entries are our own: what does not fit reads as zero.
Data read_value(wire::Reader& in, Type type) {
  Data value;
  value.type = type;
  switch (type) {
    case Type::OctetString: {
      const auto bytes = in.prefixed("octets");
      value.bytes.assign(bytes.begin(), bytes.end());
      break;
    }
    case Type::Enum:
      value.number = in.u8("enum");
      break;
    case Type::Uint16:
      value.number = in.u16("number");
      break;
    case Type::Int32:
      value.number = static_cast<std::int32_t>(in.u32("number"));
      break;
    default:
      value.number = in.u32("number");
  }
  return value;
}

Data read_entry(const std::vector<LogColumn>& columns, ByteView entry) {
  wire::Reader in(entry);
  std::vector<Data> items;
  for (const auto& column : columns) {
    if (column.count == 0) {
      items.push_back(read_value(in, column.type));
      continue;
    }
    std::vector<Data> values;
    for (std::size_t i = 0; i < column.count; ++i) values.push_back(read_value(in, column.type));
    items.push_back(Data::array(std::move(values)));
  }
  return Data::structure(std::move(items));
}

}  // namespace

std::uint64_t drawn_milli(const LoadProfile& profile, const std::vector<Idle>& idle, UtcTime from, UtcTime to) {
  std::uint64_t sum = 0;
  const auto use = [&sum](UtcTime, std::uint64_t milli) { sum += milli; };
  for (const auto& gap : idle) {
    if (gap.to <= from || gap.from >= to) continue;
    if (gap.from > from) profile.integrate(from, gap.from, use);
    from = std::min(gap.to, to);
  }
  profile.integrate(from, to, use);
  return sum;
}

namespace {

/// Tenths of a volt: a supply that sinks by a volt for each 100 Wh drawn in the half-hour. Ours.
std::int64_t voltage_of(const LoadProfile& profile, UtcTime at) {
  const auto slot = std::chrono::floor<std::chrono::minutes>(at).time_since_epoch() / LoadProfile::kSlot;
  return 2440 - static_cast<std::int64_t>(std::min<std::uint64_t>(profile.slot_milli(slot) / 10'000, 300));
}

/// How long a period of a log that is worked out lasts; nothing when its entries are kept.
std::optional<seconds> period_of(const LogRow& row, const DeviceState& state) {
  constexpr std::string_view kEvery = "every:";
  if (row.kept.substr(0, kEvery.size()) != kEvery) return std::nullopt;
  const auto text = row.kept.substr(kEvery.size());
  std::int64_t length = 0;
  if (text == "attribute") {
    length = stored_value(row.device, state, {row.class_id, row.instance, 4}).number;
    if (length <= 0) length = seconds(LoadProfile::kSlot).count();  // never set: as the profile
  } else {
    std::from_chars(text.data(), text.data() + text.size(), length);
  }
  return seconds(length);
}

}  // namespace

Data read_log(const LogRow& row, bool twin, const DeviceState& state, const LoadProfile* profile, UtcTime now,
              const LogPeriod& period) {
  const auto columns = columns_of(row, twin);
  Data log;
  log.type = Type::CompactArray;
  log.shape.push_back(shape_of(columns));
  UtcTime last_kept = state.commissioned;
  if (const auto it = state.logs.find(row.key().text()); it != state.logs.end()) {
    each_entry(it->second, [&](ByteView entry) {
      auto data = read_entry(columns, entry);
      const UtcTime at = log_time(static_cast<std::uint32_t>(data.items.front().number));
      last_kept = std::max(last_kept, at);
      if (at >= period.from && at <= period.to) log.items.push_back(std::move(data));
    });
  }
  const auto length = period_of(row, state);
  if (!length || profile == nullptr) return log;
  // Periods end at whole multiples of their length since 1970, which for half-hours, hours and days is where a clock
  // shows them. The newest `capacity` ends are in the log.
  const auto newest = std::chrono::floor<seconds>(now).time_since_epoch() / *length;
  const auto ends = [&](std::int64_t n) { return UtcTime(n * *length); };
  const auto after = [&](UtcTime time) { return std::chrono::floor<seconds>(time).time_since_epoch() / *length + 1; };
  auto n = std::max({after(last_kept), newest - static_cast<std::int64_t>(row.capacity) + 1,
                     after(period.from - std::chrono::microseconds(1))});
  for (std::size_t made = 0; n <= newest && ends(n) <= period.to && made < kMostComputed; ++n, ++made) {
    const auto drawn = static_cast<std::int64_t>(drawn_milli(*profile, state.idle, ends(n - 1), ends(n)) / 1000);
    const LogMoment moment{ends(n),
                           state,
                           {{"import_of_period", drawn},
                            {"reactive_of_period", drawn / 5},
                            {"voltage", voltage_of(*profile, ends(n - 1))}},
                           {}};
    log.items.push_back(read_entry(columns, write_entry(columns, moment)));
  }
  return log;
}

}  // namespace meterway::field
