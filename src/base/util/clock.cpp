#include "base/util/clock.h"

namespace meterway {
namespace {

/// Reads exactly `count` digits at `at` and moves it on; -1 when they are not there.
int digits(std::string_view text, std::size_t& at, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool skip(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

}  // namespace

UtcTime SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string to_iso8601(UtcTime time, int fraction_digits) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string result;
  result.reserve(32);
  const auto put = [&](std::int64_t value, int width) {
    const auto text = std::to_string(value);
    if (static_cast<int>(text.size()) < width) result.append(static_cast<std::size_t>(width) - text.size(), '0');
    result += text;
  };
  const auto part = [&](char before, std::int64_t value) {
    result += before;
    put(value, 2);
  };
  put(static_cast<int>(date.year()), 4);
  part('-', static_cast<unsigned>(date.month()));
  part('-', static_cast<unsigned>(date.day()));
  part('T', clock.hours().count());
  part(':', clock.minutes().count());
  part(':', clock.seconds().count());
  if (fraction_digits > 0) {
    result += '.';
    put(clock.subseconds().count(), 6);
    result.resize(result.size() - 6 + static_cast<std::size_t>(std::min(fraction_digits, 6)));
  }
  return result + "Z";
}

Result<UtcTime> from_iso8601(std::string_view text) {
  using namespace std::chrono;
  std::size_t at = 0;
  const auto bad = [&] { return fail(ErrorCode::BadDateTime, at, "date-time"); };
  const int y = digits(text, at, 4);
  if (y < 0 || !skip(text, at, '-')) return bad();
  const int mo = digits(text, at, 2);
  if (mo < 0 || !skip(text, at, '-')) return bad();
  const int d = digits(text, at, 2);
  if (d < 0 || !skip(text, at, 'T')) return bad();
  const int h = digits(text, at, 2);
  if (h < 0 || !skip(text, at, ':')) return bad();
  const int mi = digits(text, at, 2);
  if (mi < 0 || !skip(text, at, ':')) return bad();
  const int s = digits(text, at, 2);
  if (s < 0) return bad();
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  const bool end_of_day = h == 24 && mi == 0 && s == 0;  // xs:dateTime writes midnight that way too
  if (!date.ok() || (h > 23 && !end_of_day) || mi > 59 || s > 59) return bad();
  microseconds fraction{0};
  if (skip(text, at, '.')) {
    const std::size_t start = at;
    std::int64_t unit = 100000;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      fraction += microseconds(unit * (text[at] - '0'));
    if (at == start) return bad();
    if (end_of_day && fraction.count() != 0) return bad();
  }
  minutes offset{0};
  if (at < text.size() && !skip(text, at, 'Z')) {
    const int sign = text[at] == '-' ? -1 : text[at] == '+' ? 1 : 0;
    if (sign == 0) return bad();
    ++at;
    const int oh = digits(text, at, 2);
    if (oh < 0 || !skip(text, at, ':')) return bad();
    const int om = digits(text, at, 2);
    if (om < 0 || om > 59 || oh > 14 || (oh == 14 && om != 0)) return bad();
    offset = sign * (hours(oh) + minutes(om));
  }
  if (at != text.size()) return bad();
  return UtcTime(sys_days(date) + hours(h) + minutes(mi) + seconds(s) + fraction - offset);
}

}  // namespace meterway
