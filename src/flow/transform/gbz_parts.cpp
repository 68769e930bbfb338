#include "flow/transform/gbz_parts.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "flow/transform/gbz_values.h"
#include "flow/transform/integers.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

/// The children of one name in the order of their index attribute, which must run from 1 without a gap or a double.
Result<std::vector<const Element*>> by_index(const Element& list, std::string_view name, const char* field) {
  std::vector<const Element*> ordered;
  for (const auto& child : list.children) {
    if (child.name == name) ordered.push_back(&child);
  }
  std::vector<const Element*> placed(ordered.size(), nullptr);
  for (const auto* child : ordered) {
    const auto index = read_integer(child->attribute("index")).value_or(0);
    if (index < 1 || index > static_cast<std::int64_t>(placed.size())) return fail(ErrorCode::BadRequest, 0, field);
    auto& place = placed[static_cast<std::size_t>(index - 1)];
    if (place != nullptr) return fail(ErrorCode::BadRequest, 0, field);
    place = child;
  }
  return placed;
}

/// Day identifiers, Monday first.
Status week_days(const Element& week, wire::Writer& out) {
  METERWAY_TRY(const auto days, by_index(week, "ReferencedDayName", "ReferencedDayName"));
  if (days.size() != 7) return fail(ErrorCode::BadRequest, 0, "ReferencedDayName");
  for (const auto* day : days) {
    METERWAY_TRY(const auto name, unsigned_at(*day, "", 0xFF));
    out.u8(name);
  }
  return {};
}

/// A date in four bytes, FF for what is left open:  year-1900 | month | day of month | day of week
Status write_date(const Element& date, wire::Writer& out) {
  struct Step {
    const char* group;
    const char* path;
    std::uint64_t base, max;
  };
  static constexpr Step kSteps[] = {
      {"GasYearWithWildcards", "GasYearWithWildcards/SpecifiedYear", 1900, 1900 + 0xFE},
      {"GasMonthWithWildcards", "GasMonthWithWildcards/SpecifiedMonth", 0, 12},
      {"GasDayOfMonthWithWildcards", "GasDayOfMonthWithWildcards/SpecifiedDayOfMonth", 0, 31},
      {"GasDayOfWeekWithWildcards", "GasDayOfWeekWithWildcards/SpecifiedDayOfWeek", 0, 7},
  };
  for (const auto& step : kSteps) {
    METERWAY_CHECK(element_at(date, step.group));
    if (date.find(step.path) == nullptr) {
      out.u8(0xFF);
      continue;
    }
    METERWAY_TRY(const auto number, unsigned_at(date, step.path, step.max));
    if (number <= step.base) return fail(ErrorCode::BadRequest, 0, step.path);
    out.u8(number - step.base);
  }
  return {};
}

/// { date:4 name:1 } for each season or special day.
Status dated_names(const Element& list, const char* date, const char* name, wire::Writer& out) {
  for (const auto& entry : list.children) {
    METERWAY_TRY(const auto* start, element_at(entry, date));
    METERWAY_CHECK(write_date(*start, out));
    METERWAY_TRY(const auto number, unsigned_at(entry, name, 0xFF));
    out.u8(number);
  }
  return {};
}

Status block_thresholds(const Element& matrix, wire::Writer& out) {
  METERWAY_TRY(const auto thresholds, by_index(matrix, "BlockThreshold", "BlockThreshold"));
  for (const auto* threshold : thresholds) {
    METERWAY_TRY(const auto volume, unsigned_at(*threshold, "", 0xFFFFFFFFFFFF));
    out.u48_le(volume);
  }
  return {};
}

/// { number:1 price:4 }: blocks count from 0, tiers from 1.
Status prices(const Element& matrix, const char* name, std::size_t first, wire::Writer& out) {
  METERWAY_TRY(const auto ordered, by_index(matrix, name, name));
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    METERWAY_TRY(const auto price, unsigned_at(*ordered[i], "", 0xFFFFFFFF));
    out.u8(first + i).u32_le(price);
  }
  return {};
}

