#include "flow/envelope/alert_told.h"

#include <algorithm>

#include "base/util/hex.h"

namespace meterway::flow {

Result<AlertTold> read_alert_told(std::string_view words) {
  AlertTold out;
  while (!words.empty()) {
    const auto blank = words.find(' ');
    const auto word = words.substr(0, blank);
    if (word == "addressee") {
      out.addressee = true;
    } else {
      METERWAY_TRY(const auto role, parse_user_role(word));
      out.roles |= duis::role_bit(role);
    }
    words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
  }
  return out;
}

Status set_alert_told(AlertTolds& tolds, std::string_view alert, std::string_view words) {
  const auto bytes = from_hex(alert);
  if (!bytes || bytes->size() != 2) return fail(ErrorCode::BadValue, 0, "alert code: four hexadecimal digits");
  const auto code = static_cast<std::uint16_t>((*bytes)[0] << 8 | (*bytes)[1]);
  const auto rows = gbcs::alert_routes();
  const auto of_code = [&](const gbcs::AlertRoute& row) { return row.alert == code; };
  if (std::none_of(rows.begin(), rows.end(), of_code)) return fail(ErrorCode::BadValue, 0, "alert code");
  const auto open = [&](const gbcs::AlertRoute& row) { return of_code(row) && row.sure != gbcs::AlertSure::Firm; };
  if (std::none_of(rows.begin(), rows.end(), open))
    return fail(ErrorCode::BadValue, 0, "an alert whose recipients the standard fixes");
  METERWAY_TRY(tolds[code], read_alert_told(words));
  return {};
}

AlertTold told_by(const gbcs::AlertRoute& route, const AlertTolds& configured) {
  const auto own = configured.find(route.alert);
  if (own != configured.end() && route.sure != gbcs::AlertSure::Firm) return own->second;
  const auto read = read_alert_told(route.told);
  return read ? *read : AlertTold();
}

}  // namespace meterway::flow
