#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "flow/envelope/delivery_class.h"
#include "records/store/store.h"

/// How often a device has told of the same thing lately, and what of it is held back.
///
///     alert-window   device:8 code:2   ->  version:1 start:8 told:4 storm:4 held:4 | trace key, class:1, message,
///     users alert-storm    "last"            ->  number of the last storm:4
///
/// Big-endian, times in microseconds; the part behind the bar stands there during a storm.
/// Errors of all: those of the store; Truncated, BadValue or TrailingBytes for a row that cannot be read.
namespace meterway::flow::alert {

struct StormKey {
  Eui64 device;
  std::uint16_t code = 0;
  std::string text() const;  ///< "00db1234567890a0:8f3e"
};

/// A User who has not been told, and the ResponseID under which he would have been.
struct HeldFor {
  Eui64 user;
  RequestId response_id;
};

struct Storm {
  UtcTime start{};           ///< of the window
  std::uint32_t told = 0;    ///< alerts in the window that were passed on
  std::uint32_t number = 0;  ///< of the storm; 0: there is none
  std::uint32_t held = 0;    ///< alerts held since they were last summed up
  // The latest of those held.
  std::string trace_key;
  DeliveryClass delivery_class = DeliveryClass::Alert;
  Bytes message;
  std::vector<HeldFor> users;
};

Result<std::optional<Storm>> find_storm(const store::ReadView& view, const StormKey& key);
Status put_storm(store::WriteView& view, const StormKey& key, const Storm& storm);
Status erase_storm(store::WriteView& view, const StormKey& key);
/// 1, 2, ...; begins again at 1 after 2^32 - 1.
Result<std::uint32_t> next_storm_number(store::WriteView& view);

struct StormRow {
  StormKey key;
  Storm storm;
};
/// Rows after this key (none: from the start), the first `limit` of them.
Result<std::vector<StormRow>> storms_after(const store::ReadView& view, const std::optional<StormKey>& after,
                                           std::size_t limit);

}  // namespace meterway::flow::alert
