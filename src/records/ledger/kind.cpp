#include "records/ledger/kind.h"

#include <algorithm>
#include <iterator>

namespace meterway::ledger {
namespace {

#include "records/ledger/kinds.inc"

constexpr std::string_view kTypes[] = {"text",    "long",    "date",   "instant",   "integer",
                                       "decimal", "boolean", "choice", "reference", "attachment"};

}  // namespace

std::string_view to_string(Type type) { return kTypes[static_cast<std::size_t>(type)]; }

const Field* Kind::field(std::string_view field_name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field_name; });
  return found == fields.end() ? nullptr : &*found;
}

const Transition* Kind::transition(std::string_view state, std::string_view action) const {
  const Transition* any = nullptr;
  for (const auto& row : transitions) {
    if (row.action != action) continue;
    if (row.from == state) return &row;
    if (row.from == "*" && !state.empty()) any = &row;
  }
  return any;
}

std::vector<std::string_view> Kind::states() const {
  std::vector<std::string_view> out;
  for (const auto& row : transitions) {
    if (row.to != "=" && std::find(out.begin(), out.end(), row.to) == out.end()) out.push_back(row.to);
  }
  return out;
}

std::span<const Kind> all_kinds() { return kKinds; }
std::span<const std::string_view> all_roles() { return kRoles; }

const Kind* find_kind(std::string_view name) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::vector<std::string_view> parts(std::string_view list, char separator) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const auto end = list.find(separator);
    out.push_back(list.substr(0, end));
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return out;
}

bool has_part(std::string_view list, std::string_view part, char separator) {
  const auto all = parts(list, separator);
  return std::find(all.begin(), all.end(), part) != all.end();
}

}  // namespace meterway::ledger
