#include "standard/forms/values.h"

#include <charconv>
#include <optional>

namespace meterway::forms {
namespace {

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 200) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!letter) return false;
  }
  return true;
}

/// "DayProfile[2]": name and number. None: it is no step.
std::optional<std::pair<std::string_view, unsigned>> read_step(std::string_view step) {
  unsigned number = 1;
  const auto bracket = step.find('[');
  if (bracket != std::string_view::npos) {
    const auto digits = step.substr(bracket + 1, step.size() - bracket - 2);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = step.back() == ']' && !digits.empty() && digits.front() != '0' && read.ec == std::errc() &&
                       read.ptr == digits.data() + digits.size();
    if (!whole || number > kMostRepetitions) return std::nullopt;
    step = step.substr(0, bracket);
  }
  if (!is_name(step)) return std::nullopt;
  return std::pair{step, number};
}

/// Empty: it was put in; otherwise what is wrong.
std::string put(Given& root, std::string_view place, const std::string& text) {
  constexpr int kDeepest = 20;
  Given* at = &root;
  for (int depth = 0; !place.empty(); ++depth) {
    const auto slash = place.find('/');
    const auto step = place.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    place = last ? std::string_view() : place.substr(slash + 1);
    if (!last && place.empty()) return "it ends with /";
    if (depth > kDeepest) return "it is too deep";
    if (last && step.starts_with('@')) {
      if (!is_name(step.substr(1))) return "after @ stands the name of an attribute";
      return at->attributes.emplace(step.substr(1), text).second ? "" : "the same attribute twice";
    }
    const auto read = read_step(step);
    if (!read) return "a place is names with / between, with [2] behind the second of a name";
    at = &at->children[std::string(read->first)][read->second];
  }
  if (at == &root) return "it is empty";
  if (at->has_text) return "the same place twice";
  at->has_text = true;
  at->text = text;
  return "";
}

void add_values(Values& out, const duis::Element& parent, const std::string& path) {
  std::map<std::string_view, unsigned> seen;
  for (const auto& child : parent.children) {
    const auto number = ++seen[child.name];
    auto place = path.empty() ? child.name.str() : path + "/" + child.name.str();
    if (number > 1) place += "[" + std::to_string(number) + "]";
    for (const auto& [name, text] : child.attributes) out[place + "/@" + name] = text;
    if (child.children.empty()) out[place] = child.text;
    add_values(out, child, place);
  }
}

}  // namespace

Result<Given, std::vector<Wrong>> read_values(const Values& values) {
  std::vector<Wrong> wrong;
  Given out;
  if (values.size() > kMostValues) {
    wrong.push_back({"", "more than " + std::to_string(kMostValues) + " fields", ""});
    return Unexpected{std::move(wrong)};
  }
  for (const auto& [place, text] : values) {
    if (auto why = put(out, place, text); !why.empty()) wrong.push_back({place, "no place of a form: " + why, ""});
  }
  if (!wrong.empty()) return Unexpected{std::move(wrong)};
  return out;
}

Values values_of(const duis::Element& body) {
  Values out;
  add_values(out, body, "");
  return out;
}

}  // namespace meterway::forms
