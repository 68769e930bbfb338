#include "field/device/times.h"

#include <algorithm>
#include <string>

namespace meterway::field {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Result<UtcTime> make_time(int year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return fail(ErrorCode::BadDateTime, 0, "date-time");
  return UtcTime(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::array<std::uint8_t, 12> dlms_date_time(UtcTime time, std::uint8_t status) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
  const int year = static_cast<int>(date.year());
  const auto byte = [](auto value) { return static_cast<std::uint8_t>(value); };
  return {byte(year >> 8),
          byte(year),
          byte(unsigned(date.month())),
          byte(unsigned(date.day())),
          0xFF,
          byte(clock.hours().count()),
          byte(clock.minutes().count()),
          byte(clock.seconds().count()),
          0x00,
          0x80,
          0x00,
          status};
}

Result<Activation> read_activation(ByteView b) {
  if (b.size() != 12) return fail(ErrorCode::BadLength, 0, "date-time");
  const ByteView date = b.first(9);
  const auto all = [&](std::uint8_t value) {
    return std::all_of(date.begin(), date.end(), [&](auto x) { return x == value; });
  };
  if (all(0x00)) return Activation{Activation::Kind::Now, {}};
  if (all(0xFF)) return Activation{Activation::Kind::Never, {}};
  METERWAY_TRY(const auto at, make_time(b[0] << 8 | b[1], b[2], b[3], b[5], b[6], b[7]));
  return Activation{Activation::Kind::At, at};
}

gbcs::asn1::Node generalized_time(UtcTime time) {
  const std::string iso = to_iso8601(time, 0);  // 2026-11-22T09:30:00Z
  std::string text;
  for (const char c : iso) {
    if ((c >= '0' && c <= '9') || c == 'Z') text += c;
  }
  return gbcs::asn1::Node::of(0x18, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<UtcTime> read_generalized_time(const gbcs::asn1::Node& node) {
  const Bytes& v = node.value;
  if (node.tag != 0x18 || v.size() != 15 || v[14] != 'Z') return fail(ErrorCode::BadDateTime, 0, "generalized time");
  for (std::size_t i = 0; i < 14; ++i) {
    if (v[i] < '0' || v[i] > '9') return fail(ErrorCode::BadDateTime, i, "generalized time");
  }
  const auto two = [&](std::size_t i) { return static_cast<unsigned>((v[i] - '0') * 10 + v[i + 1] - '0'); };
  return make_time(static_cast<int>(two(0) * 100 + two(2)), two(4), two(6), two(8), two(10), two(12));
}

bool is_never(const gbcs::asn1::Node& time) {
  static constexpr std::string_view kNever = "99991231235959Z";
  return std::equal(time.value.begin(), time.value.end(), kNever.begin(), kNever.end());
}

}  // namespace meterway::field
