#include <cstdint>
#include <cstdlib>
#include <string>

#include "portal/server/csv.h"

/// Anybody with a role posts tables to /api/v1/ledger/{kind}. Invariants: what is read can be written and reads as the
/// same; no cell of what is written begins as a formula.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::portal;
  const auto rows = csv::read({reinterpret_cast<const char*>(data), size});
  if (!rows) return 0;
  std::string text;
  for (const auto& cells : *rows) {
    const auto line = csv::line(cells);
    const auto first = line[line[0] == '"' ? 1 : 0];
    if (first == '=' || first == '+' || first == '-' || first == '@' || first == '\t') std::abort();
    text += line;
  }
  const auto again = csv::read(text);
  if (!again || *again != *rows) std::abort();
  return 0;
}
