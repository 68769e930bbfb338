#pragma once
#include <span>
#include <string_view>

namespace meterway::flow {

/// A row of spec/event_areas.tsv: in which area events of the log belong (TLS, XSD, SIG, ACCESS, ADT, TRANSFORM, ACB,
/// WAN, DEVICE, DELIVERY...), and how they look to a person (going, done, held, refused, failed, note).
struct EventArea {
  std::string_view step;
  std::string_view outcome;  ///< "*": any that no row before it has
  std::string_view refusal;  ///< what the detail begins with, up to a colon; "" and "*": whatever it says
  std::string_view area, tone, meaning;
};
/// All rows, by step.
std::span<const EventArea> event_areas();
/// The row that an event falls under; one of area OTHER and tone note for a step that no row has.
const EventArea& area_of(std::string_view step, std::string_view outcome, std::string_view detail);
/// Whether some row has this area, or tone.
bool is_event_area(std::string_view name);
bool is_event_tone(std::string_view name);

}  // namespace meterway::flow
