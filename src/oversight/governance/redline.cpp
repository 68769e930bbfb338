#include "oversight/governance/redline.h"

#include <algorithm>

namespace meterway::governance {
namespace {

constexpr std::size_t kMostWords = 2000;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \n\t", at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(" \n\t", at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

void add(std::vector<Run>& runs, Edit edit, std::string_view word) {
  if (runs.empty() || runs.back().edit != edit) {
    runs.push_back({edit, std::string(word)});
  } else {
    runs.back().text += " " + std::string(word);
  }
}

}  // namespace

std::vector<Run> redline_of(std::string_view before, std::string_view after) {
  const auto a = words_of(before), b = words_of(after);
  std::vector<Run> out;
  if (a.size() > kMostWords || b.size() > kMostWords) {
    out.push_back({Edit::Removed, std::string(before)});
    out.push_back({Edit::Added, std::string(after)});
    return out;
  }
  // longest[i][j]: of the common subsequences of a from i and b from j.
  const auto width = b.size() + 1;
  std::vector<std::uint16_t> longest((a.size() + 1) * width);
  for (auto i = a.size(); i-- > 0;) {
    for (auto j = b.size(); j-- > 0;) {
      longest[i * width + j] = a[i] == b[j] ? static_cast<std::uint16_t>(longest[(i + 1) * width + j + 1] + 1)
                                            : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      add(out, Edit::Kept, a[i]);
      ++i, ++j;
    } else if (i < a.size() && (j == b.size() || longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      add(out, Edit::Removed, a[i++]);
    } else {
      add(out, Edit::Added, b[j++]);
    }
  }
  return out;
}

}  // namespace meterway::governance
