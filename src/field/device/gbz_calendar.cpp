#include <algorithm>
#include <set>

#include "base/wire/writer.h"
#include "field/device/gbz_rules.h"

/// Calendars of a gas meter, each kept part by part as it came:
///     0707/<type>/<id>/00        Publish Calendar, of an identifier that is in force
///     0707/<type>/<id>/01/<day>  Publish Day Profile; 02/<week>, 03 seasons, 04 special days
///     0707/<type>/current        the identifier in force, 4 bytes
/// type: 0 the switching table, 3 the non-disablement calendar.
namespace meterway::field {
namespace {

namespace gbz = gbcs::gbz;
using gbcs::zcl::Field;
using Fields = std::vector<Field>;

constexpr std::uint16_t kCalendarCluster = 0x0707;
constexpr std::string_view kCalendarPrefix = "0707/";
constexpr std::uint8_t kCalendarCommand = 0, kDays = 1, kWeeks = 2, kSeasons = 3, kSpecialDays = 4;
constexpr std::uint32_t kCurrentSwitching = 0xFFFFFFFF, kCurrentNonDisablement = 0xFFFFFFFE;
constexpr const char* kWeekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

std::string two_digits(std::int64_t value) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {kDigits[value >> 4 & 15], kDigits[value & 15]};
}

std::string calendar_key(std::int64_t type, std::int64_t id) {
  std::string out(kCalendarPrefix);
  out += std::to_string(type) + "/";
  for (int shift = 24; shift >= 0; shift -= 8) out += two_digits(id >> shift & 0xFF);
  return out + "/";
}

std::string current_key(std::int64_t type) { return std::string(kCalendarPrefix) + std::to_string(type) + "/current"; }

std::int64_t number_of(const Fields& fields, std::string_view name) {
  const Field* field = gbcs::zcl::find(fields, name);
  return field == nullptr ? 0 : field->number;
}

Fields fields_of(std::uint8_t command, ByteView payload) {
  constexpr std::uint8_t kPublish = 0x09;
  return gbcs::zcl::read_fields(kCalendarCluster, kPublish, command, payload).value_or(Fields());
}

/// Weeks and seasons do not say of which calendar they are a part: it is that of the days before them.
std::int64_t type_of_part(const GbzCall& call) {
  if (const Field* type = gbcs::zcl::find(call.fields, "calendar_type")) call.open_calendar = type->number;
  return call.open_calendar;
}

/// From its start the calendar of that identifier is the one in force; its parts come without a start.
GbzAnswers calendar(const GbzCall& call) {
  const auto type = call.number("calendar_type"), id = call.number("calendar_id");
  call.state.stored[calendar_key(type, id) + "00"] = call.request.payload;
  call.state.stored[current_key(type)] = wire::Writer().u32_le(static_cast<std::uint64_t>(id)).take();
  return gbz_status(call, GbzStatus::Success);
}

GbzAnswers calendar_part(const GbzCall& call) {
  auto key = calendar_key(type_of_part(call), call.number("calendar_id")) + two_digits(call.request.command);
  if (!call.row.keeps.empty()) key += "/" + two_digits(call.number(call.row.keeps));
  call.state.stored[key] = call.request.payload;
  return gbz_status(call, GbzStatus::Success);
}

/// Each day and each week in a component of its own, seasons and special days in one.
GbzAnswers get_calendar_parts(const GbzCall& call) {
  const auto wanted = static_cast<std::uint32_t>(call.number("calendar_id"));
  const auto type = static_cast<std::int64_t>(wanted == kCurrentNonDisablement ? GasCalendar::NonDisablement
                                                                               : GasCalendar::Switching);
  std::int64_t id = wanted;
  if (wanted == kCurrentSwitching || wanted == kCurrentNonDisablement) {
    const auto current = kept_number(call.state, current_key(type));
    if (!current) return gbz_status(call, GbzStatus::NotFound);
    id = *current;
  }
  const auto prefix = calendar_key(type, id) + two_digits(call.request.command);
  const bool one = call.row.keeps.empty();
  const auto first_id = one ? 0 : call.number(call.row.keeps);
  const auto most = call.number(call.request.command == kDays ? "number_of_days" : "number_of_weeks");
  GbzAnswers out;
  for (auto at = call.state.stored.lower_bound(prefix); at != call.state.stored.end(); ++at) {
    if (!at->first.starts_with(prefix) || (most > 0 && out.size() == static_cast<std::size_t>(most))) break;
    if (!one && number_of(fields_of(call.request.command, at->second),
                          call.request.command == kDays ? "day_id" : "week_id") < first_id) {
      continue;
    }
    out.push_back(gbz_answer(call, at->second).front());
  }
  return out.empty() ? gbz_status(call, GbzStatus::NotFound) : out;
}

constexpr GbzRuleRow kCalendarRules[] = {
    {"calendar", calendar},
    {"calendar_part", calendar_part},
    {"get_calendar_parts", get_calendar_parts},
};

/// One calendar of a message.
struct Parts {
  Fields head;
  std::set<std::int64_t> days, weeks;
  std::int64_t seasons = 0;
};

bool ascending_minutes(const Fields& day) {
  const Field* entries = gbcs::zcl::find(day, "entries");
  if (number_of(day, "number_of_entries") != static_cast<std::int64_t>(entries->items.size())) return false;
  std::int64_t last = -1;
  for (const auto& entry : entries->items) {
    const auto minute = entry.at(0).number;
    if (minute <= last || minute >= 24 * 60) return false;
    last = minute;
  }
  return !entries->items.empty();
}

/// Every id that a part names is one of the calendar's.
bool refers_only_to(const Fields& part, std::string_view group, const std::set<std::int64_t>& ids) {
  const Field* items = gbcs::zcl::find(part, group);
  return std::all_of(items->items.begin(), items->items.end(),
                     [&](const Fields& item) { return ids.count(item.at(1).number) != 0; });
}

bool sensible(std::uint8_t command, const Fields& part, Parts& parts) {
  switch (command) {
    case kDays:
      return ascending_minutes(part) && parts.days.insert(number_of(part, "day_id")).second;
    case kWeeks:
      return std::all_of(std::begin(kWeekdays), std::end(kWeekdays),
                         [&](const char* day) { return parts.days.count(number_of(part, day)) != 0; }) &&
             parts.weeks.insert(number_of(part, "week_id")).second;
    case kSeasons:
      parts.seasons += static_cast<std::int64_t>(gbcs::zcl::find(part, "seasons")->items.size());
      return refers_only_to(part, "seasons", parts.weeks);
    case kSpecialDays:
      return number_of(part, "number_of_days") ==
                 static_cast<std::int64_t>(gbcs::zcl::find(part, "days")->items.size()) &&
             refers_only_to(part, "days", parts.days);
    default:
      return true;
  }
}

}  // namespace

