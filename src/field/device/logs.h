#pragma once
#include <map>
#include <span>

#include "field/device/load_profile.h"
#include "field/device/model.h"
#include "field/device/state.h"

namespace meterway::field {

/// One row of spec/device_logs.tsv.
struct LogRow {
  DeviceType device;
  Needs needs;
  std::uint16_t class_id;
  gbcs::dlms::Obis instance;
  std::string_view kept;  ///< what adds an entry, or every:...
  std::uint32_t capacity;
  bool clears;
  std::string_view columns;
  ObjectKey key() const { return {class_id, instance, 2}; }
};
/// The log that is attribute 2 of this object; null when there is none.
const LogRow* find_log(DeviceType device, std::uint16_t class_id, const gbcs::dlms::Obis& instance);
std::span<const LogRow> log_rows();

struct LogColumn {
  gbcs::dlms::Type type = gbcs::dlms::Type::Null;
  std::uint16_t count = 0;  ///< of an array; 0: one value
  std::string_view source;
};
std::vector<LogColumn> columns_of(const LogRow& row, bool twin);

/// What an entry is made of: the device's state at `at`, and what only whoever asks for the entry knows.
struct LogMoment {
  UtcTime at{};
  const DeviceState& state;
  std::map<std::string_view, std::int64_t> numbers{};
  ByteView other{};
};

/// An entry as it stands in a compact array, without tags.
Bytes write_entry(const std::vector<LogColumn>& columns, const LogMoment& moment);

/// Whose logs: a twin meter's have columns of their own.
struct LogOwner {
  DeviceType type;
  bool twin = false;
};
/// Adds an entry to every log of the device that keeps `what`.
void record(LogOwner owner, DeviceState& state, std::string_view what, UtcTime at,
            std::map<std::string_view, std::int64_t> numbers = {}, ByteView other = {});
/// Adds an entry to the billing data log when `trigger` changes the payment mode or the tariff; one for all that are
/// changed at one moment. What it holds is what was counted until then.
void note_billing_change(LogOwner owner, DeviceState& state, const ObjectKey& trigger, UtcTime at);
/// Adds an entry to the log that spec/alert_routes.tsv names for the code, or spec/device_events.tsv; to none when
/// neither does, or when 6.22 has switched that off (behaviours.h).
void record_event(DeviceType type, DeviceState& state, UtcTime at, std::uint16_t code, ByteView other = {});

/// The meter drew nothing from `from` to `to`; nothing else about a load profile can change once it is past.
void record_idle(DeviceState& state, UtcTime from, UtcTime to);

/// Both ends belong to it.
struct LogPeriod {
  UtcTime from{}, to{};
};
/// The entries of a log in that period as a compact array: those that were kept, and those that are worked out.
/// `profile` may be null: then nothing is worked out.
gbcs::dlms::Data read_log(const LogRow& row, bool twin, const DeviceState& state, const LoadProfile* profile,
                          UtcTime now, const LogPeriod& period);

/// What was drawn between two moments: the profile without the times in which nothing was.
std::uint64_t drawn_milli(const LoadProfile& profile, const std::vector<Idle>& idle, UtcTime from, UtcTime to);

/// Seconds since 2000, as logs count time.
std::uint32_t log_seconds(UtcTime time);
UtcTime log_time(std::uint32_t seconds);

}  // namespace meterway::field
