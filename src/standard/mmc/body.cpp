#include "standard/mmc/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "standard/mmc/form.h"
#include "standard/mmc/tables.h"

namespace meterway::mmc {
namespace {

using duis::Element;

/// A shape that names itself would go on for as long as the message is deep; no row is that deep.
constexpr std::size_t kMaxDepth = 16;

class Filler {
 public:
  explicit Filler(Sources& sources) : sources_(sources) {}

  void fill(Element& element, std::string_view owner, const Value& here, std::size_t ordinal) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    for (const auto& row : rows_of(owner)) {
      if (holds(row.when, here, ordinal)) apply(element, row, here, ordinal);
    }
    --depth_;
  }

 private:
  /// "source=number", "source!=number", joined by " & ". A source that finds nothing is unequal to every number.
  bool holds(std::string_view when, const Value& here, std::size_t ordinal) {
    constexpr std::string_view kAnd = " & ";
    while (!when.empty()) {
      const auto end = std::min(when.find(kAnd), when.size());
      if (!holds_one(when.substr(0, end), here, ordinal)) return false;
      when = when.substr(std::min(end + kAnd.size(), when.size()));
    }
    return true;
  }

  bool holds_one(std::string_view when, const Value& here, std::size_t ordinal) {
    const auto equals = std::min(when.find('='), when.size() - 1);
    const bool wants_other = when[equals - 1] == '!';
    const auto digits = when.substr(equals + 1);
    std::int64_t wanted = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), wanted);
    const auto found = sources_.find(when.substr(0, equals - (wants_other ? 1 : 0)), here, ordinal);
    const bool is_equal = !found.empty() && found.front()->number == wanted;
    return is_equal != wants_other;
  }

  void apply(Element& element, const Row& row, const Value& here, std::size_t ordinal) {
    if (row.form == "always") {
      place(element, row.element, here, false);
      return;
    }
    const auto found = sources_.find(row.source, here, ordinal);
    const Value* with = nullptr;
    if (!row.with.empty()) {
      const auto second = sources_.find(row.with, here, ordinal);
      if (!second.empty()) with = second.front();
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& value = *found[i];
      if (row.form[0] == '@') {
        Element child;
        fill(child, row.form, value, i + 1);
        if (child.children.empty() && child.attributes.empty() && child.text.empty()) continue;
        auto& target = place(element, row.element, value, true);
        child.name = std::move(target.name);
        target = std::move(child);
      } else if (auto text = text_of(row.form, value, with)) {
        put(element, row.element, value, *std::move(text));
      }
    }
  }

  void put(Element& element, std::string_view path, const Value& value, std::string text) {
    const auto slash = path.rfind('/');
    const auto last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (last == ".") {
      element.text = std::move(text);
    } else if (last[0] == '@') {
      auto& owner = slash == std::string_view::npos ? element : place(element, path.substr(0, slash), value, false);
      owner.attributes.emplace_back(last.substr(1), std::move(text));
    } else {
      place(element, path, value, true).text = std::move(text);
    }
  }

  /// The element at a path. Those on the way are shared by all rows of the owner; the last is a new one, or shared too.
  Element& place(Element& element, std::string_view path, const Value& value, bool is_new) {
    Element* at = &element;
    while (!path.empty()) {
      const auto slash = std::min(path.find('/'), path.size());
      const auto name = named(path.substr(0, slash), value);
      path = path.substr(std::min(slash + 1, path.size()));
      Element* next = nullptr;
      const bool is_made = path.empty() && is_new;  // no search: logs have thousands of entries
      for (std::size_t i = 0; !is_made && i < at->children.size(); ++i) {
        if (at->children[i].name == name) next = &at->children[i];
      }
      if (next == nullptr) {
        next = &at->children.emplace_back();
        next->name = name;
      }
      at = next;
    }
    return *at;
  }

  /// "Channel{27}": the number of the value and 27; "x{0.X}": the first element's as four hexadecimal digits.
  static std::string named(std::string_view name, const Value& value) {
    const auto open = name.find('{');
    if (open == std::string_view::npos) return std::string(name);
    const auto inside = name.substr(open + 1, name.size() - open - 2);
    if (inside == "0.X") {
      const auto code = value.items.empty() ? 0 : value.items.front().number & 0xFFFF;
      return std::string(name.substr(0, open)) + fmt::format("{:04X}", code);
    }
    std::int64_t base = 0;
    std::from_chars(inside.data(), inside.data() + inside.size(), base);
    return std::string(name.substr(0, open)) + std::to_string(value.number + base);
  }

  Sources& sources_;
  std::size_t depth_ = 0;
};

}  // namespace

void fill(Element& element, std::string_view owner, Sources& sources, const Value& here, std::size_t ordinal) {
  Filler(sources).fill(element, owner, here, ordinal);
}

}  // namespace meterway::mmc
