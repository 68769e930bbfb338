#include "flow/transform/dlms_rows.h"

namespace meterway::flow::transform {
namespace {

constexpr DlmsRow kRows[] = {
#include "flow/transform/dlms_commands.inc"
};

struct Named {
  std::string_view name;
  std::string_view expression;
};
constexpr Named kExpressions[] = {
#include "flow/transform/dlms_expressions.inc"
};

}  // namespace

std::span<const DlmsRow> dlms_rows() { return kRows; }

std::string_view dlms_expression(std::string_view name) {
  for (const auto& row : kExpressions) {
    if (row.name == name) return row.expression;
  }
  return {};
}

}  // namespace meterway::flow::transform
