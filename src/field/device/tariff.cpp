#include "field/device/tariff.h"

#include <algorithm>

namespace meterway::field {
namespace {

using gbcs::dlms::Data;

struct Civil {
  int year = 0, month = 0, day = 0, weekday = 0, minute = 0;  ///< weekday: Monday 0
};

Civil civil(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday{std::chrono::sys_days(day)};
  return {static_cast<int>(date.year()), static_cast<int>(unsigned(date.month())),
          static_cast<int>(unsigned(date.day())), static_cast<int>(weekday.iso_encoding()) - 1,
          static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(time - day).count())};
}

/// Comparable number of a date-time whose year may be a wildcard (then `year` stands in).
std::int64_t order(int year, int month, int day, int minute) {
  return ((year * 13LL + month) * 32 + day) * 1440 + minute;
}

bool fits(const Bytes& date, const Civil& now) {
  if (date.size() != 5) return false;
  const int year = date[0] << 8 | date[1];
  return (year == 0xFFFF || year == now.year) && (date[2] == 0xFF || date[2] == now.month) &&
         (date[3] == 0xFF || date[3] == now.day) && (date[4] == 0xFF || date[4] == now.weekday + 1);
}

bool is_struct(const Data& data, std::size_t least) {
  return data.type == gbcs::dlms::Type::Structure && data.items.size() >= least;
}

}  // namespace

int Tariff::selector_at(UtcTime time) const {
  const Civil now = civil(time);
  int day_id = -1;
  for (const auto& special : special_days) {
    if (fits(special.date, now)) day_id = special.day;
  }
  if (day_id < 0 && !seasons.empty()) {
    // The season that began last. Those whose year is a wildcard come round every year; before the first of them in a
    // year, the last one of the year before is still on.
    const Season* current = nullptr;
    std::int64_t began = 0;
    const std::int64_t here = order(now.year, now.month, now.day, now.minute);
    for (const auto& season : seasons) {
      const Bytes& s = season.start;
      if (s.size() != 12) continue;
      const int fixed = s[0] << 8 | s[1];
      const auto in = [&](int year) {
        return order(year, s[2] == 0xFF ? 1 : s[2], s[3] == 0xFF ? 1 : s[3], s[5] == 0xFF ? 0 : s[5] * 60 + s[6]);
      };
      std::int64_t start = in(fixed == 0xFFFF ? now.year : fixed);
      if (start > here && fixed == 0xFFFF) start = in(now.year - 1);
      if (start <= here && (current == nullptr || start > began)) {
        current = &season;
        began = start;
      }
    }
    if (current == nullptr) current = &seasons.front();
    if (const auto week = weeks.find(current->week); week != weeks.end() && week->second.size() == 7) {
      day_id = week->second[static_cast<std::size_t>(now.weekday)];
    }
  }
  const auto day = days.find(day_id);
  if (day == days.end() || day->second.empty()) return 1;
  // Before the day's first switch the register that the day ends with still counts.
  int selector = day->second.back().selector;
  for (const auto& s : day->second) {
    if (s.minute <= now.minute) selector = s.selector;
  }
  return selector;
}

int Tariff::block_of(int rate, std::uint64_t consumed_wh) const {
  const auto it = thresholds_wh.find(rate);
  if (it == thresholds_wh.end()) return 0;
  const auto passed =
      std::count_if(it->second.begin(), it->second.end(), [&](std::uint64_t t) { return t <= consumed_wh; });
  return static_cast<int>(std::min<std::ptrdiff_t>(passed, 3));
}

std::int64_t Tariff::price(int selector, int block) const {
  const int index = selector > 100 ? (0xA + block) << 4 | (selector - 100) : selector;
  const auto it = prices.find(index);
  return it == prices.end() ? 0 : it->second;
}

std::size_t Tariff::secondary_register_at(UtcTime time) const {
  const int selector = selector_at(time);
  return selector >= 201 && selector <= 204 ? static_cast<std::size_t>(selector - 201) : 0;
}

std::int64_t Tariff::secondary_price(std::size_t register_index) const {
  return price(static_cast<int>(register_index) + 1, 0);
}

Tariff read_tariff(const TariffSource& source) {
  Tariff tariff;
  for (const auto& season : source.seasons.items) {
    if (is_struct(season, 3)) tariff.seasons.push_back({season.items[1].bytes, season.items[2].bytes});
  }
  for (const auto& week : source.weeks.items) {
    if (!is_struct(week, 8)) continue;
    std::vector<int> ids;
    for (std::size_t i = 1; i < 8; ++i) ids.push_back(static_cast<int>(week.items[i].number));
    tariff.weeks[week.items[0].bytes] = std::move(ids);
  }
  for (const auto& day : source.days.items) {
    if (!is_struct(day, 2)) continue;
    std::vector<Tariff::Switch> switches;
    for (const auto& s : day.items[1].items) {
      if (!is_struct(s, 3) || s.items[0].bytes.size() != 4) continue;
      switches.push_back({s.items[0].bytes[0] * 60 + s.items[0].bytes[1], static_cast<int>(s.items[2].number)});
    }
    std::stable_sort(switches.begin(), switches.end(),
                     [](const auto& a, const auto& b) { return a.minute < b.minute; });
    tariff.days[static_cast<int>(day.items[0].number)] = std::move(switches);
  }
  for (const auto& special : source.special_days.items) {
    if (is_struct(special, 3))
      tariff.special_days.push_back({special.items[1].bytes, static_cast<int>(special.items[2].number)});
  }
  for (std::size_t rate = 0; rate < source.thresholds.size(); ++rate) {
    auto& list = tariff.thresholds_wh[static_cast<int>(rate) + 1];
    for (const auto& t : source.thresholds[rate].items) {
      if (t.number != 0xFFFFFFFF) list.push_back(static_cast<std::uint64_t>(t.number));
    }
  }
  if (is_struct(source.prices, 3)) {
    for (const auto& entry : source.prices.items[2].items) {
      if (is_struct(entry, 2) && entry.items[0].bytes.size() == 1)
        tariff.prices[entry.items[0].bytes[0]] = entry.items[1].number;
    }
  }
  return tariff;
}

}  // namespace meterway::field
