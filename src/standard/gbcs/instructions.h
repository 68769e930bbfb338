#pragma once
#include "standard/gbcs/message.h"

namespace meterway::gbcs {

/// How many reports (alerts 8F66, 8F67) a future-dated command brings when its date comes: one for each instruction
/// with an activation of its own. At least 1.
///
///   DLMS    every date-time that stands among the data by itself (those inside calendars are content)
///   GBZ     every kind of component (cluster and command); day, week and season profiles come into force with their
///           calendar
///   ASN.1   one
///
/// Source: GBCS message sheet, section 8; counted against the alerts of the reference messages.
unsigned count_instructions(const Message& command);

}  // namespace meterway::gbcs
