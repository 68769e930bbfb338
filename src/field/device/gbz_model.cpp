#include "field/device/gbz_model.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::field {
namespace {

constexpr GbzCommandRow kGbzCommands[] = {
#include "field/device/commands.inc"
};

/// True when the word stands in a list separated by blanks.
bool stands_in(std::string_view list, std::string_view word) {
  for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || list[at - 1] == ' ') && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

std::string hex4(std::uint16_t value) {
  char text[5];
  std::snprintf(text, sizeof text, "%04X", value);
  return text;
}

bool is_signed(std::uint8_t type) { return type >= 0x28 && type <= 0x2F; }

std::int64_t number_in(ByteView bytes, bool with_sign) {
  if (bytes.empty() || bytes.size() > 8) return 0;
  wire::Reader in(bytes);
  const std::uint64_t value = in.number_le(bytes.size(), "kept number");
  if (!with_sign) return static_cast<std::int64_t>(value);
  const std::uint64_t sign = std::uint64_t{1} << (8 * bytes.size() - 1);
  return static_cast<std::int64_t>((value ^ sign) - sign);
}

std::int64_t number_in(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// What a meter has, its mirror has or does not give out: the rows of the meter are those of both.
const AttributeRow* row_of(std::uint16_t cluster, std::uint16_t attribute) {
  return find_attribute(DeviceType::GSME, cluster, attribute);
}

}  // namespace

std::span<const GbzCommandRow> gbz_commands() { return kGbzCommands; }

const GbzCommandRow* find_gbz_command(DeviceType device, MessageCode code, const gbcs::gbz::Component& component) {
  constexpr std::uint8_t kKindAndDirection = 0x09;  // the rest asks for default responses or not
  const std::uint8_t frame_control = component.frame_control & kKindAndDirection;
  for (const auto& row : kGbzCommands) {
    if (row.command == component.command && row.frame_control == frame_control &&
        (row.cluster == component.cluster || row.cluster == GbzCommandRow::kAnyCluster) &&
        stands_in(row.devices, to_string(device)) && (row.codes.empty() || stands_in(row.codes, hex4(code.value)))) {
      return &row;
    }
  }
  return nullptr;
}

std::string attribute_key(std::uint16_t cluster, std::uint16_t attribute) {
  return hex4(cluster) + "/" + hex4(attribute);
}

std::string command_key(std::uint16_t cluster, std::uint8_t command) {
  return hex4(cluster) + "/" + hex4(command).substr(2);
}

std::size_t zcl_size(std::uint8_t type) {
  if (type == 0x18 || type == 0x19) return type - 0x17u;
  if (type >= 0x20 && type <= 0x27) return type - 0x1Fu;
  if (type >= 0x28 && type <= 0x2F) return type - 0x27u;
  return type == 0x30 ? 1 : 0;
}

std::int64_t gas_number(const DeviceState& state, std::uint16_t cluster, std::uint16_t attribute) {
  const AttributeRow* row = row_of(cluster, attribute);
  if (row == nullptr) return 0;
  const auto kept = state.stored.find(attribute_key(cluster, attribute));
  return kept != state.stored.end() ? number_in(ByteView(kept->second), is_signed(row->type)) : number_in(row->value);
}

Bytes gas_text(const DeviceState& state, std::uint16_t cluster, std::uint16_t attribute) {
  if (const auto kept = state.stored.find(attribute_key(cluster, attribute)); kept != state.stored.end())
    return kept->second;
  const AttributeRow* row = row_of(cluster, attribute);
  if (row == nullptr || row->value == "-") return {};
  constexpr std::string_view kHex = "hex:";
  if (row->value.substr(0, kHex.size()) == kHex) return *from_hex(row->value.substr(kHex.size()));
  return Bytes(row->value.begin(), row->value.end());
}

std::optional<std::int64_t> kept_number(const DeviceState& state, const std::string& key) {
  const auto kept = state.stored.find(key);
  if (kept == state.stored.end()) return std::nullopt;
  return number_in(ByteView(kept->second), false);
}

void keep_number(DeviceState& state, const std::string& key, std::int64_t value) {
  std::uint32_t number = 0;
  const char* end = key.data() + key.size();
  const bool names_attribute = key.size() == 9 && std::from_chars(key.data() + 5, end, number, 16).ptr == end;
  std::uint32_t cluster = 0;
  std::from_chars(key.data(), key.data() + std::min<std::size_t>(4, key.size()), cluster, 16);
  const AttributeRow* row =
      names_attribute ? row_of(static_cast<std::uint16_t>(cluster), static_cast<std::uint16_t>(number)) : nullptr;
  const std::size_t size = row == nullptr ? 0 : zcl_size(row->type);
  state.stored[key] = wire::Writer().number_le(static_cast<std::uint64_t>(value), size == 0 ? 8 : size).take();
}

void keep_number(DeviceState& state, std::uint16_t cluster, std::uint16_t attribute, std::int64_t value) {
  keep_number(state, attribute_key(cluster, attribute), value);
}

std::vector<std::pair<std::string, std::string_view>> kept_fields(const GbzCommandRow& row) {
  std::vector<std::pair<std::string, std::string_view>> out;
  std::string_view rest = row.keeps;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    std::string key(pair.substr(0, equals));
    if (key.find('/') == std::string::npos) key = hex4(row.cluster) + "/" + key;
    out.emplace_back(std::move(key), equals < pair.size() ? pair.substr(equals + 1) : std::string_view());
  }
  return out;
}

}  // namespace meterway::field
