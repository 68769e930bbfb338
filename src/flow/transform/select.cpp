#include "flow/transform/select.h"

#include <algorithm>

#include "flow/transform/integers.h"

namespace meterway::flow::transform {
namespace {

std::int64_t index_of(const duis::Element& element) { return read_integer(element.attribute("index")).value_or(0); }

void collect(const duis::Element& at, std::string_view path, std::vector<const duis::Element*>& out) {
  if (path.empty() || path == ".") {
    out.push_back(&at);
    return;
  }
  const auto slash = path.find('/');
  const auto name = path.substr(0, slash);
  const auto rest = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  std::vector<const duis::Element*> here;
  for (const auto& child : at.children) {
    if (child.name == name) here.push_back(&child);
  }
  std::stable_sort(here.begin(), here.end(), [](const auto* a, const auto* b) { return index_of(*a) < index_of(*b); });
  for (const auto* child : here) collect(*child, rest, out);
}

bool one_holds(std::string_view word, const duis::Element& at, const Circumstances& circumstances) {
  if (word.starts_with('!')) return !one_holds(word.substr(1), at, circumstances);
  if (const auto bar = word.find('|'); bar != std::string_view::npos) {
    return one_holds(word.substr(0, bar), at, circumstances) || one_holds(word.substr(bar + 1), at, circumstances);
  }
  if (word == "one_element") return circumstances.facts.one_element;
  if (word == "twin") return circumstances.facts.twin_element;
  if (word == "polyphase") return circumstances.facts.polyphase;
  if (word.starts_with("gbcs<")) {
    return circumstances.facts.gbcs.known() && circumstances.facts.gbcs < parse_gbcs_version(word.substr(5));
  }
  if (word.starts_with("gbcs>=")) {
    return circumstances.facts.gbcs.known() && circumstances.facts.gbcs >= parse_gbcs_version(word.substr(6));
  }
  if (word == "role=NetworkOperator") return circumstances.network_operator;
  if (word == "role=LoadController") return circumstances.load_controller;
  if (word.starts_with("other=")) return word.substr(6) == to_string(circumstances.other);
  const auto equals = word.find('=');
  const auto found = select(at, word.substr(0, equals));
  if (equals == std::string_view::npos) return !found.empty();
  const auto text = word.substr(equals + 1);
  return std::any_of(found.begin(), found.end(), [&](const auto* element) { return element->text == text; });
}

}  // namespace

std::vector<const duis::Element*> select(const duis::Element& at, std::string_view path) {
  std::vector<const duis::Element*> out;
  collect(at, path, out);
  return out;
}

bool holds(std::string_view conditions, const duis::Element& at, const Circumstances& circumstances) {
  if (conditions == "-") return true;
  while (!conditions.empty()) {
    const auto blank = conditions.find(' ');
    if (const auto word = conditions.substr(0, blank); !word.empty() && !one_holds(word, at, circumstances))
      return false;
    if (blank == std::string_view::npos) break;
    conditions.remove_prefix(blank + 1);
  }
  return true;
}

}  // namespace meterway::flow::transform
