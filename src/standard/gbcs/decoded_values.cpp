#include <algorithm>

#include "base/util/clock.h"
#include "base/util/hex.h"
#include "base/util/utf8.h"
#include "base/wire/reader.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/decoded_parts.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {
namespace {

using names::ValueKind;

bool has_bits(const Field& field) {
  return field.kind == ValueKind::Flags || field.kind == ValueKind::Events || field.kind == ValueKind::EventSettings;
}

bool bit(ByteView bytes, std::size_t position) { return (bytes[position / 8] >> (7 - position % 8) & 1) != 0; }

/// Calls `use(position)` for every set bit of a DLMS bit string; the first bit is the most significant one.
template <class Use>
void each_bit(const Field& field, std::size_t first, std::size_t count, Use use) {
  for (std::size_t i = 0; i < count && (first + i) / 8 < field.bytes.size(); ++i) {
    if (bit(field.bytes, first + i)) use(i);
  }
}

void join(std::string& text, std::string_view word) {
  if (!text.empty()) text += ", ";
  text += word;
}

std::string two(std::uint8_t number, std::uint8_t wild = 0xFF) {
  if (number == wild) return "*";
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// 5 bytes: year, month, day of month, day of week. Wildcards are "*"; the last days of a month have words.
std::string date_text(ByteView bytes) {
  const int year = bytes[0] << 8 | bytes[1];
  std::string text = year == 0xFFFF ? "*" : std::to_string(year);
  text += "-" + (bytes[2] == 0xFE   ? "daylight saving begins"
                 : bytes[2] == 0xFD ? "daylight saving ends"
                                    : two(bytes[2]));
  text += "-" + (bytes[3] == 0xFE ? "last" : bytes[3] == 0xFD ? "second last" : two(bytes[3]));
  static constexpr std::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                               "Friday", "Saturday", "Sunday"};
  if (bytes[4] >= 1 && bytes[4] <= 7) text += " " + std::string(kDays[bytes[4] - 1]);
  return text;
}

std::string time_text(ByteView bytes) { return two(bytes[0]) + ":" + two(bytes[1]) + ":" + two(bytes[2]); }

/// 12 bytes in UTC: an instant, "now" (zeros), "never" (FF), or with wildcards.
std::string date_time_text(ByteView bytes) {
  const auto start = bytes.first(9);
  if (std::all_of(start.begin(), start.end(), [](auto byte) { return byte == 0x00; })) return "now";
  if (std::all_of(start.begin(), start.end(), [](auto byte) { return byte == 0xFF; })) return "never";
  return date_text(bytes.first(5)) + "T" + time_text(bytes.subspan(5)) + "Z";
}

std::string seconds_text(std::int64_t seconds) {
  if (seconds == 0) return "now";
  if (seconds == 0xFFFFFFFF) return "never";
  return to_iso8601(gbz::ZigbeeTime{static_cast<std::uint32_t>(seconds)}.utc(), 0);
}

/// ZCL date: year - 1900, month, day of month, day of week.
std::string zcl_date_text(ByteView bytes) {
  const int year = bytes[0] == 0xFF ? 0xFFFF : 1900 + bytes[0];
  const std::uint8_t date[] = {static_cast<std::uint8_t>(year >> 8), static_cast<std::uint8_t>(year), bytes[1],
                               bytes[2], bytes[3]};
  return date_text(date);
}

/// A page of radio channels in the upper five bits, then bit n for the n-th channel of the page.
std::string channels_text(ByteView bytes) {
  std::uint32_t map = 0;
  for (const auto byte : bytes) map = map << 8 | byte;
  const auto page = map >> 27;
  static constexpr unsigned kFirst[] = {0, 27, 35, 0};
  if (bytes.size() != 4 || page < 28) return to_hex(bytes);
  std::string text;
  for (unsigned n = 0; n < 27; ++n) {
    if ((map >> n & 1) != 0) text += " " + std::to_string(kFirst[page - 28] + n);
  }
  return (page == 31 ? "upper band channels" : "lower band channels") + (text.empty() ? " none" : text);
}

std::uint16_t event_of(const Field& field, std::size_t position) {
  const std::uint16_t high = field.unit == Unit::Events80 ? 0x80 : 0x81;
  return static_cast<std::uint16_t>(high << 8 | ((0xFF - position) & 0xFF));
}

std::string events_text(const Field& field) {
  std::string text;
  const bool settings = field.kind == ValueKind::EventSettings;
  each_bit(field, 0, 256, [&](std::size_t i) {
    const auto code = event_of(field, i);
    const std::uint8_t octets[] = {static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
    const bool on = !settings || (field.bytes.size() == 64 && bit(field.bytes, 256 + i));
    join(text, to_hex(octets) + (!settings ? "" : on ? " on" : " off"));
  });
  return text.empty() ? "none" : text;
}

/// UTCTime (13 characters) and GeneralizedTime (15) of DER.
std::string der_time_text(ByteView bytes) {
  std::string text(bytes.begin(), bytes.end());
  if (text.size() == 13) text.insert(0, text[0] < '5' ? "20" : "19");
  if (text == "99991231235959Z") return "never";
  return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" + text.substr(8, 2) + ":" +
         text.substr(10, 2) + ":" + text.substr(12);
}

/// Digits and the Z of UTC: what is none of these is no time, whatever its length.
bool is_der_time(ByteView bytes) {
  return (bytes.size() == 13 || bytes.size() == 15) && bytes.back() == 'Z' &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; });
}

