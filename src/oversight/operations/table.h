#pragma once
#include <span>
#include <string_view>
#include <vector>

/// Rows of spec/figures.tsv, report_forms.tsv and incident_categories.tsv.
namespace meterway::operations {

struct FigureRow {
  std::string_view name, title, unit, query, by, numerator, denominator, exclusions, target, minimum, clause, how_sure;
  bool headline;  ///< whether the headline of a report depends on it
};
struct SectionRow {
  std::string_view form, title, clause, section;
  int months_back;
  std::string_view content;
};
struct CategoryRow {
  std::string_view category, conditions, because, how_sure;
};

std::span<const FigureRow> all_figures();
const FigureRow* find_figure(std::string_view name);
std::span<const SectionRow> all_sections();
/// In their order; empty for a form that there is not.
std::vector<SectionRow> sections_of(std::string_view form);
std::span<const CategoryRow> all_categories();

}  // namespace meterway::operations
