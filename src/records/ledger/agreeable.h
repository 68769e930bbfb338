#pragma once
#include <algorithm>

#include "records/ledger/ledger.h"

namespace meterway::ledger {

/// For tests of the ledger alone: every function that a row names, agreeing to everything, but for these.
inline std::vector<Named> agreeable_but_for(std::vector<Named> out) {
  for (const auto& kind : all_kinds()) {
    for (const auto& row : kind.transitions) {
      for (const auto names : {row.guard, row.effect}) {
        for (const auto name : parts(names)) {
          const bool there = std::any_of(out.begin(), out.end(), [&](const Named& one) { return one.name == name; });
          if (there) continue;
          out.push_back({name,
                         [](Change&, const Record&, const Record&) -> Result<std::vector<std::string>> {
                           return std::vector<std::string>();
                         },
                         [](Change&, const Record&, Record&) { return Status(); }});
        }
      }
    }
  }
  return out;
}

}  // namespace meterway::ledger
