#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace meterway::governance {

enum class Edit : std::uint8_t { Kept, Removed, Added };
struct Run {
  Edit edit;
  std::string text;
};
/// The words that lead from one text to another: kept and removed ones make the first, kept and added ones the second,
/// blanks between words apart. Texts of more than 2,000 words are removed and added whole.
std::vector<Run> redline_of(std::string_view before, std::string_view after);

}  // namespace meterway::governance
