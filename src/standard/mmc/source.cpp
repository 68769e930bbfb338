#include "standard/mmc/source.h"

#include <algorithm>
#include <charconv>

namespace meterway::mmc {
namespace {

/// A party has three certificates; a device that says thousands must not make us copy what stands beside each.
constexpr std::size_t kMostSpread = 64;

/// The number that a text is to its end.
bool is_number(std::string_view text, std::size_t& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

Value list_of(std::vector<Value>::const_iterator first, std::vector<Value>::const_iterator last) {
  Value list;
  list.kind = Value::Kind::List;
  list.items.assign(first, last);
  return list;
}

bool bit_of(ByteView bits, std::size_t place) {
  return place / 8 < bits.size() && (bits[place / 8] >> (7 - place % 8) & 1) != 0;
}

}  // namespace

std::vector<const Value*> Sources::find(std::string_view source, const Value& here, std::size_t ordinal) {
  std::vector<const Value*> found;
  if (source == "#") return {keep(Value::of(static_cast<std::int64_t>(ordinal)))};
  std::string_view path;
  if (source.front() == '.') {
    found.push_back(&here);
    path = source.substr(1);
  } else {
    const auto blank = std::min(source.find(' '), source.size());
    const auto start = source.substr(0, blank);
    path = source.substr(std::min(blank + 1, source.size()));
    if (start == "/") {
      found.push_back(&root_);
    } else {
      for (const auto& item : root_.items) {
        if (item.name == start) found.push_back(&item);
      }
    }
  }
  while (!path.empty() && !found.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, dot);
    path = path.substr(std::min(dot + 1, path.size()));
    std::vector<const Value*> next;
    for (const auto* value : found) step(name, *value, next);
    found = std::move(next);
  }
  std::erase_if(found, [](const Value* value) { return value->kind == Value::Kind::Absent && value->tag == 0; });
  return found;
}

void Sources::step(std::string_view name, const Value& from, std::vector<const Value*>& out) {
  std::size_t number = 0;
  if (is_number(name, number)) {
    if (number < from.items.size()) out.push_back(&from.items[number]);
    return;
  }
  if (name == "*") {
    for (const auto& item : from.items) out.push_back(&item);
    return;
  }
  if (name[0] == 't' && name.size() == 3 && is_number(name.substr(1), number, 16)) {
    for (const auto& item : from.items) {
      if (item.tag == number) out.push_back(&item);
    }
    return;
  }
  const auto before = out.size();
  for (const auto& item : from.items) {
    if (item.name == name) out.push_back(&item);
  }
  if (out.size() == before && !regroup(name, from, out)) cut(name, from, out);
}

/// Steps that ask what a value is, or put the elements of a list together anew; false when the name is no such step.
bool Sources::regroup(std::string_view name, const Value& from, std::vector<const Value*>& out) {
  using Kind = Value::Kind;
  if (name == "number" || name == "bytes" || name == "list") {
    const auto wanted = name == "number" ? Kind::Number : name == "bytes" ? Kind::Bytes : Kind::List;
    if (from.kind == wanted) out.push_back(&from);
    return true;
  }
  if (name == "size" || name == "count") {
    const bool is_size = name == "size";
    if (from.kind == (is_size ? Kind::Bytes : Kind::List))
      out.push_back(keep(Value::of(static_cast<std::int64_t>(is_size ? from.bytes.size() : from.items.size()))));
    return true;
  }
  const auto digits = std::min(name.find_first_of("0123456789"), name.size());
  const auto verb = name.substr(0, digits);
  std::size_t number = 0;
  if (!is_number(name.substr(digits), number)) return false;
  const auto& items = from.items;
  if (verb == "end") {
    if (number >= 1 && number <= items.size()) out.push_back(&items[items.size() - number]);
    return true;
  }
  if (verb == "upto" || verb == "from") {
    const auto middle = items.begin() + static_cast<std::ptrdiff_t>(std::min(number, items.size()));
    out.push_back(verb == "upto" ? keep(list_of(items.begin(), middle)) : keep(list_of(middle, items.end())));
    return true;
  }
  if (verb == "chunks" || verb == "columns") {
    Value groups = list_of(items.end(), items.end());
    for (std::size_t i = 0; number > 0 && i < items.size(); ++i) {
      const auto group = verb == "chunks" ? i / number : i % number;
      if (group == groups.items.size()) groups.items.push_back(list_of(items.end(), items.end()));
      groups.items[group].items.push_back(items[i]);
    }
    out.push_back(keep(std::move(groups)));
    return true;
  }
  if (verb != "spread") return false;
  if (number >= items.size()) {
    out.push_back(&from);
    return true;
  }
  for (std::size_t i = 0; i < std::min(items[number].items.size(), kMostSpread); ++i) {
    Value one = list_of(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(number));
    one.items.push_back(items[number].items[i]);
    one.items.insert(one.items.end(), items.begin() + static_cast<std::ptrdiff_t>(number) + 1, items.end());
    out.push_back(keep(std::move(one)));
  }
  return true;
}

/// Steps that make a value of part of another; false when the name is no such step.
bool Sources::cut(std::string_view name, const Value& from, std::vector<const Value*>& out) {
  std::size_t number = 0;
  std::size_t end = 0;
  const auto bits = static_cast<std::uint64_t>(from.number);
  if (const auto dash = name.find('-'); name[0] == 'b' && dash != std::string_view::npos &&
                                        is_number(name.substr(1, dash - 1), number) &&
                                        is_number(name.substr(dash + 1), end)) {
    if (from.kind == Value::Kind::Bytes && number < end && end <= from.bytes.size())
      out.push_back(keep(Value::of(ByteView(from.bytes).subspan(number, end - number))));
    return true;
  }
  if (name[0] == 's' && is_number(name.substr(1), number)) {
    if (number < from.bits) out.push_back(keep(Value::of(std::int64_t{bit_of(from.bytes, number)})));
    return true;
  }
  if (name == "set") {
    for (std::size_t place = 0; place < from.bits; ++place) {
      if (bit_of(from.bytes, place)) out.push_back(keep(Value::of(static_cast<std::int64_t>(place + 1))));
    }
    return true;
  }
  if (name.substr(0, 3) == "low" && is_number(name.substr(3), number)) {
    for (std::size_t place = 0; place < std::min<std::size_t>(number, 64); ++place) {
      if ((bits >> place & 1) != 0) out.push_back(keep(Value::of(static_cast<std::int64_t>(place))));
    }
    return true;
  }
  if (name[0] == 'n' && is_number(name.substr(1), number)) {
    out.push_back(keep(Value::of(static_cast<std::int64_t>(number < 64 ? bits >> number & 1 : 0))));
    return true;
  }
  if (name.substr(0, 4) == "mask" && is_number(name.substr(4), number, 16)) {
    out.push_back(keep(Value::of(static_cast<std::int64_t>(bits & number))));
    return true;
  }
  if (name == "hi" || name == "lo") {
    out.push_back(keep(Value::of(static_cast<std::int64_t>((name == "hi" ? bits >> 8 : bits) & 0xFF))));
    return true;
  }
  return false;
}

}  // namespace meterway::mmc
