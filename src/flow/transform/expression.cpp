#include "flow/transform/expression.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "flow/transform/dlms_prices.h"
#include "flow/transform/dlms_rows.h"
#include "flow/transform/dlms_structures.h"
#include "flow/transform/dlms_time.h"

namespace meterway::flow::transform {
namespace {

constexpr int kMaxDepth = 24;

/// What is too much structure for an expression.
struct Builder {
  std::string_view name;
  Result<Bytes> (*build)(const duis::Element& at, const PayloadInput& input);
};
template <Result<Bytes> (*build)(const duis::Element&)>
Result<Bytes> of_the_body_alone(const duis::Element& at, const PayloadInput&) {
  return build(at);
}
constexpr Builder kBuilders[] = {{"prices", of_the_body_alone<primary_prices>},
                                 {"secondary_prices", of_the_body_alone<secondary_prices>},
                                 {"billing_dates", of_the_body_alone<billing_dates>},
                                 {"event_behaviours", event_behaviours},
                                 {"device_log", device_log}};

bool in_word(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/' ||
         c == '.' || c == '@' || c == '#' || c == '-';
}

/// xs:boolean, xs:integer forms; false when the text is no number.
bool parse_integer(std::string_view text, std::int64_t& value) {
  if (text == "true" || text == "false") {
    value = text == "true";
    return true;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

const char* permanent(std::string_view text) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> texts;
  const std::lock_guard lock(mutex);
  auto it = texts.find(text);
  if (it == texts.end()) it = texts.emplace(text).first;
  return it->c_str();
}

Result<Bytes> Expression::data(std::string_view text, const duis::Element& at) {
  rest_ = text;
  at_ = &at;
  wire::Writer out;
  one(out);
  if (!rest_.empty()) refuse(ErrorCode::Unsupported, text);
  if (error_) return Unexpected{*error_};
  return out.take();
}

Result<std::int64_t> Expression::number(std::string_view text, const duis::Element& at) {
  rest_ = text;
  at_ = &at;
  const auto value = sum();
  if (!rest_.empty()) refuse(ErrorCode::Unsupported, text);
  if (error_) return Unexpected{*error_};
  return value;
}

// ---- structure --------------------------------------------------------------------------------------------------

void Expression::items(wire::Writer& out, int& count, char end) {
  if (take(end)) return;
  do {
    item(out, count);
  } while (!error_ && take(','));
  expect(end);
}

void Expression::item(wire::Writer& out, int& count) {
  take(' ');
  if (rest_.starts_with("each(")) return each(out, count);
  if (rest_.starts_with("when(")) return when(out, count);
  one(out);
  ++count;
}

void Expression::each(wire::Writer& out, int& count) {
  rest_.remove_prefix(5);
  const auto where = word();
  expect(',');
  const auto body = rest_;
  const auto* outer = at_;
  const auto outer_position = position_;
  const bool outer_live = live_;
  const auto elements =
      live_ ? select(where.starts_with('/') ? input_.body : *at_, where.substr(where.starts_with('/') ? 1 : 0))
            : std::vector<const duis::Element*>();
  position_ = 0;
  for (const auto* element : elements) {
    rest_ = body;
    at_ = element;
    ++position_;
    items(out, count, ')');
    if (error_) return;
  }
  at_ = outer;
  position_ = outer_position;
  if (elements.empty()) {  // read past what does not apply
    wire::Writer nothing;
    int none = 0;
    live_ = false;
    items(nothing, none, ')');
    live_ = outer_live;
  }
}

void Expression::when(wire::Writer& out, int& count) {
  rest_.remove_prefix(5);
  const auto comma = rest_.find(',');
  const auto conditions = rest_.substr(0, comma);
  rest_.remove_prefix(std::min(rest_.size(), conditions.size()));
  expect(',');
  if (live_ && holds(conditions, *at_, circumstances_)) return items(out, count, ')');
  wire::Writer nothing;
  int none = 0;
  const bool outer_live = std::exchange(live_, false);
  items(nothing, none, ')');
  live_ = outer_live;
}

void Expression::sequence(wire::Writer& out, std::uint8_t tag, char end) {
  wire::Writer content;
  int count = 0;
  items(content, count, end);
  out.u8(tag).length(static_cast<std::size_t>(count)).bytes(content.view());
}

void Expression::one(wire::Writer& out) {
  if (++depth_ > kMaxDepth) refuse(ErrorCode::Unsupported, "depth");
  if (error_) return;
  if (take('{')) {
    sequence(out, 0x02, '}');
  } else if (take('[')) {
    sequence(out, 0x01, ']');
  } else {
    named(out);
  }
  --depth_;
}

void Expression::named(wire::Writer& out) {
  struct Integer {
    std::string_view name;
    std::uint8_t tag;
    std::size_t size;
    bool is_signed;
  };
  static constexpr Integer kIntegers[] = {{"u8", 0x11, 1, false},  {"u16", 0x12, 2, false}, {"u32", 0x06, 4, false},
                                          {"i8", 0x0F, 1, true},   {"i16", 0x10, 2, true},  {"i32", 0x05, 4, true},
                                          {"enum", 0x16, 1, false}};
  const auto name = word();
  if (name.starts_with('@')) {
    for (const auto& builder : kBuilders) {
      if (builder.name != name.substr(1)) continue;
      if (live_) out.bytes(checked(builder.build(*at_, input_), name));
      return;
    }
    const auto text = dlms_expression(name.substr(1));
    if (text.empty()) return refuse(ErrorCode::Unsupported, name);
    const auto after = std::exchange(rest_, text);
    one(out);
    rest_ = after;
    return;
  }
  if (name == "null") {
    out.u8(0x00);
    return;
  }
  expect('(');
  for (const auto& type : kIntegers) {
    if (type.name == name) {
      integer(out, type.tag, type.size, type.is_signed);
      return expect(')');
    }
  }
  if (name == "bool") {
    const bool value = sum() != 0;
    out.u8(0x03).u8(value ? 0xFF : 0x00);
  } else if (name == "octets" || name == "visible") {
    out.u8(name == "octets" ? 0x09 : 0x0A).prefixed(octets());
  } else if (name == "bits") {
    const auto count = static_cast<std::size_t>(sum());
    expect(',');
    const auto bytes = octets();
    if (live_ && bytes.size() != (count + 7) / 8) refuse(ErrorCode::Unsupported, "bits");
    out.u8(0x04).length(count).bytes(bytes);
  } else {
    refuse(ErrorCode::Unsupported, name);
  }
  expect(')');
}

void Expression::integer(wire::Writer& out, std::uint8_t tag, std::size_t size, bool is_signed) {
  const auto text = rest_;
  const auto value = sum();
  const std::int64_t low = is_signed ? -(std::int64_t{1} << (8 * size - 1)) : 0;
  const std::int64_t high = (std::int64_t{1} << (8 * size - (is_signed ? 1 : 0))) - 1;
  if (value < low || value > high) refuse(ErrorCode::BadRequest, text.substr(0, text.size() - rest_.size()));
  out.u8(tag).number(static_cast<std::uint64_t>(value), size);
}

// ---- numbers ----------------------------------------------------------------------------------------------------

std::int64_t Expression::sum() {
  auto value = product();
  while (!error_ && take('+')) value += product();
  return value;
}

std::int64_t Expression::product() {
  auto value = factor();
  while (!error_ && take('*')) value *= factor();
  return value;
}

std::int64_t Expression::factor() {
  const auto name = word();
  if (name.empty()) {
    refuse(ErrorCode::Unsupported, rest_);
    return 0;
  }
  if (std::int64_t literal = 0; parse_integer(name, literal)) return literal;
  if (name == "pick") return pick();
  if (name == "if") return choose();
  if (name == "has") {
    const auto where = path();
    return live_ && !select(*at_, where).empty() ? 1 : 0;
  }
  if (name == "seconds") {
    const auto where = path();
    const auto text = text_of(where);
    return live_ ? checked(seconds_since_2000(checked(from_iso8601(text), where)), where) : 0;
  }
  if (name == "count") {
    const auto where = path();
    return live_ ? static_cast<std::int64_t>(select_all(where).size()) : 0;
  }
  if (name == "hundredths") return hundredths(path());
  if (name == "position") {
    expect('(');
    expect(')');
    return position_;
  }
  return value_of(name);
}

/// "(path; TEXT=1 OTHER=2)"
std::int64_t Expression::pick() {
  expect('(');
  const auto where = word();
  expect(';');
  const auto text = text_of(where);
  const auto close = rest_.find(')');
  auto choices = rest_.substr(0, close);
  rest_.remove_prefix(choices.size());
  expect(')');
  while (!choices.empty()) {
    const auto blank = std::min(choices.find(' '), choices.size());
    const auto choice = choices.substr(0, blank);
    const auto equals = choice.find('=');
    std::int64_t value = 0;
    if (equals != std::string_view::npos && choice.substr(0, equals) == text &&
        parse_integer(choice.substr(equals + 1), value)) {
      return value;
    }
    choices.remove_prefix(std::min(choices.size(), blank + 1));
  }
  refuse(ErrorCode::BadRequest, where);
  return 0;
}

/// A decimal of at most two places, times a hundred.
std::int64_t Expression::hundredths(std::string_view path) {
  const auto text = text_of(path);
  const auto point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  for (std::size_t i = 1; i <= 2; ++i) digits += point + i < text.size() ? text[point + i] : '0';
  std::int64_t value = 0;
  if (live_ && !parse_integer(digits, value)) refuse(ErrorCode::BadRequest, path);
  return value;
}

/// "(path, n, n)"
std::int64_t Expression::choose() {
  expect('(');
  const bool outer_live = live_;
  const auto where = word();
  const bool found = live_ && find(where) != nullptr;
  expect(',');
  live_ = outer_live && found;
  const auto yes = sum();
  expect(',');
  live_ = outer_live && !found;
  const auto no = sum();
  live_ = outer_live;
  expect(')');
  return found ? yes : no;
}

// ---- reading the text, looking things up ------------------------------------------------------------------------

std::string_view Expression::word() {
  take(' ');
  std::size_t size = 0;
  while (size < rest_.size() && in_word(rest_[size])) ++size;
  const auto found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return found;
}

bool Expression::take(char wanted) {
  while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  if (!rest_.starts_with(wanted)) return false;
  rest_.remove_prefix(1);
  return true;
}

void Expression::expect(char wanted) {
  if (!take(wanted)) refuse(ErrorCode::Unsupported, rest_);
}

std::string_view Expression::path() {
  expect('(');
  const auto found = word();
  expect(')');
  return found;
}

const duis::Element* Expression::find(std::string_view path) {
  const auto found = select_all(path);
  return found.empty() ? nullptr : found.front();
}

std::vector<const duis::Element*> Expression::select_all(std::string_view path) {
  const bool absolute = path.starts_with('/');
  return select(absolute ? input_.body : *at_, path.substr(absolute ? 1 : 0));
}

std::string_view Expression::text_of(std::string_view path) {
  if (!live_) return {};
  if (path.starts_with('@')) return at_->attribute(path.substr(1));
  const auto mark = path.find("/@");
  const auto* element = find(path.substr(0, mark));
  if (element == nullptr) {
    refuse(ErrorCode::BadRequest, path);
    return {};
  }
  return mark == std::string_view::npos ? std::string_view(element->text) : element->attribute(path.substr(mark + 2));
}

std::int64_t Expression::value_of(std::string_view path) {
  const auto text = text_of(path);
  std::int64_t value = 0;
  if (live_ && !parse_integer(text, value)) refuse(ErrorCode::BadRequest, path);
  return value;
}

void Expression::refuse(ErrorCode code, std::string_view field) {
  if (!error_) error_ = Error{code, 0, permanent(field)};
}

}  // namespace meterway::flow::transform
