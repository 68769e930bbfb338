#include "records/registry/live_gate.h"

#include <cstdio>
#include <vector>

#include "records/registry/same_person.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "live-gate";

std::string with_role(std::string key, UserRole role) {
  char digits[4];
  std::snprintf(digits, sizeof digits, "%02u", static_cast<unsigned>(role) % 100);
  return std::move(key) + digits + std::string(1, '\0');
}

std::vector<std::string> prefixes_of(std::optional<Eui64> user, std::string_view party, UserRole role) {
  std::vector<std::string> out;
  if (user) out.push_back(with_role(user->plain(), role));
  if (const auto name = folded_name(party); !name.empty()) out.push_back(with_role(name + std::string(1, '\0'), role));
  return out;
}

}  // namespace

Status close_live_access(store::WriteView& view, const LiveGate& gate, std::string_view source) {
  for (const auto& prefix : prefixes_of(gate.user, gate.party, gate.role))
    METERWAY_CHECK(view.put(kTable, prefix + std::string(source), ""));
  return {};
}

Status open_live_access(store::WriteView& view, const LiveGate& gate, std::string_view source) {
  for (const auto& prefix : prefixes_of(gate.user, gate.party, gate.role)) {
    const auto key = prefix + std::string(source);
    METERWAY_TRY(const auto there, view.get(kTable, key));
    if (there) METERWAY_CHECK(view.erase(kTable, key));
  }
  return {};
}

Result<bool> is_live_access_closed(const store::ReadView& view, Eui64 user, std::string_view name, UserRole role) {
  for (const auto& prefix : prefixes_of(user, name, role)) {
    auto end = prefix;
    end.back() = '\x01';
    METERWAY_TRY(const auto rows, view.scan(kTable, prefix, end, 1));
    if (!rows.empty()) return true;
  }
  return false;
}

}  // namespace meterway::registry
