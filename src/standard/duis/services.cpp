#include "standard/duis/services.h"

#include <algorithm>

namespace meterway::duis {
namespace {

constexpr Service kServices[] = {
#include "standard/duis/services.inc"
};

constexpr bool is_ordered() {
  for (std::size_t i = 1; i < std::size(kServices); ++i) {
    if (kServices[i - 1].variant >= kServices[i].variant) return false;
  }
  return true;
}
static_assert(is_ordered());

}  // namespace

std::span<const Service> all_services() { return kServices; }

const Service* find_service(std::string_view variant) {
  const auto* at = std::lower_bound(std::begin(kServices), std::end(kServices), variant,
                                    [](const Service& row, std::string_view wanted) { return row.variant < wanted; });
  return at != std::end(kServices) && at->variant == variant ? at : nullptr;
}

}  // namespace meterway::duis
