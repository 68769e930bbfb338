#include "oversight/operations/table.h"

#include <algorithm>
#include <iterator>

namespace meterway::operations {
namespace {

#include "oversight/operations/tables.inc"

}  // namespace

std::span<const FigureRow> all_figures() { return kFigures; }
std::span<const SectionRow> all_sections() { return kSections; }
std::span<const CategoryRow> all_categories() { return kCategories; }

const FigureRow* find_figure(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kFigures), std::end(kFigures), [&](const FigureRow& row) { return row.name == name; });
  return found == std::end(kFigures) ? nullptr : found;
}

std::vector<SectionRow> sections_of(std::string_view form) {
  std::vector<SectionRow> out;
  for (const auto& row : kSections) {
    if (row.form == form) out.push_back(row);
  }
  return out;
}

}  // namespace meterway::operations
