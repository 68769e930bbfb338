#include "portal/server/csv.h"

#include <algorithm>

#include "base/util/csv_line.h"

namespace meterway::portal::csv {
namespace {

using Wrong = Unexpected<std::string>;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string as_it_was(std::string cell) {
  if (cell.size() > 1 && cell[0] == '\'' && begins_formula(cell[1])) cell.erase(0, 1);
  return cell;
}

/// One cell, from `at` on, which is left after it.
Result<std::string, std::string> read_cell(std::string_view text, std::size_t& at) {
  std::string cell;
  if (at < text.size() && text[at] == '"') {
    for (++at;; ++at) {
      if (at >= text.size()) return Wrong{"a quote is not closed"};
      if (text[at] != '"') {
        cell += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += text[at++];
      } else {
        break;
      }
    }
    ++at;
    if (at < text.size() && text[at] != ',' && text[at] != '\r' && text[at] != '\n')
      return Wrong{"something follows a closing quote"};
    return as_it_was(std::move(cell));
  }
  while (at < text.size() && text[at] != ',' && text[at] != '\r' && text[at] != '\n') {
    if (text[at] == '"') return Wrong{"a quote stands inside a cell that does not begin with one"};
    cell += text[at++];
  }
  return as_it_was(std::move(cell));
}

}  // namespace

std::string line(const Cells& cells) { return csv_line(cells); }

Result<std::vector<Cells>, std::string> read(std::string_view text, std::size_t most_rows) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Cells> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto place = "row " + std::to_string(rows.size() + 1) + ": ";
    if (rows.size() == most_rows) return Wrong{place + "there are too many rows"};
    Cells cells;
    while (true) {
      auto cell = read_cell(text, at);
      if (!cell) return Wrong{place + "cell " + std::to_string(cells.size() + 1) + ": " + cell.error()};
      cells.push_back(std::move(*cell));
      if (cells.size() > kMostCells) return Wrong{place + "has too many cells"};
      if (at >= text.size() || text[at] != ',') break;
      ++at;
    }
    if (at < text.size() && text[at] == '\r') {
      if (at + 1 >= text.size() || text[at + 1] != '\n') return Wrong{place + "a CR without LF"};
      ++at;
    }
    ++at;
    if (!rows.empty() && cells.size() != rows.front().size())
      return Wrong{place + "has " + std::to_string(cells.size()) + " cells, the first row " +
                   std::to_string(rows.front().size())};
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace meterway::portal::csv
