#include "standard/mmc/tables.h"

#include <algorithm>

namespace meterway::mmc {
namespace {

struct WordRow {
  std::string_view list;
  bool is_any;
  std::int64_t number;
  std::string_view word;
};

#include "standard/mmc/mmc.inc"

}  // namespace

std::span<const Row> rows_of(std::string_view owner) {
  const auto [first, last] = std::equal_range(std::begin(kRows), std::end(kRows), Row{owner, {}, {}, {}, {}, {}},
                                              [](const Row& a, const Row& b) { return a.owner < b.owner; });
  return {first, last};
}

std::string_view word_of(std::string_view list, std::int64_t number) {
  for (const auto& row : kWords) {
    if (row.list == list && (row.is_any || row.number == number)) return row.word;
  }
  return {};
}

const ServiceRow* find_service(std::string_view service) {
  const auto* found = std::find_if(std::begin(kServices), std::end(kServices),
                                   [&](const ServiceRow& row) { return row.service == service; });
  return found == std::end(kServices) ? nullptr : found;
}

std::span<const MessageRow> message_rows() { return kMessages; }

}  // namespace meterway::mmc
