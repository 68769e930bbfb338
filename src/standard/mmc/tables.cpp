#include "standard/mmc/tables.h"

#include <algorithm>

#include "standard/mmc/items.h"

namespace meterway::mmc {
namespace {

struct WordRow {
  std::string_view list;
  bool is_any;
  std::int64_t number;
  std::string_view word;
};

struct ItemRow {
  std::uint16_t code;
  bool is_conditional;
  std::string_view name;
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

std::vector<std::string_view> item_names(MessageCode code, std::size_t count) {
  std::vector<std::string_view> all;
  std::vector<std::string_view> unconditional;
  for (const auto& row : kItems) {
    if (row.code != code.value) continue;
    all.push_back(row.name);
    if (!row.is_conditional) unconditional.push_back(row.name);
  }
  if (all.size() == count) return all;
  if (unconditional.size() == count) return unconditional;
  return {};
}

}  // namespace meterway::mmc
