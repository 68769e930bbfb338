#include "records/schedule/timing.h"

#include <algorithm>

#include "records/registry/names.h"

namespace meterway::schedule {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month_day;

constexpr std::string_view kNames[] = {"Daily", "Weekly", "Monthly", "Quarterly", "Half-Yearly", "Yearly"};
/// Of a step; the other of the two is 0.
struct Step {
  int days, months;
};
constexpr Step kSteps[] = {{1, 0}, {7, 0}, {0, 1}, {0, 3}, {0, 6}, {0, 12}};

Date add(Date start, Step step, std::int64_t times) {
  if (step.days != 0) return start + days(step.days * times);
  const year_month_day first{start};
  const auto month = first.year() / first.month() + months(static_cast<int>(step.months * times));
  const auto last = month / std::chrono::last;
  return Date(month / std::min(first.day(), std::chrono::year_month_day_last(last).day()));
}

/// How many steps lie at most between the two: a number from which the search begins.
std::int64_t steps_before(Date start, Step step, Date day) {
  if (day <= start) return 0;
  if (step.days != 0) return (day - start).count() / step.days;
  const year_month_day a{start}, b{day};
  const auto between = (int(b.year()) - int(a.year())) * 12 + int(unsigned(b.month())) - int(unsigned(a.month()));
  return std::max(0, between / step.months - 1);
}

}  // namespace

Result<Frequency> parse_frequency(std::string_view text) {
  return registry::parse_name<Frequency>(text, kNames, "ScheduleFrequency");
}
std::string_view to_string(Frequency value) { return kNames[static_cast<std::size_t>(value)]; }

Result<std::chrono::milliseconds> time_of_day(std::string_view xs_time) {
  // An offset may lead to the day before or after, so the date reader takes it on a day that has both.
  METERWAY_TRY(const auto moment, from_iso8601("2000-01-02T" + std::string(xs_time)));
  const Date day = std::chrono::year{2000} / 1 / 2;
  return std::chrono::floor<std::chrono::milliseconds>(moment - UtcTime(day));
}

std::optional<UtcTime> Timing::first_from(UtcTime at) const {
  const auto step = kSteps[static_cast<std::size_t>(frequency)];
  for (auto times = steps_before(start, step, calendar::date_of(at - time));; ++times) {
    const auto day = add(start, step, times);
    if (end && day > *end) return std::nullopt;
    if (const auto moment = UtcTime(day) + time; moment >= at) return moment;
  }
}

}  // namespace meterway::schedule
