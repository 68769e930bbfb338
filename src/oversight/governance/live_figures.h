#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "records/ledger/reference.h"

/// Live figures in a text: "[[report:RPT000012.actual]]" stands for that field of that record, so that nobody types a
/// number that is recorded already. Frozen, it is "[[report:RPT000012.actual=1209004]]".
namespace meterway::governance {

struct LiveFigure {
  std::size_t at = 0, size = 0;  ///< of the brackets and what is between them
  ledger::Target target;
  std::string field;
  std::string frozen;  ///< empty: it is still live
};
struct FiguresOf {
  std::vector<LiveFigure> figures;
  std::vector<std::string> wrong;  ///< brackets that hold something else
};
FiguresOf figures_in(std::string_view text);
/// The same text with each figure's value.
std::string frozen_text(std::string_view text, const std::vector<std::string>& values);

/// Figures that somebody has typed: percentages, and numbers in groups of three, outside of brackets.
std::vector<std::string> typed_figures(std::string_view text);

inline constexpr std::string_view kNotRecorded = "not recorded";

}  // namespace meterway::governance
