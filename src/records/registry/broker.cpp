#include "records/registry/broker.h"

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "broker", kKey = "own";

}  // namespace

Status put_broker(store::WriteView& view, Eui64 broker) {
  return view.put(kTable, kKey, string_of(wire::Writer().u64(broker.value())));
}

Result<std::optional<Eui64>> find_broker(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kTable, kKey));
  if (!row) return std::optional<Eui64>();
  wire::Reader in(bytes_of(*row));
  const Eui64 broker(in.u64("broker"));
  METERWAY_CHECK(in.finish());
  return std::optional<Eui64>(broker);
}

}  // namespace meterway::registry