/// A device may send any octets where a text belongs; a document is UTF-8 on one line.
bool is_text(ByteView bytes) { return is_one_line({reinterpret_cast<const char*>(bytes.data()), bytes.size()}); }

std::string bytes_text(const Field& field) {
  const auto& bytes = field.bytes;
  const auto size = bytes.size();
  if (field.kind == ValueKind::DateTime && size == 12) return date_time_text(bytes);
  if (field.kind == ValueKind::DateTime && is_der_time(bytes)) return der_time_text(bytes);
  if (field.kind == ValueKind::Date && size == 5) return date_text(bytes);
  if (field.kind == ValueKind::Date && size == 4) return zcl_date_text(bytes);
  if (field.kind == ValueKind::Time && size == 4) return time_text(bytes);
  if (field.kind == ValueKind::Channels) return channels_text(bytes);
  if (field.kind == ValueKind::Text && is_text(bytes)) return {bytes.begin(), bytes.end()};
  if (field.kind == ValueKind::Instance && size == 6) {
    dlms::Obis instance{};
    std::copy(bytes.begin(), bytes.end(), instance.begin());
    return dlms::to_string(instance);
  }
  if (field.kind == ValueKind::Eui && size == 8) return Eui64::from_wire(bytes.first<8>()).dashed_upper();
  return to_hex(bytes);
}

std::string flags_text(const Field& field) {
  std::string text;
  each_bit(field, 0, static_cast<std::size_t>(field.number), [&](std::size_t i) {
    const auto word = names::find_word(field.words, static_cast<std::int64_t>(i));
    join(text, word.empty() ? "bit " + std::to_string(i) : std::string(word));
  });
  return text.empty() ? "none" : text;
}

std::string bitmap_text(const Field& field) {
  std::int64_t unnamed = 0;
  auto text = names::find_bit_words(field.words, field.number, unnamed);
  if (text.empty()) text = "none";
  return unnamed == 0 ? text : text + ", and " + std::to_string(unnamed);
}

std::string worded(const Field& field) {
  auto text = names::find_counted_word(field.words, field.number);
  return text.empty() ? std::string(field.word) : text;
}

bool is_number(ValueKind kind) {
  return kind == ValueKind::Number || kind == ValueKind::Boolean || kind == ValueKind::Event ||
         kind == ValueKind::MessageCode || kind == ValueKind::Byte || kind == ValueKind::Named ||
         kind == ValueKind::Scaler || kind == ValueKind::CosemUnit || kind == ValueKind::PriceScale;
}

}  // namespace

std::string value_text(const Field& field) {
  if (field.group) return {};
  if (field.kind == ValueKind::Events || field.kind == ValueKind::EventSettings) return events_text(field);
  if (field.kind == ValueKind::Flags) return flags_text(field);
  if (field.kind == ValueKind::Bitmap) return bitmap_text(field);
  if (field.kind == ValueKind::Seconds) return seconds_text(field.number);
  if (!field.word.empty() && field.kind != ValueKind::Event && field.kind != ValueKind::MessageCode)
    return worded(field);
  if (field.kind == ValueKind::Event || field.kind == ValueKind::MessageCode) {
    const std::uint8_t octets[] = {static_cast<std::uint8_t>(field.number >> 8),
                                   static_cast<std::uint8_t>(field.number)};
    return to_hex(octets) + (field.word.empty() ? "" : " " + std::string(field.word));
  }
  if (!is_number(field.kind)) return bytes_text(field);
  if (field.kind == ValueKind::Byte && field.bytes.size() != 1) return to_hex(field.bytes);
  auto text = decimal(field.number, field.exponent);
  if (const auto unit = unit_text(field.unit); !unit.empty()) text += " " + std::string(unit);
  return text;
}

