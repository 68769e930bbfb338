#include "standard/gbcs/use_cases.h"

#include <algorithm>
#include <array>

namespace meterway::gbcs {
namespace {

constexpr UseCase kUseCases[] = {
#include "standard/gbcs/use_cases.inc"
};

constexpr bool sorted_and_unique() {
  for (std::size_t i = 1; i < std::size(kUseCases); ++i) {
    const auto before = kUseCases[i - 1].code, after = kUseCases[i].code;
    if (after < before || (after == before && after.value != 0)) return false;
  }
  return true;
}
static_assert(sorted_and_unique(), "one row a message code, in order");

constexpr bool fields_agree() {
  for (const auto& row : kUseCases) {
    const bool is_message = row.code.value != 0;
    if (is_message != (row.payload != PayloadKind::None)) return false;
    // Only responses and alerts carry encrypted attributes, and only responses a date-time.
    if (row.date_time && row.response == Protection::None) return false;
    if (row.alert != Protection::None && row.command != Protection::None) return false;
  }
  return true;
}
static_assert(fields_agree(), "a row contradicts itself");

}  // namespace

bool UseCase::serves(std::string_view service) const {
  for (std::size_t at = 0; at < services.size();) {
    const auto end = std::min(services.find(' ', at), services.size());
    if (services.substr(at, end - at) == service) return true;
    at = end + 1;
  }
  return false;
}

std::span<const UseCase> use_cases() { return kUseCases; }

const UseCase* find_use_case(MessageCode code) {
  const auto* row =
      std::lower_bound(std::begin(kUseCases), std::end(kUseCases), code,
                       [](const UseCase& use_case, MessageCode wanted) { return use_case.code < wanted; });
  return code.value != 0 && row != std::end(kUseCases) && row->code == code ? row : nullptr;
}

const UseCase* find_use_case(std::string_view use_case) {
  const auto* row = std::find_if(std::begin(kUseCases), std::end(kUseCases),
                                 [&](const UseCase& candidate) { return candidate.use_case == use_case; });
  return row != std::end(kUseCases) ? row : nullptr;
}

}  // namespace meterway::gbcs
