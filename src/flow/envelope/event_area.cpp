#include "flow/envelope/event_area.h"

#include <algorithm>
#include <iterator>

namespace meterway::flow {
namespace {

constexpr EventArea kAreas[] = {
#include "flow/envelope/event_areas.inc"
};
constexpr EventArea kOther{"", "*", "", "OTHER", "note", ""};

bool fits(const EventArea& row, std::string_view outcome, std::string_view refusal) {
  if (row.outcome != "*" && row.outcome != outcome) return false;
  return row.refusal.empty() || row.refusal == "*" || row.refusal == refusal;
}

}  // namespace

std::span<const EventArea> event_areas() { return kAreas; }

const EventArea& area_of(std::string_view step, std::string_view outcome, std::string_view detail) {
  const auto refusal = detail.substr(0, detail.find(':'));
  const auto before = [](const EventArea& row, std::string_view name) { return row.step < name; };
  auto row = std::lower_bound(std::begin(kAreas), std::end(kAreas), step, before);
  for (; row != std::end(kAreas) && row->step == step; ++row) {
    if (fits(*row, outcome, refusal)) return *row;
  }
  return kOther;
}

bool is_event_area(std::string_view name) {
  return name == kOther.area ||
         std::any_of(std::begin(kAreas), std::end(kAreas), [&](const EventArea& row) { return row.area == name; });
}

bool is_event_tone(std::string_view name) {
  return std::any_of(std::begin(kAreas), std::end(kAreas), [&](const EventArea& row) { return row.tone == name; });
}

}  // namespace meterway::flow
