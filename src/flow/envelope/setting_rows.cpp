#include "flow/envelope/setting_rows.h"

namespace meterway::flow {
namespace {

#include "flow/envelope/settings.inc"

}  // namespace

std::span<const SettingRow> all_settings() { return kRows; }

bool is_dangerous(const SettingRow& row, std::string_view value) {
  switch (row.dangerous_when) {
    case DangerousWhen::True:
      return value == "true";
    case DangerousWhen::False:
      return value == "false";
    case DangerousWhen::Set:
      return value != row.default_value;
    case DangerousWhen::Never:
      break;
  }
  return false;
}

}  // namespace meterway::flow
