#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/util/result.h"
#include "standard/duis/services.h"
#include "standard/gbcs/alert_routes.h"

namespace meterway::flow {

/// Whom the DCC tells of a device's alert: the addressee, and User roles by their responsibility for the device.
struct AlertTold {
  bool addressee = false;
  duis::RoleSet roles = 0;
  bool nobody() const { return !addressee && roles == 0; }
};

/// Configured in place of rows of spec/alert_routes.tsv that are not firm, by alert code.
using AlertTolds = std::map<std::uint16_t, AlertTold>;

/// "addressee IS ED"; "": nobody. Errors: BadValue.
Result<AlertTold> read_alert_told(std::string_view words);
/// Errors: BadValue for a code without a row, one whose rows are all firm, or words that are none.
Status set_alert_told(AlertTolds& tolds, std::string_view alert, std::string_view words);
/// What holds for a row: the configured value unless the row is firm.
AlertTold told_by(const gbcs::AlertRoute& route, const AlertTolds& configured);

}  // namespace meterway::flow