/// { minutes since midnight:2 supply cannot be disabled:1 }
Status non_disablement_entries(const Element& day, wire::Writer& out) {
  for (const auto& entry : day.children) {
    if (entry.name != "TimeStartAction") continue;
    // xs:time may carry an offset, so let the date reader take it on a day that has a day before it.
    const auto start = from_iso8601("2001-01-02T" + std::string(entry.text_at("StartTime")));
    if (!start) return fail(ErrorCode::BadRequest, 0, "StartTime");
    const auto minutes =
        std::chrono::floor<std::chrono::minutes>(*start - std::chrono::floor<std::chrono::days>(*start));
    const auto action = entry.text_at("NonDisablementAction");
    if (action != "START" && action != "STOP") return fail(ErrorCode::BadRequest, 0, "NonDisablementAction");
    out.u16_le(static_cast<std::uint64_t>(minutes.count())).u8(action == "START" ? 1 : 0);
  }
  return {};
}

/// How many half-hourly samples lie between two moments, both ends counted. A log holds fewer than a field can ask for,
/// so a longer period asks for the most there can be.
Status half_hours(const Element& period, wire::Writer& out) {
  METERWAY_TRY(const auto start, time_at(period, "StartDateTime"));
  METERWAY_TRY(const auto end, time_at(period, "EndDateTime"));
  if (end < start) return fail(ErrorCode::BadRequest, 0, "EndDateTime");
  const auto samples = (end - start) / std::chrono::minutes(30) + 1;
  out.u16_le(static_cast<std::uint64_t>(std::min<std::int64_t>(samples, 0xFFFF)));
  return {};
}

/// What a device does about an event: ZSE event configuration, of which the log action is the general event log.
struct EventSettings {
  bool wan, han, log, alarm;
  explicit EventSettings(const Element& event)
      : wan(event.text_at("WANAlert") == "Enable"),
        han(event.text_at("HANAlert") == "Enable"),
        log(event.text_at("EventLog") == "Enable"),
        alarm(event.text_at("Alarm") == "Enable") {}
  std::uint8_t bits() const {
    return static_cast<std::uint8_t>((log ? 0x03 : 0) | (wan ? 0x08 : 0) | (han ? 0x10 : 0) | (alarm ? 0x40 : 0));
  }
  /// Place in a message.
  std::uint8_t rank() const {
    return static_cast<std::uint8_t>((wan ? 0 : 8) | (han ? 0 : 4) | (log ? 2 : 0) | (alarm ? 1 : 0));
  }
};

/// configuration:1 | 00 = the events that follow | count:1 { event:2 }*, the events of elements named "x810E"
Status event_configuration(const Element& events, wire::Writer& out) {
  if (events.children.empty() || events.children.size() > 0xFF) return fail(ErrorCode::BadRequest, 0, "events");
  out.u8(EventSettings(events.children.front()).bits()).u8(0).u8(events.children.size());
  for (const auto& event : events.children) {
    std::uint16_t code = 0;
    const auto* end = event.name.data() + event.name.size();
    if (event.name.size() != 5 || std::from_chars(event.name.data() + 1, end, code, 16).ptr != end)
      return fail(ErrorCode::BadRequest, 0, "events");
    out.u16_le(code);
  }
  return {};
}

}  // namespace

std::vector<Element> alike_settings(const Element& settings) {
  std::map<std::uint8_t, Element> sets;
  for (const auto& event : settings.children) {
    auto& set = sets[EventSettings(event).rank()];
    set.name = settings.name;
    set.children.push_back(event);
  }
  std::vector<Element> ordered;
  for (auto& [rank, set] : sets) ordered.push_back(std::move(set));
  return ordered;
}

Status write_part(GbzPart part, const Element& list, wire::Writer& out) {
  switch (part) {
    case GbzPart::WeekDays:
      return week_days(list, out);
    case GbzPart::Seasons:
      return dated_names(list, "SeasonStartDate", "ReferencedWeekName", out);
    case GbzPart::SpecialDays:
      return dated_names(list, "Date", "ReferencedDayName", out);
    case GbzPart::BlockThresholds:
      return block_thresholds(list, out);
    case GbzPart::BlockPrices:
      return prices(list, "BlockPrice", 0, out);
    case GbzPart::TouPrices:
      return prices(list, "TOUPrice", 1, out);
    case GbzPart::NonDisablementEntries:
      return non_disablement_entries(list, out);
    case GbzPart::HalfHours:
      return half_hours(list, out);
    case GbzPart::EventConfiguration:
      return event_configuration(list, out);
  }
  return fail(ErrorCode::Unsupported, 0, "part");
}

}  // namespace meterway::flow::transform
