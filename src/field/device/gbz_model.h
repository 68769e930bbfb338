#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "field/device/model.h"
#include "field/device/state.h"
#include "standard/gbcs/gbz.h"

/// What a gas meter and its mirror know of ZigBee clusters: rows of commands, and attributes with their values.
namespace meterway::field {

/// One row of spec/device_commands.tsv.
struct GbzCommandRow {
  static constexpr std::uint16_t kAnyCluster = 0xFFFF;
  std::string_view devices;
  std::string_view codes;  ///< message codes in hexadecimal, or empty: any
  std::uint16_t cluster;
  std::uint8_t frame_control;
  std::uint8_t command;
  std::string_view rule;
  bool default_answer;  ///< a default response, and the next two say nothing
  std::uint8_t answer_frame_control;
  std::uint8_t answer_command;
  std::string_view starts;  ///< field with the start time, "from", or empty
  std::string_view keeps;
};
std::span<const GbzCommandRow> gbz_commands();
/// Null when the device does not carry it out.
const GbzCommandRow* find_gbz_command(DeviceType device, MessageCode code, const gbcs::gbz::Component& component);

/// Where a value is kept in DeviceState::stored: "0705/0031".
std::string attribute_key(std::uint16_t cluster, std::uint16_t attribute);

/// What a fault of a command stands under: "0702/06".
std::string command_key(std::uint16_t cluster, std::uint8_t command);

/// Bytes of a number of this ZCL type; 0 for strings.
std::size_t zcl_size(std::uint8_t type);

/// A number or text that was kept, or what the attribute's row says until then; 0 or nothing without a row.
/// Numbers are kept little-endian, texts without their length.
std::int64_t gas_number(const DeviceState& state, std::uint16_t cluster, std::uint16_t attribute);
Bytes gas_text(const DeviceState& state, std::uint16_t cluster, std::uint16_t attribute);
/// A number kept under any key.
std::optional<std::int64_t> kept_number(const DeviceState& state, const std::string& key);

void keep_number(DeviceState& state, std::uint16_t cluster, std::uint16_t attribute, std::int64_t value);
/// Under any key: as wide as the attribute that it names, else eight bytes.
void keep_number(DeviceState& state, const std::string& key, std::int64_t value);

/// "0302=conversion_factor tariff_type=control" as pairs, each key completed with the row's cluster.
std::vector<std::pair<std::string, std::string_view>> kept_fields(const GbzCommandRow& row);

}  // namespace meterway::field
