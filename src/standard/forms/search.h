#pragma once
#include <string_view>
#include <vector>

#include "standard/duis/services.h"

namespace meterway::forms {

struct Found {
  const duis::Service* service = nullptr;
  unsigned score = 0;  ///< larger is better; says nothing by itself
};

/// Service request variants by name, number ("4.18", "4.1") or use case ("ECS17b"), the best first, equals in the order
/// of their numbers. Every word of the query must be met: by a word of the name or of the use cases' names, wholly, by
/// its beginning, or with a letter or two wrong. Where none meets every word, those that meet the most. Nothing asked:
/// all, in the order of their numbers.
std::vector<Found> search_services(std::string_view query);

/// "4.2" before "4.18".
bool stands_before(std::string_view variant, std::string_view other);

}  // namespace meterway::forms
