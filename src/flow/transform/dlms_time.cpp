#include "flow/transform/dlms_time.h"

#include <algorithm>
#include <charconv>

#include "base/wire/writer.h"
#include "flow/transform/gbz_values.h"
#include "flow/transform/integers.h"

namespace meterway::flow::transform {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr UtcTime kEpoch2000 = sys_days{std::chrono::year{2000} / 1 / 1};
constexpr UtcTime kNever = sys_days{std::chrono::year{3000} / 12 / 31};

/// The number at the front of `text`, which it leaves; -1 when there is none.
int take_number(std::string_view& text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

/// Minutes east of Greenwich of a zone suffix: "Z", "", "+01:00".
int zone_minutes(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = take_number(text);
  take(text, ':');
  return sign * (hours * 60 + take_number(text));
}

}  // namespace

Bytes dlms_date_time(UtcTime time) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  wire::Writer out;
  out.u16(static_cast<std::uint64_t>(static_cast<int>(date.year())));
  out.u8(static_cast<unsigned>(date.month())).u8(static_cast<unsigned>(date.day())).u8(0xFF);
  out.u8(static_cast<std::uint64_t>(clock.hours().count())).u8(static_cast<std::uint64_t>(clock.minutes().count()));
  out.u8(static_cast<std::uint64_t>(clock.seconds().count())).bytes({0x00, 0x80, 0x00, 0xFF});
  return out.take();
}

bool is_never(UtcTime time) { return time == kNever; }

Result<Bytes> dlms_activation(const duis::Element* execution_date_time) {
  if (execution_date_time == nullptr) return wire::Writer().number(0, 9).bytes({0x80, 0x00, 0xFF}).take();
  METERWAY_TRY(const auto time, from_iso8601(execution_date_time->text));
  if (is_never(time)) return (wire::Writer().u8(0xFF).number(~0ull, 8).bytes({0x80, 0x00, 0xFF})).take();
  return dlms_date_time(time);
}

Result<Bytes> dlms_date(const duis::Element& date) {
  const auto number = [&](std::string_view path, int otherwise) {
    return static_cast<std::uint64_t>(read_integer(date.text_at(path)).value_or(otherwise));
  };
  const bool last = date.find("DayOfMonth/LastDayOfMonth") != nullptr;
  const bool second_last = date.find("DayOfMonth/SecondLastDayOfMonth") != nullptr;
  wire::Writer out;
  out.u16(number("Year/SpecifiedYear", 0xFFFF)).u8(number("Month/SpecifiedMonth", 0xFF));
  out.u8(number("DayOfMonth/SpecifiedDayOfMonth", last ? 0xFE : second_last ? 0xFD : 0xFF));
  out.u8(number("DayOfWeek/SpecifiedDayOfWeek", 0xFF));
  return out.take();
}

Result<Bytes> dlms_date(std::string_view text) {
  const int year = take_number(text);
  const bool first = take(text, '-');
  const int month = take_number(text);
  const bool second = take(text, '-');
  const int day = take_number(text);
  if (!first || !second || year < 0 || year > 0xFFFF || month < 1 || month > 12 || day < 1 || day > 31) {
    return fail(ErrorCode::BadDateTime, 0, "date");
  }
  wire::Writer out;
  out.u16(static_cast<std::uint64_t>(year)).u8(static_cast<std::uint64_t>(month));
  return out.u8(static_cast<std::uint64_t>(day)).u8(0xFF).take();
}

Result<Bytes> dlms_time(std::string_view text) {
  const int hour = take_number(text);
  const bool first = take(text, ':');
  const int minute = take_number(text);
  const bool second = take(text, ':');
  const int whole_seconds = take_number(text);
  if (!first || !second || hour < 0 || hour > 24 || minute < 0 || minute > 59 || whole_seconds < 0 ||
      whole_seconds > 59) {
    return fail(ErrorCode::BadDateTime, 0, "time");
  }
  int hundredths = 0;
  if (take(text, '.')) {
    int digits = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++digits) {
      if (digits < 2) hundredths = hundredths * 10 + (text[0] - '0');
    }
    if (digits == 1) hundredths *= 10;
  }
  constexpr int kDay = 24 * 60;
  const int minutes = ((hour * 60 + minute - zone_minutes(text)) % kDay + kDay) % kDay;
  wire::Writer out;
  out.u8(static_cast<std::uint64_t>(minutes / 60)).u8(static_cast<std::uint64_t>(minutes % 60));
  return out.u8(static_cast<std::uint64_t>(whole_seconds)).u8(static_cast<std::uint64_t>(hundredths)).take();
}

Result<std::uint32_t> seconds_since_2000(UtcTime time) {
  const auto count = floor<seconds>(time - kEpoch2000).count();
  if (count < 0) return fail(ErrorCode::OutOfRange, 0, "date-time");
  return static_cast<std::uint32_t>(std::min<std::int64_t>(count, kZclLast));
}

}  // namespace meterway::flow::transform
