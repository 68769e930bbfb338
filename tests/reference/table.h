#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Tab-separated tables of the tests, read while they run: a changed row needs no build.
namespace meterway::tests {

using Row = std::map<std::string, std::string>;

/// Rows by the names of the first line that is no comment; lines that begin with # are comments.
inline std::vector<Row> read_table(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> names;
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> cells;
    std::size_t from = 0;
    for (std::size_t tab = 0; tab != std::string::npos; from = tab + 1) {
      tab = line.find('\t', from);
      cells.push_back(line.substr(from, tab == std::string::npos ? tab : tab - from));
    }
    if (names.empty()) {
      names = cells;
      continue;
    }
    Row row;
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = i < cells.size() ? cells[i] : "";
    rows.push_back(std::move(row));
  }
  return rows;
}

/// A pattern in which * stands for any text.
inline bool matches(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  for (std::size_t i = star; i <= text.size(); ++i) {
    if (matches(pattern.substr(star + 1), text.substr(i))) return true;
  }
  return false;
}

inline std::filesystem::path table_path(const char* name) {
  return std::filesystem::path(METERWAY_SOURCE_DIR) / "tests/reference" / name;
}

}  // namespace meterway::tests
