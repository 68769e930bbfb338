#pragma once
#include <map>
#include <optional>
#include <vector>

#include "base/util/clock.h"
#include "standard/gbcs/dlms_data.h"

namespace meterway::field {

/// The tariff of an element of an ESME, read out of the objects that commands set: which register counts at a
/// moment, and what a kilowatt-hour costs there.
///
/// Source:  GBCS ECS01a/ECS24: activity calendar 0-0:13.0.0.255, special days 0-0:11.0.0.255, block thresholds
///          0-0:16.0.11..18.255, prices 0-0:19.20.0.255. Script selectors 1..48 are time-of-use registers; 101..108 are
///          rates 1..8 whose price depends on the block. Price indices: 01..30 registers, A1..D8 block and rate.
///          ECS01c/ECS24b: the secondary element of a twin meter has a calendar 0-0:13.0.1.255, special days
///          0-0:11.0.1.255 and prices 0-0:19.20.5.255 of its own; selectors 201..204 are its registers, prices 01..04.
struct Tariff {
  struct Season {
    Bytes start;  ///< 12-byte date-time, wildcards FF
    Bytes week;
  };
  struct Switch {
    int minute = 0;  ///< of the day, from which the register counts
    int selector = 1;
  };
  struct SpecialDay {
    Bytes date;  ///< year:2 month day day-of-week, wildcards FF
    int day = 0;
  };
  std::vector<Season> seasons;
  std::map<Bytes, std::vector<int>> weeks;  ///< name to seven day ids, Monday first
  std::map<int, std::vector<Switch>> days;
  std::vector<SpecialDay> special_days;
  std::map<int, std::vector<std::uint64_t>> thresholds_wh;  ///< by rate 1..8; those that are set, ascending
  std::map<int, std::int64_t> prices;                       ///< by index, 10^-5 GBP a kWh

  /// 1..48, or 101..108 for a block rate. 1 when the calendar does not say.
  int selector_at(UtcTime time) const;
  /// Block 0..3 of a rate after so much consumption in it.
  int block_of(int rate, std::uint64_t consumed_wh) const;
  std::int64_t price(int selector, int block) const;
  /// Of the secondary element: register 0..3, the first when the calendar does not say.
  std::size_t secondary_register_at(UtcTime time) const;
  std::int64_t secondary_price(std::size_t register_index) const;
};

/// The attributes a tariff is read from. What has an unexpected shape is left out.
struct TariffSource {
  gbcs::dlms::Data seasons, weeks, days, special_days, prices;
  std::vector<gbcs::dlms::Data> thresholds;  ///< of rates 1..8
};
Tariff read_tariff(const TariffSource& source);

}  // namespace meterway::field
