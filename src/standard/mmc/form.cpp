#include "standard/mmc/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "base/util/clock.h"
#include "base/util/hex.h"
#include "base/xml/text.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/gbz.h"
#include "standard/ids/ids.h"
#include "standard/mmc/tables.h"

namespace meterway::mmc {
namespace {

using Text = std::optional<std::string>;

constexpr std::size_t kLongestName = 200;
constexpr std::int64_t kMostPlaces = 18;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

bool is_number(const Value& value) {
  return value.kind == Value::Kind::Number ||
         (value.kind == Value::Kind::Bytes && !value.bytes.empty() && value.bytes.size() <= 8);
}

/// Bytes are unsigned, eight of them as well.
std::string digits_of(const Value& value) {
  return value.kind == Value::Kind::Bytes ? std::to_string(static_cast<std::uint64_t>(value.number))
                                          : std::to_string(value.number);
}

/// digits * 10 ** -places, exactly and without trailing zeros behind the point.
Text moved_point(std::string digits, std::int64_t places) {
  if (places < -kMostPlaces || places > kMostPlaces) return {};
  const bool is_negative = digits[0] == '-';
  if (is_negative) digits.erase(0, 1);
  if (places < 0 && digits != "0") digits.append(static_cast<std::size_t>(-places), '0');
  if (places > 0) {
    const auto count = static_cast<std::size_t>(places);
    if (digits.size() <= count) digits.insert(0, count + 1 - digits.size(), '0');
    digits.insert(digits.size() - count, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return is_negative && digits != "0" ? "-" + digits : digits;
}

Text divided(const Value& value, const Value& divisor) {
  std::int64_t places = 0;
  auto rest = divisor.number;
  if (rest <= 0) return {};
  for (; rest % 10 == 0; rest /= 10) ++places;
  return rest == 1 ? moved_point(digits_of(value), places) : Text();
}

int days_in(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/// "2015-01-31" of year:2 month day; nothing when a part is wild or impossible.
Text cosem_day(ByteView bytes) {
  const int year = bytes[0] << 8 | bytes[1];
  const int month = bytes[2];
  if (year < 1 || year > 9999 || month < 1 || month > 12 || bytes[3] < 1 || bytes[3] > days_in(year, month)) return {};
  return fmt::format("{:04}-{:02}-{:02}", year, month, bytes[3]);
}

/// "09:30:00" of hour minute second; seconds may be wild.
Text cosem_clock(ByteView bytes) {
  const int second = bytes[2] == 0xFF ? 0 : bytes[2];
  if (bytes[0] > 23 || bytes[1] > 59 || second > 59) return {};
  return fmt::format("{:02}:{:02}:{:02}", bytes[0], bytes[1], second);
}

Text generalized_time(std::string_view text) {
  if (text.size() != 15 || text.back() != 'Z') return {};
  const auto read =
      from_iso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                               text.substr(8, 2), text.substr(10, 2), text.substr(12, 2)));
  return read ? Text(to_iso8601(*read, 0)) : Text();
}

Text time_text(const Value& value) {
  if (value.kind == Value::Kind::Number) {
    const auto seconds = static_cast<std::uint32_t>(value.number);
    if (value.number < 0 || value.number >= 0xFFFFFFFF) return {};
    return to_iso8601(gbcs::gbz::ZigbeeTime{seconds}.utc(), 0);
  }
  const ByteView bytes = value.bytes;
  if (bytes.size() == 12) {
    const auto day = cosem_day(bytes.first(4));
    const auto clock = cosem_clock(bytes.subspan(5, 3));
    return day && clock ? Text(*day + "T" + *clock + "Z") : Text();
  }
  return generalized_time({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Text clock_text(const Value& value) {
  if (value.kind == Value::Kind::Bytes && value.bytes.size() == 4) {
    const auto clock = cosem_clock(value.bytes);
    return clock ? Text(*clock + "Z") : Text();
  }
  if (value.kind != Value::Kind::Number || value.number < 0 || value.number >= 24 * 60) return {};
  return fmt::format("{:02}:{:02}:00Z", value.number / 60, value.number % 60);
}

/// Characters one by one: a device may put anything into a text.
std::string characters(ByteView bytes) {
  std::string out;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const auto size = byte < 0x80 ? std::size_t{1} : xml::wide_character(text);
    if (byte >= 0x20 && byte != 0x7F && size > 0) out.append(text.substr(0, size));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

Text hex_text(std::string_view digits, const Value& value) {
  if (digits.empty()) return value.kind == Value::Kind::Bytes ? Text(upper(to_hex(value.bytes))) : Text();
  int count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (!is_number(value)) return {};
  auto text = fmt::format("{:0{}X}", static_cast<std::uint64_t>(value.number), count);
  return text.size() == static_cast<std::size_t>(count) ? Text(std::move(text)) : Text();
}

/// A device writes {"outputState": 100, ..} or {"outputState":"100", ..}.
Text member_text(std::string_view name, ByteView bytes) {
  const auto json = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!json.is_object()) return {};
  const auto found = json.find(std::string(name));
  if (found == json.end()) return {};
  unsigned level = 101;
  if (found->is_number_unsigned()) level = found->get<std::uint64_t>() <= 100 ? found->get<unsigned>() : 101;
  if (found->is_string()) {
    const auto& digits = found->get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), level);
    if (error != std::errc() || end != digits.data() + digits.size()) return {};
  }
  return level <= 100 ? Text(std::to_string(level)) : Text();
}

Text within(std::string_view range, std::int64_t number) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  const auto dash = std::min(range.find('-'), range.size());
  std::from_chars(range.data(), range.data() + dash, low);
  std::from_chars(range.data() + dash + 1, range.data() + range.size(), high);
  return number >= low && number <= high ? Text(std::to_string(number - low + 1)) : Text();
}

Text number_text(std::string_view form, std::string_view argument, const Value& value, const Value* with) {
  if (!is_number(value)) return {};
  if (form == "integer") return digits_of(value);
  if (form == "boolean") return value.number != 0 ? "true" : "false";
  if (form == "word") {
    const auto word = word_of(argument, value.number);
    return word.empty() ? Text() : Text(word);
  }
  if (form == "decimal") {
    int places = 0;
    std::from_chars(argument.data(), argument.data() + argument.size(), places);
    return moved_point(digits_of(value), places);
  }
  if (form == "plus") {
    std::int64_t more = 0;
    std::from_chars(argument.data(), argument.data() + argument.size(), more);
    return value.number >= 0 && value.number <= 0xFFFFFFFF ? Text(std::to_string(value.number + more)) : Text();
  }
  if (form == "within") return within(argument, value.number);
  if (form == "signed32") return std::to_string(static_cast<std::int32_t>(value.number));
  if (form == "trailing_scale") return std::to_string(-(value.number >> 4 & 0xF));
  if (form == "alert") {
    const auto name = gbcs::alert_name(static_cast<std::uint16_t>(value.number));
    return name.empty() ? Text() : Text(name.substr(0, kLongestName));
  }
  if (form == "scaled") {
    const auto scaler = with == nullptr ? 0 : with->number;
    return scaler >= -kMostPlaces && scaler <= kMostPlaces ? moved_point(digits_of(value), -scaler) : Text();
  }
  if (form == "trailing") return moved_point(digits_of(value), with == nullptr ? 0 : with->number >> 4 & 0xF);
  if (form == "divided") return with == nullptr ? Text(digits_of(value)) : divided(value, *with);
  return {};
}

}  // namespace

std::optional<std::string> text_of(std::string_view form, const Value& value, const Value* with) {
  const auto colon = std::min(form.find(':'), form.size());
  const auto name = form.substr(0, colon);
  const auto argument = form.substr(std::min(colon + 1, form.size()));
  if (name == "const") return std::string(argument);
  if (name == "empty") return std::string();
  if (name == "time") return time_text(value);
  if (name == "clock") return clock_text(value);
  if (name == "member") return member_text(argument, value.bytes);
  if (name == "hex") return hex_text(argument, value);
  if (name == "base64" || name == "text" || name == "eui" || name == "day") {
    if (value.bytes.empty()) return {};
    if (name == "base64") return to_base64(value.bytes);
    if (name == "text") return characters(value.bytes);
    if (name == "eui")
      return value.bytes.size() == 8 ? Text(Eui64::from_wire_or_zero(value.bytes).dashed_upper()) : Text();
    return value.bytes.size() >= 4 ? cosem_day(ByteView(value.bytes).first(4)) : Text();
  }
  return number_text(name, argument, value, with);
}

}  // namespace meterway::mmc
