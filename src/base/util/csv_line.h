#pragma once
#include <string>
#include <vector>

namespace meterway {

/// One line of a table as RFC 4180 has it, with its CR LF: cells in quotes where they need them, UTF-8. A cell that a
/// spreadsheet would take for a formula (it begins with = + - @, tab or CR), or that begins with an apostrophe, gets an
/// apostrophe in front.
std::string csv_line(const std::vector<std::string>& cells);

/// Whether a cell that begins so gets one.
bool begins_formula(char c);

}  // namespace meterway
