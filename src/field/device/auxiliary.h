#pragma once
#include <array>
#include <optional>
#include <vector>

#include "base/util/clock.h"
#include "standard/gbcs/dlms_data.h"

namespace meterway::field {

/// Auxiliary loads: up to five controllers of an ESME or SAPC, each a switch (ALCS, or HCALCS over the home's network)
/// or a proportional controller (APC). A level is a per cent of the load; a switch is on at 100 alone. Output is what
/// the load may draw, input what it may give back. Pure rules over plain data.
///
/// Source:  GBCS ECS46c, 46d, 47, 47a, 47e, 61a, 61e; schema 5.4 ("anything but 100 will switch off an ALCS or
/// HCALCS").
///          That a limit caps what supplier and schedule ask for, and that a command counts for more than the schedule,
///          is ours.
struct AuxiliaryWindow {
  UtcTime start{}, end{};
  std::uint8_t level = 0;
  bool holds(UtcTime at) const { return start <= at && at < end; }
  friend bool operator==(const AuxiliaryWindow&, const AuxiliaryWindow&) = default;
};

struct AuxiliarySide {
  std::uint8_t scheduled = 0;                ///< the level of the schedule's last switch; off until there was one
  std::optional<AuxiliaryWindow> commanded;  ///< by the supplier (ECS47, ECS47a)
  std::optional<AuxiliaryWindow> limit;      ///< by a load controller (ECS47e)
  std::uint8_t shown = 0;                    ///< the level that was last written where it is read
  std::uint8_t level_at(UtcTime at) const;
  friend bool operator==(const AuxiliarySide&, const AuxiliarySide&) = default;
};

enum class LoadSide : std::uint8_t { Output = 0, Input = 1 };

struct AuxiliaryController {
  std::array<AuxiliarySide, 2> sides{};  ///< by LoadSide
  AuxiliarySide& operator[](LoadSide side) { return sides[static_cast<std::size_t>(side)]; }
  const AuxiliarySide& operator[](LoadSide side) const { return sides[static_cast<std::size_t>(side)]; }
  friend bool operator==(const AuxiliaryController&, const AuxiliaryController&) = default;
};

struct Auxiliaries {
  static constexpr std::size_t kControllers = 5;
  std::array<AuxiliaryController, kControllers> controllers{};  ///< controller n is the one at n - 1
  UtcTime reached{};                                            ///< the schedule has been followed until then
  friend bool operator==(const Auxiliaries&, const Auxiliaries&) = default;
  /// When a command or limit next begins or ends after `now`.
  std::optional<UtcTime> next_change(UtcTime now) const;
};

/// What a script of 0-0:10.0.103.255 (or 107) means. Below 1000 hexadecimal: n, then 01 on, 02 off (of a schedule),
/// 11 on, 12 off for a while, 20 back to the schedule. From 1000: 1 output or 2 input, n, level; the level of a
/// schedule has its top bit set.
struct LoadScript {
  enum class Kind : std::uint8_t { Scheduled, For, Between, Reset } kind = Kind::Scheduled;
  std::size_t controller = 0;  ///< 0..4
  LoadSide side = LoadSide::Output;
  std::uint8_t level = 0;
};
std::optional<LoadScript> read_load_script(std::int64_t script);

/// An entry of the schedule 0-0:12.0.2.255 and what it does.
struct LoadSwitch {
  int minute = 0;             ///< of the day
  std::uint8_t weekdays = 0;  ///< Monday is the most significant of seven bits, 80
  Bytes special_days;         ///< a bit for each row of the table of special days, first bit most significant
  Bytes first, last;          ///< year:2 month day day-of-week, wildcards FF
  LoadScript what;
};
/// What has an unexpected shape, and what is switched off, is left out.
std::vector<LoadSwitch> read_load_schedule(const gbcs::dlms::Data& schedule);

/// True when every entry makes sense: its shape, its time of the day, its script. At most kMostSwitches of them.
bool is_load_schedule(const gbcs::dlms::Data& schedule);
constexpr std::size_t kMostSwitches = 120;  ///< as many as schema 5.4 allows of 6.14.3

/// Follows the schedule over (reached, now]: each side keeps the level of its last switch. A special day (rows of
/// 0-0:11.0.3.255: index, date, day id) is switched by the entries that name it and no others.
void follow_schedule(Auxiliaries& loads, const std::vector<LoadSwitch>& schedule, const gbcs::dlms::Data& special_days,
                     UtcTime now);

}  // namespace meterway::field