std::span<const GbzRuleRow> gbz_calendar_rules() { return kCalendarRules; }

std::optional<std::size_t> first_senseless(const gbz::Frames& message) {
  constexpr std::uint8_t kPublish = 0x09;
  std::optional<std::size_t> head;
  Parts parts;
  // The parts follow their calendar; whether all of them came shows at the next one or at the end.
  const auto complete = [&] {
    return !head ||
           (number_of(parts.head, "number_of_day_profiles") == static_cast<std::int64_t>(parts.days.size()) &&
            number_of(parts.head, "number_of_week_profiles") == static_cast<std::int64_t>(parts.weeks.size()) &&
            number_of(parts.head, "number_of_seasons") == parts.seasons);
  };
  for (std::size_t i = 0; i < message.components.size(); ++i) {
    const auto& c = message.components[i];
    if (c.cluster != kCalendarCluster || (c.frame_control & kPublish) != kPublish) continue;
    const auto fields = fields_of(c.command, c.payload);
    if (fields.empty()) continue;  // it cannot be read, and will be answered so
    if (c.command == kCalendarCommand) {
      if (!complete()) return head;
      head = i;
      parts = {fields, {}, {}, 0};
    } else if (head && !sensible(c.command, fields, parts)) {
      return i;
    }
  }
  return complete() ? std::nullopt : head;
}

