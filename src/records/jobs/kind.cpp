#include "records/jobs/kind.h"

#include <algorithm>
#include <iterator>

#include "base/util/each_part.h"

namespace meterway::jobs {
namespace {

#include "records/jobs/jobs.inc"

}  // namespace

std::span<const Kind> all_kinds() { return kKinds; }

const Kind* find_kind(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& one) { return one.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::vector<const Column*> Kind::columns() const {
  std::vector<const Column*> out;
  for (const auto& column : kColumns) {
    if (column.kind == name) out.push_back(&column);
  }
  return out;
}

bool Kind::has_column(std::string_view column) const {
  return std::any_of(std::begin(kColumns), std::end(kColumns),
                     [&](const Column& one) { return one.kind == name && one.name == column; });
}

std::vector<std::string_view> Kind::needed_columns() const {
  std::vector<std::string_view> out;
  const auto all = columns();
  for (const auto* column : all) {
    if (std::find(out.begin(), out.end(), column->name) != out.end()) continue;
    bool of_all = true;
    each_part(services, ',', [&](std::string_view service) {
      of_all &= std::any_of(all.begin(), all.end(), [&](const Column* one) {
        return one->name == column->name && one->needed && one->is_of(service);
      });
    });
    if (of_all) out.push_back(column->name);
  }
  return out;
}

}  // namespace meterway::jobs
