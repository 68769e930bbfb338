#pragma once
#include "flow/transform/payload.h"

namespace meterway::flow::transform {

/// The charge table of the primary element, an array with every price the meter can hold; what the request does not
/// give is zero, so that no price of an older tariff stays behind.
///
///     01 50 | { 02 02 | 09 01 index | 10 price:2 }     index 01..30: time-of-use registers 1 to 48
///                                                      index A1..A8 B1..B8 C1..C8 D1..D8: block A to D, registers 1 to
///                                                      8
///
/// `at` holds BlockTariff, TOUTariff or HybridTariff. Errors: BadRequest when a price is not in 16 bits.
Result<Bytes> primary_prices(const duis::Element& at);

/// The same of the secondary element: index 01..04, from ElectricityPriceElement.
Result<Bytes> secondary_prices(const duis::Element& at);

}  // namespace meterway::flow::transform