void forget_calendars(DeviceState& state) {
  constexpr std::size_t kKeyDigits = 15;  // 0707/0/01234567
  std::set<std::string> kept;
  for (const auto type : {GasCalendar::Switching, GasCalendar::NonDisablement}) {
    if (const auto id = kept_number(state, current_key(static_cast<std::int64_t>(type))))
      kept.insert(calendar_key(static_cast<std::int64_t>(type), *id));
  }
  for (const auto& pending : state.pending) {
    if (!pending.trigger.starts_with(std::string(kGbzTrigger) + std::string(kCalendarPrefix))) continue;
    for (const auto command : {kCalendarCommand, kSpecialDays}) {
      const auto fields = fields_of(command, pending.content);
      if (!fields.empty())
        kept.insert(calendar_key(number_of(fields, "calendar_type"), number_of(fields, "calendar_id")));
    }
  }
  auto at = state.stored.lower_bound(std::string(kCalendarPrefix));
  while (at != state.stored.end() && at->first.starts_with(kCalendarPrefix)) {
    const bool part = at->first.size() > kKeyDigits && at->first[kKeyDigits] == '/';
    const bool forgotten = part && kept.count(at->first.substr(0, kKeyDigits + 1)) == 0;
    at = forgotten ? state.stored.erase(at) : std::next(at);
  }
}

Tariff read_gas_calendar(const DeviceState& state, GasCalendar which) {
  Tariff out;
  const auto type = static_cast<std::int64_t>(which);
  const auto id = kept_number(state, current_key(type));
  if (!id) return out;
  const auto week_name = [](std::int64_t week) { return Bytes{static_cast<std::uint8_t>(week)}; };
  // year - 1900, month, day of month, day of week; FF wild
  const auto year = [](const Bytes& date) { return date[0] == 0xFF ? 0xFFFF : 1900 + date[0]; };
  const auto prefix = calendar_key(type, *id);
  for (auto at = state.stored.lower_bound(prefix); at != state.stored.end() && at->first.starts_with(prefix); ++at) {
    const auto command = static_cast<std::uint8_t>(at->first.at(prefix.size() + 1) - '0');
    const Fields part = fields_of(command, at->second);
    if (part.empty()) continue;
    if (command == kDays) {
      auto& switches = out.days[static_cast<int>(number_of(part, "day_id"))];
      for (const auto& entry : gbcs::zcl::find(part, "entries")->items)
        switches.push_back({static_cast<int>(entry.at(0).number), static_cast<int>(entry.at(1).number)});
    } else if (command == kWeeks) {
      auto& week = out.weeks[week_name(number_of(part, "week_id"))];
      for (const char* day : kWeekdays) week.push_back(static_cast<int>(number_of(part, day)));
    } else if (command == kSeasons) {
      for (const auto& season : gbcs::zcl::find(part, "seasons")->items) {
        const Bytes& d = season.at(0).bytes;
        const int y = year(d);
        out.seasons.push_back({{static_cast<std::uint8_t>(y >> 8), static_cast<std::uint8_t>(y), d[1], d[2], d[3], 0, 0,
                                0, 0, 0x80, 0, 0xFF},
                               week_name(season.at(1).number)});
      }
    } else if (command == kSpecialDays) {
      for (const auto& day : gbcs::zcl::find(part, "days")->items) {
        const Bytes& d = day.at(0).bytes;
        const int y = year(d);
        out.special_days.push_back({{static_cast<std::uint8_t>(y >> 8), static_cast<std::uint8_t>(y), d[1], d[2], d[3]},
                                    static_cast<int>(day.at(1).number)});
      }
    }
  }
  return out;
}

}  // namespace meterway::field
