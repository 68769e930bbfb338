#include "base/util/hex.h"
#include "flow/transform/dlms_time.h"
#include "flow/transform/expression.h"

// The octets of an expression: texts, identifiers, dates, and the bit maps of calendars and radio channels.
namespace meterway::flow::transform {
namespace {

constexpr std::string_view kWeekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/// Sets bit `position` of a DLMS bit string: the first is the most significant bit of the first byte.
void set_bit(Bytes& bits, std::size_t position) {
  bits[position / 8] |= static_cast<std::uint8_t>(0x80 >> position % 8);
}

/// The number at the end of a name: 28 of "Channel28"; -1 without one.
int trailing_number(std::string_view name) {
  int value = 0;
  const auto start = name.find_last_not_of("0123456789") + 1;
  if (start >= name.size() || name.size() - start > 4) return -1;
  for (const char c : name.substr(start)) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

Bytes Expression::octets() {
  auto bytes = piece();
  while (!error_ && take('+')) append(bytes, piece());
  return bytes;
}

Bytes Expression::piece() {
  const auto name = word();
  if (name.starts_with('#')) return checked(from_hex(name.substr(1)), name);
  const auto bytes_of = [](const auto& wire) { return Bytes(wire.begin(), wire.end()); };
  if (name == "byte") {
    expect('(');
    const auto value = sum();
    expect(')');
    if (value < 0 || value > 0xFF) refuse(ErrorCode::BadRequest, "byte");
    return {static_cast<std::uint8_t>(value)};
  }
  if (name == "text" || name == "hex" || name == "eui") {
    const auto where = path();
    const auto text = text_of(where);
    if (name == "text" || !live_) return bytes_of(text);
    if (name == "hex") return checked(from_hex(text), where);
    return bytes_of(checked(Eui64::parse(text), where).wire());
  }
  if (name == "if") return either();
  if (name == "marked") return marked();
  if (name == "weekdays") return weekdays();
  if (name == "channels") return channels();
  if (name == "later" || name == "datetime" || name == "date" || name == "xsdate" || name == "time")
    return date_piece(name);
  expect('(');
  expect(')');
  if (name == "execution") return checked(dlms_activation(input_.body.child("ExecutionDateTime")), "ExecutionDateTime");
  if (name == "now") return dlms_date_time(input_.now);
  if (name == "cin") return bytes_of(input_.cin);
  if (name == "target") return bytes_of(input_.target.wire());
  if (name == "party") return bytes_of(input_.user.wire());
  if (name == "transaction") return wire::Writer().u8(0x04).u64(input_.counter.value).take();
  refuse(ErrorCode::Unsupported, name);
  return {};
}

/// "(path, o, o)"
Bytes Expression::either() {
  expect('(');
  const bool outer_live = live_;
  const auto where = word();
  const bool found = live_ && find(where) != nullptr;
  expect(',');
  live_ = outer_live && found;
  auto yes = octets();
  expect(',');
  live_ = outer_live && !found;
  auto no = octets();
  live_ = outer_live;
  expect(')');
  return found ? yes : no;
}

Bytes Expression::date_piece(std::string_view name) {
  expect('(');
  const auto where = word();
  const auto text = text_of(where);
  const auto* element = live_ ? find(where) : nullptr;
  std::int64_t seconds = 0;
  if (name == "later") {
    expect(',');
    seconds = value_of(word());
  }
  expect(')');
  if (element == nullptr) return {};
  if (name == "date") return checked(dlms_date(*element), where);
  if (name == "xsdate") return checked(dlms_date(text), where);
  if (name == "time") return checked(dlms_time(text), where);
  return dlms_date_time(checked(from_iso8601(text), where) + std::chrono::seconds(seconds));
}

// ---- bit maps ---------------------------------------------------------------------------------------------------

/// "(path, count)" of bits: those that the elements name by their index, their identifier or their text, from 1.
Bytes Expression::marked() {
  expect('(');
  const auto where = word();
  expect(',');
  const auto count = sum();
  expect(')');
  Bytes bits(static_cast<std::size_t>((count + 7) / 8));
  if (!live_) return bits;
  for (const auto* element : select_all(where)) {
    auto text = element->attribute("index");
    if (text.empty()) text = element->attribute("identifier");
    if (text.empty()) text = element->text;
    const int number = trailing_number(text);
    if (number < 1 || number > count) {
      refuse(ErrorCode::BadRequest, where);
      return {};
    }
    set_bit(bits, static_cast<std::size_t>(number - 1));
  }
  return bits;
}

/// "(path)" of the names of weekdays: one byte, Monday first.
Bytes Expression::weekdays() {
  const auto where = path();
  Bytes bits(1);
  if (!live_) return bits;
  for (const auto* element : select_all(where)) {
    for (std::size_t day = 0; day < std::size(kWeekdays); ++day) {
      if (element->text == kWeekdays[day]) set_bit(bits, day);
    }
  }
  return bits;
}

/// "(path, page, first)": a channel page of IEEE 802.15.4 in the upper five bits; below, bit n for channel `first` + n.
Bytes Expression::channels() {
  expect('(');
  const auto where = word();
  expect(',');
  const auto page = sum();
  expect(',');
  const auto first = sum();
  expect(')');
  auto map = static_cast<std::uint32_t>(page) << 27;
  const auto* element = live_ ? find(where) : nullptr;
  if (element != nullptr) {
    for (const auto& channel : element->children) {
      const auto bit = trailing_number(channel.name) - first;
      if (bit < 0 || bit > 26) {
        refuse(ErrorCode::BadRequest, where);
        return {};
      }
      map |= std::uint32_t{1} << bit;
    }
  }
  return wire::Writer().u32(map).take();
}

}  // namespace meterway::flow::transform
