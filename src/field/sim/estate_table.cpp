#include "field/sim/estate_table.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"

namespace meterway::field {
namespace {

constexpr std::string_view kHeader = "hub\tdevice\ttype\tseed\tinstall_code\tjoined\tregion\tvariant";

struct Line {
  std::size_t number;
  std::vector<std::string_view> fields;
};

/// Lines of a table without comments, blank lines and the line that names the columns.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> out;
  bool named = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (!std::exchange(named, true)) continue;
    Line one{number, {}};
    for (std::size_t at = 0; at <= line.size();) {
      const auto tab = std::min(line.find('\t', at), line.size());
      one.fields.push_back(line.substr(at, tab - at));
      at = tab + 1;
    }
    out.push_back(std::move(one));
  }
  return out;
}

struct RoleName {
  std::string_view name;
  PartyRole role;
};
constexpr RoleName kRoles[] = {{"root", PartyRole::Root},
                               {"recovery", PartyRole::Recovery},
                               {"supplier", PartyRole::Supplier},
                               {"network-operator", PartyRole::NetworkOperator},
                               {"access-control-broker", PartyRole::AccessControlBroker},
                               {"transitional-cos", PartyRole::TransitionalCos},
                               {"wan-provider", PartyRole::WanProvider},
                               {"load-controller", PartyRole::LoadController}};

constexpr std::string_view kRegions[] = {"North", "Central", "South"};

}  // namespace

bool is_variant(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text.front() >= 'A' && text.front() <= 'C' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= 'D' && c <= 'G'; });
}

std::string_view to_string(Csp region) { return kRegions[static_cast<std::size_t>(region)]; }

Result<Csp> parse_csp(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kRegions); ++i) {
    if (kRegions[i] == text) return static_cast<Csp>(i);
  }
  return fail(ErrorCode::BadValue, 0, "region");
}

std::string write_rows(const std::vector<EstateRow>& rows) {
  std::string out = "# The homes of this estate, a row a device.\n" + std::string(kHeader) + "\n";
  for (const auto& row : rows) {
    out += row.hub.plain() + "\t" + row.device.plain() + "\t" + std::string(to_string(row.type)) + "\t" +
           std::to_string(row.seed) + "\t" + to_hex(row.install_code) + "\t" + (row.joined ? "yes" : "no") + "\t" +
           std::string(to_string(row.region)) + "\t" + (row.variant.empty() ? "-" : row.variant) + "\n";
  }
  return out;
}

Result<std::vector<EstateRow>> read_rows(std::string_view text) {
  std::vector<EstateRow> rows;
  for (const auto& [number, fields] : lines_of(text)) {
    if (fields.size() < 6 || fields.size() > 8)
      return fail(ErrorCode::BadValue, number, "columns of estate.tsv (line)");
    EstateRow row;
    METERWAY_TRY(row.hub, Eui64::parse(fields[0]));
    METERWAY_TRY(row.device, Eui64::parse(fields[1]));
    METERWAY_TRY(row.type, parse_device_type(fields[2]));
    const auto seed = std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), row.seed);
    if (seed.ec != std::errc()) return fail(ErrorCode::BadNumber, number, "seed in estate.tsv (line)");
    METERWAY_TRY(row.install_code, from_hex(fields[4]));
    row.joined = fields[5] == "yes";
    // Tables of older versions have no region, or no variant.
    if (fields.size() > 6) {
      METERWAY_TRY(row.region, parse_csp(fields[6]));
    }
    if (fields.size() > 7 && fields[7] != "-") {
      row.variant = fields[7];
      if (row.type != DeviceType::ESME || !is_variant(row.variant))
        return fail(ErrorCode::BadValue, number, "variant in estate.tsv (line)");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string write_anchor_rows(const std::vector<AnchorRow>& rows) {
  std::string out = "# Who sits in the devices' trust anchor cells.\nrole\teui\n";
  for (const auto& row : rows) {
    for (const auto& role : kRoles) {
      if (role.role != row.role) continue;
      out += std::string(role.name) + "\t" + row.eui.plain();
      if (row.type != DeviceType::Unknown) out += "\t" + std::string(to_string(row.type));
      out += "\n";
    }
  }
  return out;
}

Result<std::vector<AnchorRow>> read_anchor_rows(std::string_view text) {
  std::vector<AnchorRow> rows;
  for (const auto& [number, fields] : lines_of(text)) {
    if (fields.size() < 2) return fail(ErrorCode::BadValue, number, "columns of anchors.tsv (line)");
    AnchorRow row;
    const RoleName* role = nullptr;
    for (const auto& candidate : kRoles) {
      if (candidate.name == fields[0]) role = &candidate;
    }
    if (role == nullptr) return fail(ErrorCode::BadValue, number, "role in anchors.tsv (line)");
    row.role = role->role;
    METERWAY_TRY(row.eui, Eui64::parse(fields[1]));
    if (fields.size() > 2) {
      METERWAY_TRY(row.type, parse_device_type(fields[2]));
    }
    rows.push_back(row);
  }
  return rows;
}

Result<std::vector<Unacknowledged>> read_outbox(std::string_view text) {
  std::vector<Unacknowledged> out;
  try {
    for (const auto& m : nlohmann::json::parse(text)) {
      METERWAY_TRY(const auto hub, Eui64::parse(m.at("hub").get_ref<const std::string&>()));
      METERWAY_TRY(const auto device, Eui64::parse(m.at("device").get_ref<const std::string&>()));
      METERWAY_TRY(auto message, from_hex(m.at("message").get_ref<const std::string&>()));
      out.push_back({m.at("transaction").get<std::uint64_t>(), hub, device, std::move(message), {}});
    }
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::BadJson, 0, "outbox");
  }
  return out;
}

}  // namespace meterway::field
