#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/result.h"

/// Tables as RFC 4180 has them: commas, CR LF, cells in quotes where they need them, UTF-8.
namespace meterway::portal::csv {

using Cells = std::vector<std::string>;
inline constexpr std::size_t kMostRows = 20'000, kMostCells = 200;

/// One line with its CR LF. A cell that a spreadsheet would take for a formula (it begins with = + - @, tab or CR), or
/// that begins with an apostrophe, gets an apostrophe in front.
std::string line(const Cells& cells);

/// Rows, each as many cells as the first has; apostrophes that line() puts in front are taken away. Errors in words
/// with the number of the row and, within it, of the cell (the first is 1): a quote that nobody closes, one inside a
/// plain cell, too many or few cells, more than `most_rows`.
Result<std::vector<Cells>, std::string> read(std::string_view text, std::size_t most_rows = kMostRows);

}  // namespace meterway::portal::csv
