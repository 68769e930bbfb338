#include "flow/envelope/dcc_event.h"

#include <algorithm>

namespace meterway::flow {
namespace {

struct DccEventRow {
  std::string_view name;
  std::string_view code;
  bool requester;
  duis::RoleSet roles;
  bool configurable;
};

#include "flow/envelope/dcc_events.inc"

const DccEventRow& row(DccEvent event) { return kDccEvents[static_cast<std::size_t>(event)]; }

}  // namespace

std::string_view name(DccEvent event) { return row(event).name; }
bool tells_requester(DccEvent event) { return row(event).requester; }
duis::RoleSet told_roles(DccEvent event) { return row(event).roles; }

std::string_view alert_code(DccEvent event, const DccAlertCodes& configured) {
  const auto own = configured.find(event);
  return own == configured.end() ? row(event).code : std::string_view(own->second);
}

Status set_alert_code(DccAlertCodes& codes, std::string_view event, std::string_view code) {
  for (std::size_t i = 0; i < std::size(kDccEvents); ++i) {
    if (kDccEvents[i].name != event) continue;
    if (!code.empty()) {
      if (!kDccEvents[i].configurable && code != kDccEvents[i].code)
        return fail(ErrorCode::BadValue, 0, "an alert whose code the standard fixes");
      if (std::find(std::begin(kDccAlertCodes), std::end(kDccAlertCodes), code) == std::end(kDccAlertCodes))
        return fail(ErrorCode::BadValue, 0, "DCC alert code");
    }
    codes[static_cast<DccEvent>(i)] = code;
    return {};
  }
  return fail(ErrorCode::BadValue, 0, "name of a DCC alert");
}

}  // namespace meterway::flow
