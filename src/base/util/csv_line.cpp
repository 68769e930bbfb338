#include "base/util/csv_line.h"

#include <string_view>

namespace meterway {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

bool begins_formula(char c) {
  return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == '\'';
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const auto& cell : cells) {
    if (&cell != &cells.front()) out += ',';
    const auto safe = (!cell.empty() && begins_formula(cell.front()) ? "'" : "") + cell;
    // Where a table begins with it, it would be taken for the mark of UTF-8, which is no part of the cell.
    if (safe.find_first_of(",\"\r\n") == std::string::npos && !safe.starts_with(kByteOrderMark)) {
      out += safe;
      continue;
    }
    out += '"';
    for (const char c : safe) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out + "\r\n";
}

}  // namespace meterway
