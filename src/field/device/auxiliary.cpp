#include "field/device/auxiliary.h"

#include <algorithm>

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using std::chrono::days;
using std::chrono::minutes;

constexpr std::uint8_t kFull = 100;
constexpr int kMostDays = 400;  ///< after a longer pause the schedule is followed from here
constexpr std::size_t kSides = 2 * Auxiliaries::kControllers;

struct CivilDay {
  int year = 0;
  unsigned month = 0, day = 0, weekday = 0;  ///< weekday: Monday 1
};

CivilDay civil_day(UtcTime time) {
  const std::chrono::sys_days day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  return {int(date.year()), unsigned(date.month()), unsigned(date.day()), std::chrono::weekday(day).iso_encoding()};
}

bool is_date(const Bytes& date) { return date.size() == 5; }
bool any_year(const Bytes& date) { return date[0] == 0xFF && date[1] == 0xFF; }
bool any_day(const Bytes& date) { return date[2] == 0xFF || date[3] == 0xFF; }

bool same_day(const Bytes& date, const CivilDay& now) {
  const auto is = [](std::uint8_t wanted, unsigned found) { return wanted == 0xFF || wanted == found; };
  return (any_year(date) || (date[0] << 8 | date[1]) == now.year) && is(date[2], now.month) && is(date[3], now.day) &&
         is(date[4], now.weekday);
}

/// Dates without a year come round every year; a period may then lie over its end.
bool inside(const Bytes& first, const Bytes& last, const CivilDay& now) {
  const auto of_year = [](unsigned month, unsigned day) { return static_cast<std::int64_t>(month * 32 + day); };
  const auto order = [&](const Bytes& date) {
    const std::int64_t year = any_year(date) ? now.year : date[0] << 8 | date[1];
    return year * 1000 + of_year(date[2], date[3]);
  };
  const std::int64_t here = now.year * std::int64_t{1000} + of_year(now.month, now.day);
  const bool begun = any_day(first) || order(first) <= here;
  const bool not_over = any_day(last) || here <= order(last);
  const bool over_new_year =
      any_year(first) && any_year(last) && !any_day(first) && !any_day(last) && order(first) > order(last);
  return over_new_year ? begun || not_over : begun && not_over;
}

bool bit(const Bytes& bits, std::size_t index) {
  return index / 8 < bits.size() && (bits[index / 8] & 0x80 >> index % 8) != 0;
}

}  // namespace

std::uint8_t AuxiliarySide::level_at(UtcTime at) const {
  const std::uint8_t wanted = commanded && commanded->holds(at) ? commanded->level : scheduled;
  return limit && limit->holds(at) ? std::min(wanted, limit->level) : wanted;
}

std::optional<UtcTime> Auxiliaries::next_change(UtcTime now) const {
  std::optional<UtcTime> next;
  for (const auto& controller : controllers) {
    for (const auto& side : controller.sides) {
      for (const auto* window : {&side.commanded, &side.limit}) {
        if (!*window) continue;
        for (const UtcTime at : {(*window)->start, (*window)->end}) {
          if (at > now && (!next || at < *next)) next = at;
        }
      }
    }
  }
  return next;
}

std::optional<LoadScript> read_load_script(std::int64_t script) {
  LoadScript out;
  const auto number = static_cast<std::size_t>(script >> 8 & 0xF);
  const auto low = static_cast<std::uint8_t>(script & 0xFF);
  if (script < 0 || script > 0x2FFF || number < 1 || number > Auxiliaries::kControllers) return std::nullopt;
  out.controller = number - 1;
  if (script >= 0x1000) {
    out.side = script >= 0x2000 ? LoadSide::Input : LoadSide::Output;
    out.kind = (low & 0x80) != 0 ? LoadScript::Kind::Scheduled : LoadScript::Kind::Between;
    out.level = low & 0x7F;
    return out.level > kFull ? std::nullopt : std::optional(out);
  }
  out.level = low == 0x01 || low == 0x11 ? kFull : 0;
  switch (low) {
    case 0x01:
    case 0x02:
      return out;
    case 0x11:
    case 0x12:
      out.kind = LoadScript::Kind::For;
      return out;
    case 0x20:
      out.kind = LoadScript::Kind::Reset;
      return out;
    default:
      return std::nullopt;
  }
}

namespace {

/// index, enabled, script table, script, time, window, weekdays, special days, first and last date
std::optional<LoadSwitch> read_switch(const Data& entry) {
  const auto& part = entry.items;
  if (part.size() != 10 || part[4].bytes.size() != 4 || part[6].bytes.empty()) return std::nullopt;
  const int hour = part[4].bytes[0], minute = part[4].bytes[1];
  const auto script = read_load_script(part[3].number);
  if (hour > 23 || minute > 59 || !script || script->kind != LoadScript::Kind::Scheduled) return std::nullopt;
  if (!is_date(part[8].bytes) || !is_date(part[9].bytes)) return std::nullopt;
  return LoadSwitch{hour * 60 + minute, part[6].bytes[0], part[7].bytes, part[8].bytes, part[9].bytes, *script};
}

}  // namespace

std::vector<LoadSwitch> read_load_schedule(const Data& schedule) {
  std::vector<LoadSwitch> out;
  for (const auto& entry : schedule.items) {
    auto one = read_switch(entry);
    if (one && entry.items[1].number != 0) out.push_back(*std::move(one));
  }
  // The later of two switches in one minute counts, as the schedule has them.
  std::ranges::stable_sort(out, {}, &LoadSwitch::minute);
  return out;
}

bool is_load_schedule(const Data& schedule) {
  return schedule.type == gbcs::dlms::Type::Array && schedule.items.size() <= kMostSwitches &&
         std::ranges::all_of(schedule.items, [](const Data& entry) { return read_switch(entry).has_value(); });
}

void follow_schedule(Auxiliaries& loads, const std::vector<LoadSwitch>& schedule, const Data& special_days,
                     UtcTime now) {
  const UtcTime from = loads.reached;
  loads.reached = std::max(loads.reached, now);
  if (schedule.empty() || from >= now) return;
  std::array<bool, kSides> found{};
  UtcTime day = std::chrono::floor<days>(now);
  for (int i = 0; i < kMostDays && day + days(1) > from; ++i, day -= days(1)) {
    const CivilDay date = civil_day(day);
    std::optional<std::size_t> special;
    for (std::size_t k = 0; k < special_days.items.size(); ++k) {
      const auto& row = special_days.items[k].items;
      if (row.size() == 3 && is_date(row[1].bytes) && same_day(row[1].bytes, date)) special = k;
    }
    // From the end of the day: the first that is found is the last that was switched.
    for (auto entry = schedule.rbegin(); entry != schedule.rend(); ++entry) {
      const UtcTime at = day + minutes(entry->minute);
      if (at <= from || at > now || !inside(entry->first, entry->last, date)) continue;
      if (special ? !bit(entry->special_days, *special) : (entry->weekdays & 0x80 >> (date.weekday - 1)) == 0) continue;
      auto& known = found[entry->what.controller * 2 + static_cast<std::size_t>(entry->what.side)];
      if (known) continue;
      known = true;
      loads.controllers[entry->what.controller][entry->what.side].scheduled = entry->what.level;
    }
  }
}

}  // namespace meterway::field
