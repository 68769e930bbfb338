#pragma once
#include <string>
#include <vector>

#include "records/schedule/timing.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Rows:  "schedule"       id:8 -> schedule.cpp
///        "schedule-due"   moment:8 id:8 -> empty: what is due is read from the front
///        "schedule-of"    device:8 User:8 id:8 -> empty
namespace meterway::schedule {

/// What a User has asked to be read again and again (DSPSchedule).
struct Schedule {
  std::uint64_t id = 0;  ///< DSPScheduleID
  Eui64 user, device;
  std::string service;  ///< service reference variant
  Timing timing;
  std::string time_text;            ///< ScheduleExecutionStartTime as it came; empty: none was named
  std::vector<std::string> period;  ///< StartDateOffset, StartTime, EndDateOffset, EndTime; or nothing
  std::string credentials;          ///< KAPublicSecurityCredential as it came
  UtcTime created{};
  OriginatorCounter request;  ///< of the 5.1 that made it
  UtcTime next{};             ///< the moment that comes next
  UtcTime due{};              ///< when that one is to be made: a little later, so that not all come at one moment
  std::optional<UtcTime> last;
  std::uint32_t runs = 0;    ///< moments that became a request
  std::uint32_t missed = 0;  ///< moments that did not
};

/// The schema tells at most so many at once, so a User has no more of them for one device.
inline constexpr std::size_t kMostForDevice = 99;
inline constexpr std::uint64_t kGreatestId = 1'000'000'000'000;

/// Errors of all: Database; of wire::Reader when a stored record cannot be read.
Result<std::optional<Schedule>> find_schedule(const store::ReadView& view, std::uint64_t id);
/// In the order of their numbers, from this one on.
Result<std::vector<Schedule>> schedules_from(const store::ReadView& view, std::uint64_t id, std::size_t limit);
/// Of a device, of one User or of all.
Result<std::vector<Schedule>> schedules_of(const store::ReadView& view, Eui64 device, std::optional<Eui64> user,
                                           std::size_t limit = kMostForDevice);
/// Those due from `from` until `now`, the earliest first. Whoever knows that nothing is due before a moment names it:
/// what has been taken from the front of the index would be passed over row by row.
Result<std::vector<Schedule>> due_schedules(const store::ReadView& view, UtcTime from, UtcTime now, std::size_t limit);
/// A row of an index, one at a time: a schedule that cannot be read keeps nobody from the others.
struct Found {
  std::uint64_t id = 0;
  std::optional<Schedule> schedule;  ///< none: it cannot be read
  std::string key;                   ///< where it stands, for the next page
  UtcTime due{};                     ///< of due_page
};
/// As due_schedules, after the row with this key (empty: from `from` on).
Result<std::vector<Found>> due_page(const store::ReadView& view, UtcTime from, const std::string& after, UtcTime now,
                                    std::size_t limit);
/// As schedules_from, likewise.
Result<std::vector<Found>> page_from(const store::ReadView& view, std::uint64_t id, std::size_t limit);
/// When the next one from `from` on is due; none when there is none.
Result<std::optional<UtcTime>> next_due(const store::ReadView& view, UtcTime from);

/// Writes it, new or changed.
Status put_schedule(store::WriteView& view, const Schedule& schedule);
Status erase_schedule(store::WriteView& view, std::uint64_t id);

}  // namespace meterway::schedule
