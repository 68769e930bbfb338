#include "records/registry/trace_reader.h"

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "trace-reader";

std::string key_of(std::string_view key, Eui64 user) {
  const auto wire = user.wire();
  return std::string(key) + '\0' + string_of(ByteView(wire));
}

}  // namespace

Status let_read_trace(store::WriteView& view, std::string_view key, Eui64 user) {
  return view.put(kTable, key_of(key, user), "");
}

Result<bool> may_read_trace(const store::ReadView& view, std::string_view key, Eui64 user) {
  METERWAY_TRY(const auto found, view.get(kTable, key_of(key, user)));
  return found.has_value();
}

}  // namespace meterway::registry
