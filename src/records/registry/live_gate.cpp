#include "records/registry/live_gate.h"

#include <cstdio>

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "live-gate";

std::string prefix_of(Eui64 user, UserRole role) {
  char digits[4];
  std::snprintf(digits, sizeof digits, "%02u", static_cast<unsigned>(role) % 100);
  return user.plain() + digits + std::string(1, '\0');
}

}  // namespace

Status close_live_access(store::WriteView& view, Eui64 user, UserRole role, std::string_view source) {
  return view.put(kTable, prefix_of(user, role) + std::string(source), "");
}

Status open_live_access(store::WriteView& view, Eui64 user, UserRole role, std::string_view source) {
  const auto key = prefix_of(user, role) + std::string(source);
  METERWAY_TRY(const auto there, view.get(kTable, key));
  return there ? view.erase(kTable, key) : Status();
}

Result<bool> is_live_access_closed(const store::ReadView& view, Eui64 user, UserRole role) {
  const auto prefix = prefix_of(user, role);
  auto end = prefix;
  end.back() = '\x01';
  METERWAY_TRY(const auto rows, view.scan(kTable, prefix, end, 1));
  return !rows.empty();
}

}  // namespace meterway::registry
