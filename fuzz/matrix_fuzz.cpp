#include <cstdint>
#include <cstdlib>

#include "oversight/governance/matrix.h"
#include "portal/server/csv.h"

/// Anybody posts a service request matrix as CSV to be compared with the system's. Invariants: every difference is one,
/// and of a row or a column that is named; the system's own has none.
// Covers: src/oversight/governance/matrix.cpp, src/portal/server/csv.cpp
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const auto rows = portal::csv::read({reinterpret_cast<const char*>(data), size});
  if (!rows) return 0;
  const auto found = governance::compare_with_system(*rows);
  if (!found) return found.error().empty() ? std::abort(), 0 : 0;
  for (const auto& one : *found) {
    if (one.in_text == one.in_system) std::abort();
  }
  static const bool kSame = [] {
    const auto own = governance::compare_with_system(governance::service_matrix());
    return own && own->empty();
  }();
  if (!kSame) std::abort();
  return 0;
}
