#include "standard/gbcs/alerts.h"

#include <algorithm>

namespace meterway::gbcs {
namespace {

struct AlertNameRow {
  std::uint16_t code;
  std::string_view name;
};

#include "standard/gbcs/alerts.inc"

static_assert(std::is_sorted(std::begin(kAlertNames), std::end(kAlertNames),
                             [](const AlertNameRow& a, const AlertNameRow& b) { return a.code < b.code; }));

}  // namespace

std::string_view alert_name(std::uint16_t alert_code) {
  const auto* row = std::lower_bound(std::begin(kAlertNames), std::end(kAlertNames), alert_code,
                                     [](const AlertNameRow& each, std::uint16_t sought) { return each.code < sought; });
  return row != std::end(kAlertNames) && row->code == alert_code ? row->name : std::string_view();
}

}  // namespace meterway::gbcs
