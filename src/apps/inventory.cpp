#include "apps/inventory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <vector>

#include "base/util/hex.h"

namespace meterway::apps {
namespace {

/// The cells of the lines of a tab-separated file under the columns wanted, whose names the first line has. `needed`:
/// how many of them there must be. Errors: BadRequest; of `take`.
template <std::size_t Count>
Status each_row(std::string_view text, const std::array<std::string_view, Count>& wanted, std::size_t needed,
                const std::function<Status(std::size_t, const std::array<std::string_view, Count>&)>& take) {
  std::array<std::size_t, Count> place{};
  bool named = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string_view> cells;
    for (auto tab = line.find('\t');; tab = line.find('\t')) {
      cells.push_back(line.substr(0, tab));
      if (tab == std::string_view::npos) break;
      line.remove_prefix(tab + 1);
    }
    std::array<std::string_view, Count> row;
    for (std::size_t i = 0; i < Count; ++i) {
      if (!named) place[i] = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), wanted[i]) - cells.begin());
      if (!named && i < needed && place[i] == cells.size())
        return fail(ErrorCode::BadRequest, number, "names of columns");
      if (place[i] < cells.size()) row[i] = cells[place[i]];
    }
    if (named) METERWAY_CHECK(take(number, row));
    named = true;
  }
  return {};
}

}  // namespace

Result<Inventory> read_inventory(std::string_view text) {
  Inventory inventory;
  METERWAY_CHECK(each_row<4>(text, {"eui", "type", "variant", "gbcs_version"}, 2,
                             [&](std::size_t number, const auto& row) -> Status {
                               const auto id = Eui64::parse(row[0]);
                               if (!id) return fail(ErrorCode::BadEui64, number, "inventory line");
                               InventoryDevice device;
                               if (const auto known = parse_device_type(row[1])) device.type = *known;
                               device.facts = flow::transform::device_facts(row[2], row[3]);
                               inventory[*id] = device;
                               return {};
                             }));
  return inventory;
}

Result<LogBackups> read_log_backups(std::string_view text) {
  LogBackups logs;
  METERWAY_CHECK(each_row<5>(text, {"owner", "network", "device", "link_key_hash", "type"}, 5,
                             [&](std::size_t number, const auto& row) -> Status {
                               const auto owner = Eui64::parse(row[0]), device = Eui64::parse(row[2]);
                               if (!owner || !device) return fail(ErrorCode::BadEui64, number, "line of a device log");
                               const auto network = from_hex(row[1] == "-" ? "" : row[1]);
                               const auto hash = from_hex(row[3] == "-" ? "" : row[3]);
                               unsigned type = 0;
                               const auto* end = row[4].data() + row[4].size();
                               const auto read = std::from_chars(row[4].data(), end, type);
                               const bool no_type = row[4] != "-" && (read.ptr != end || type > 0xFF);
                               if (!network || !hash || no_type)
                                 return fail(ErrorCode::BadRequest, number, "line of a device log");
                               auto& log = logs[*owner];
                               log.network = *network;
                               log.entries.push_back({*device, *hash, static_cast<std::uint8_t>(type)});
                               return {};
                             }));
  return logs;
}

}  // namespace meterway::apps
