#pragma once
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "standard/duis/element.h"
#include "tests/reference/table.h"

/// What was told, as lines "path/of/names=value", and what a row of trips.tsv says of it.
namespace meterway::round_trip {

using Lines = std::vector<std::string>;

/// Lines of gbcs::to_text(): each with the names it stands under.
inline Lines lines_of_text(const std::string& text) {
  Lines out;
  std::vector<std::pair<std::size_t, std::string>> above;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    auto line = text.substr(from, end - from);
    from = end + 1;
    const auto indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    while (!above.empty() && above.back().first >= indent) above.pop_back();
    auto rest = line.substr(indent);
    std::string result;
    if (const auto bracket = rest.find("  ["); bracket != std::string::npos) {
      if (const auto close = rest.rfind("] "); close != std::string::npos) result = rest.substr(close + 2);
      rest.erase(bracket);
    }
    const auto colon = rest.find(": ");
    auto name = rest.substr(0, colon == std::string::npos ? rest.find_last_not_of(':') + 1 : colon);
    std::string path;
    for (const auto& [_, one] : above) path += one + "/";
    path += name;
    if (!result.empty()) out.push_back(path + "/result=" + result);
    if (colon != std::string::npos) out.push_back(path + "=" + rest.substr(colon + 2));
    above.emplace_back(indent, std::move(name));
  }
  return out;
}

inline void add_lines(const duis::Element& element, const std::string& above, Lines& out) {
  // Of several devices each has its own name here.
  const auto id = element.name == "Device" ? std::string(element.text_at("DeviceID")) : std::string();
  const auto path = above + element.name + (id.empty() ? "" : " " + id);
  for (const auto& [name, value] : element.attributes) out.push_back(path + "/@" + name + "=" + value);
  if (element.children.empty()) out.push_back(path + "=" + element.text);
  for (const auto& child : element.children) add_lines(child, path + "/", out);
}

inline void add_lines(const nlohmann::json& value, const std::string& path, Lines& out) {
  if (value.is_structured()) {
    for (const auto& item : value.items()) add_lines(item.value(), path + "/" + item.key(), out);
    out.push_back(path + "/count=" + std::to_string(value.size()));
  } else if (value.is_binary()) {
    std::string hex;
    constexpr char kDigits[] = "0123456789abcdef";
    for (const auto byte : value.get_binary()) hex += {kDigits[byte >> 4], kDigits[byte & 15]};
    out.push_back(path + "=" + hex);
  } else {
    out.push_back(path + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
  }
}

/// A fact of a row: "path=value"; "path" (there is one); "!path" or "!path=value" (there is none); "path>number".
/// The path is the end of a line's path, whole names; "*" in the value stands for any text.
inline bool holds(std::string fact, const Lines& lines) {
  const bool negated = fact.starts_with("!");
  if (negated) fact.erase(0, 1);
  const auto sign = fact.find_first_of("=>");
  const auto path = fact.substr(0, sign);
  const auto wanted = sign == std::string::npos ? std::string() : fact.substr(sign + 1);
  bool found = false;
  for (const auto& line : lines) {
    const auto equals = line.find('=');
    const std::string_view name = std::string_view(line).substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (!name.ends_with(path) || (name.size() > path.size() && name[name.size() - path.size() - 1] != '/')) continue;
    if (sign == std::string::npos) {
      found = true;
    } else if (fact[sign] == '>') {
      found = found || std::strtod(value.c_str(), nullptr) > std::strtod(wanted.c_str(), nullptr);
    } else {
      found = found || tests::matches(wanted, value);
    }
  }
  return found != negated;
}

}  // namespace meterway::round_trip
