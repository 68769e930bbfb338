#include "flow/transform/gbz_table.h"

#include <algorithm>
#include <iterator>

namespace meterway::flow::transform {
namespace {

#include "flow/transform/gbz_table.inc"

constexpr bool rows_are_sorted_and_complete() {
  for (std::size_t i = 0; i < std::size(kComponents); ++i) {
    const auto& row = kComponents[i];
    if (i > 0 && row.code < kComponents[i - 1].code) return false;
    if (row.first_field + row.field_count > std::size(kFields)) return false;
    if (row.times == 0 || (row.each != nullptr && row.times != 1) || (row.alike && row.each == nullptr)) return false;
  }
  return true;
}
static_assert(rows_are_sorted_and_complete(), "spec/gbz_commands.tsv must be in order of message codes");

}  // namespace

std::span<const GbzComponent> gbz_components(MessageCode code) {
  const auto* first = std::lower_bound(std::begin(kComponents), std::end(kComponents), code.value,
                                       [](const GbzComponent& row, std::uint16_t wanted) { return row.code < wanted; });
  const auto* last = first;
  while (last != std::end(kComponents) && last->code == code.value) ++last;
  return {first, last};
}

std::span<const GbzField> gbz_fields(const GbzComponent& component) {
  return {kFields + component.first_field, component.field_count};
}

const GbzWord* gbz_word(std::uint64_t map, std::string_view word) {
  const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                   [&](const GbzWord& row) { return row.map == map && row.word == word; });
  return found == std::end(kWords) ? nullptr : found;
}

}  // namespace meterway::flow::transform
