#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/util/result.h"
#include "standard/duis/services.h"

namespace meterway::flow {

/// What the DCC tells Users of its own accord (DCC alerts): one value per row of spec/dcc_alerts.tsv.
///
/// Source: schema 5.4 has the codes and the bodies, but no public document says which code goes with which body. Rows
/// marked configurable therefore have no code of their own: they are not sent until configuration gives them one.
enum class DccEvent : std::uint8_t {
#define METERWAY_DCC_EVENT_ENUM
#include "flow/envelope/dcc_events.inc"
#undef METERWAY_DCC_EVENT_ENUM
};

/// Codes by event, from configuration; an empty code switches the event off.
using DccAlertCodes = std::map<DccEvent, std::string>;

/// Name in configuration files and trace keys: "power_outage".
std::string_view name(DccEvent event);
/// DCCAlertCode: the configured one, else the table's; empty: not to be sent.
std::string_view alert_code(DccEvent event, const DccAlertCodes& configured);
/// Whether the User whose request brought the event about is told, and the roles that are told by responsibility.
bool tells_requester(DccEvent event);
duis::RoleSet told_roles(DccEvent event);

/// Errors: BadValue for an unknown event, a row whose code the standard fixes (unless to switch it off), or a code that
/// the schema does not have.
Status set_alert_code(DccAlertCodes& codes, std::string_view event, std::string_view code);

}  // namespace meterway::flow
