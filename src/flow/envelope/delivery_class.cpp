#include "flow/envelope/delivery_class.h"

#include <algorithm>
#include <span>

namespace meterway::flow {
namespace {

struct ClassRow {
  DeliveryClass one;
  std::string_view name;
  unsigned order;
  unsigned waits_at_most;
};
struct MemberRow {
  std::string_view code;
  DeliveryClass one;
};

#include "flow/envelope/delivery_classes.inc"

static_assert(std::size(kClasses) == kDeliveryClasses);
static_assert(std::is_sorted(std::begin(kServices), std::end(kServices),
                             [](const auto& a, const auto& b) { return a.code < b.code; }));

const ClassRow& row(DeliveryClass one) { return kClasses[index(one)]; }

std::optional<DeliveryClass> find(std::span<const MemberRow> rows, std::string_view code) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), code,
                                      [](const MemberRow& row, std::string_view text) { return row.code < text; });
  if (found == rows.end() || found->code != code) return std::nullopt;
  return found->one;
}

}  // namespace

std::string_view name(DeliveryClass one) { return row(one).name; }
unsigned order(DeliveryClass one) { return row(one).order; }
unsigned waits_at_most(DeliveryClass one) { return row(one).waits_at_most; }

std::optional<DeliveryClass> delivery_class_named(std::string_view name) {
  for (const auto& row : kClasses) {
    if (row.name == name) return row.one;
  }
  return std::nullopt;
}

DeliveryClass class_of_service(std::string_view variant) {
  return find(kServices, variant).value_or(DeliveryClass::OnDemand);
}
DeliveryClass class_of_device_alert(MessageCode code) {
  return find(kDeviceAlerts, code.hex()).value_or(*find(kDeviceAlerts, "*"));
}
DeliveryClass class_of_dcc_alert(std::string_view code) {
  return find(kDccAlerts, code).value_or(*find(kDccAlerts, "*"));
}

}  // namespace meterway::flow
