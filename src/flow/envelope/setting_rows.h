#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace meterway::flow {

/// The value of a setting that makes a node fit for tests alone.
enum class DangerousWhen : std::uint8_t { Never, True, False, Set };

/// A row of spec/settings.tsv.
struct SettingRow {
  std::string_view name;           ///< "delivery.pushers"
  std::string_view default_value;  ///< JSON
  DangerousWhen dangerous_when;
  std::string_view danger;   ///< what may happen then
  std::string_view meaning;  ///< without marks
};
std::span<const SettingRow> all_settings();

/// Whether this value (JSON) is the dangerous one.
bool is_dangerous(const SettingRow& row, std::string_view value);

}  // namespace meterway::flow