bool is_known(const Field& field) {
  if (field.name.empty()) return false;
  if (field.group) return true;
  if (field.kind == ValueKind::Event || field.kind == ValueKind::MessageCode || field.kind == ValueKind::CosemUnit ||
      field.kind == ValueKind::Named)
    return !field.word.empty();
  if (field.words == names::kNone) return true;
  if (field.kind == ValueKind::Bitmap) {
    std::int64_t unnamed = 0;
    names::find_bit_words(field.words, field.number, unnamed);
    return unnamed == 0;
  }
  if (!has_bits(field)) return !field.word.empty();
  bool known = true;
  each_bit(field, 0, static_cast<std::size_t>(field.number), [&](std::size_t i) {
    known = known && !names::find_word(field.words, static_cast<std::int64_t>(i)).empty();
  });
  return known;
}

namespace decoding {

void finish(Field& field) {
  static const auto kUnits = names::find_word_list("cosem_unit");
  field.exponent = static_cast<std::int8_t>(unit_exponent(field.unit));
  const auto code = static_cast<std::uint16_t>(field.number);
  if (field.kind == ValueKind::Event) {
    field.word = alert_name(code);
    if (field.word.empty()) field.word = names::find_word(field.words, field.number);
  } else if (field.kind == ValueKind::MessageCode) {
    const auto* row = find_use_case(MessageCode{code});
    if (row != nullptr) field.word = row->name;
  } else if (field.kind == ValueKind::CosemUnit) {
    field.word = names::find_word(kUnits, field.number);
  } else if (field.words != names::kNone && !has_bits(field) && field.kind != ValueKind::Bitmap) {
    field.word = names::find_word(field.words, field.number);
  } else if (field.kind == ValueKind::Boolean) {
    field.word = field.number != 0 ? "true" : "false";
  }
}

namespace {

struct RunType {
  std::string_view name;
  std::size_t size;
  ValueKind kind;
};
constexpr RunType kRunTypes[] = {
    {"u8", 1, ValueKind::Number},         {"u16", 2, ValueKind::Number},    {"u32", 4, ValueKind::Number},
    {"u64", 8, ValueKind::Number},        {"eui", 8, ValueKind::Eui},       {"message_code", 2, ValueKind::MessageCode},
    {"channels", 4, ValueKind::Channels}, {"obis", 6, ValueKind::Instance}, {"hex1", 1, ValueKind::Octets},
    {"hex2", 2, ValueKind::Octets},       {"hex32", 32, ValueKind::Octets},
};

}  // namespace

void add_run(std::vector<Field>& fields, std::string_view layout) {
  const auto whole = fields.size() - 1;
  const auto depth = static_cast<std::uint8_t>(fields[whole].depth + 1);
  wire::Reader in(fields[whole].bytes);
  for (std::size_t at = 0; at < layout.size();) {
    const auto end = std::min(layout.find(' ', at), layout.size());
    const auto token = layout.substr(at, end - at);
    const auto colon = token.find(':');
    const auto equals = std::min(token.find('='), token.size());
    const auto type = token.substr(colon + 1, equals - colon - 1);
    const auto* row =
        std::find_if(std::begin(kRunTypes), std::end(kRunTypes), [&](const auto& each) { return each.name == type; });
    if (row == std::end(kRunTypes)) break;
    Field field;
    field.name = token.substr(0, colon);
    field.position = static_cast<std::uint32_t>(fields.size() - whole - 1);
    field.depth = depth;
    field.part = true;
    field.kind = row->kind;
    field.bytes = in.take(row->size, "alert field");
    if (equals < token.size()) field.words = names::find_word_list(token.substr(equals + 1));
    if (row->size <= 8) {
      for (const auto byte : field.bytes)
        field.number = static_cast<std::int64_t>(static_cast<std::uint64_t>(field.number) << 8 | byte);
    }
    finish(field);
    fields.push_back(field);
    at = end + 1;
  }
  // Octets of another length are none of that layout.
  if (!in.finish()) fields.resize(whole + 1);
  fields[whole].extent = static_cast<std::uint32_t>(fields.size() - whole);
}

}  // namespace decoding
}  // namespace meterway::gbcs
