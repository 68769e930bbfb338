#include <cstdint>
#include <cstdlib>

#include "oversight/governance/live_figures.h"

/// Whoever writes a highlight or a paper writes live figures into it, and what they stand for is frozen into the same
/// text. Invariants: figures stand in order, within the text and beside each other; freezing changes nothing but their
/// values, whatever those are, and what is frozen reads as the same figures.
// Covers: src/oversight/governance/live_figures.cpp
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::governance;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto found = figures_in(text);
  std::size_t end = 0;
  for (const auto& one : found.figures) {
    if (one.at < end || one.size == 0 || one.at + one.size > size) std::abort();
    end = one.at + one.size;
  }
  // A value may be anything that a record holds: the text's own end will do.
  const std::vector<std::string> values(found.figures.size(), std::string(text.substr(size - size / 8)));
  const auto frozen = frozen_text(text, values);
  const auto again = figures_in(frozen);
  if (again.figures.size() != found.figures.size()) std::abort();
  for (std::size_t i = 0; i < again.figures.size(); ++i) {
    if (again.figures[i].target != found.figures[i].target || again.figures[i].field != found.figures[i].field)
      std::abort();
  }
  std::vector<std::string> kept;
  for (const auto& one : again.figures) kept.push_back(one.frozen);
  if (figures_in(frozen_text(frozen, kept)).figures.size() != kept.size()) std::abort();
  return 0;
}
