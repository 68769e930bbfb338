#include "apps/inventory.h"

#include <vector>

namespace meterway::apps {
namespace {

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto tab = line.find('\t');
    out.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    line.remove_prefix(tab + 1);
  }
}

std::string_view cell(const std::vector<std::string_view>& row, std::size_t column) {
  return column < row.size() ? row[column] : std::string_view();
}

}  // namespace

Result<Inventory> read_inventory(std::string_view text) {
  Inventory inventory;
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t eui = kNone;
  std::size_t type = kNone;
  std::size_t variant = kNone;
  std::size_t gbcs = kNone;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const auto row = cells(line);
    if (eui == kNone) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == "eui") eui = i;
        if (row[i] == "type") type = i;
        if (row[i] == "variant") variant = i;
        if (row[i] == "gbcs_version") gbcs = i;
      }
      if (eui == kNone || type == kNone)
        return fail(ErrorCode::BadRequest, number, "inventory: columns eui and type are needed");
      continue;
    }
    const auto id = Eui64::parse(cell(row, eui));
    if (!id) return fail(ErrorCode::BadEui64, number, "inventory line");
    InventoryDevice device;
    if (const auto known = parse_device_type(cell(row, type))) device.type = *known;
    device.facts = flow::transform::device_facts(cell(row, variant), cell(row, gbcs));
    inventory[*id] = device;
  }
  return inventory;
}

}  // namespace meterway::apps
