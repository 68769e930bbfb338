#pragma once
#include <optional>
#include <string>

#include "flow/correlate/installation.h"

namespace meterway::flow::correlate {

/// The version of its firmware that a device says it runs, as the inventory writes it: eight hexadecimal digits. None
/// when the message says nothing of it.
///
/// Source:  answers to 11.3 and its dated report (CS06), to 11.2 (ECS52, GCS38, CS08), and the report of a display that
///          has taken an image (CS09); layouts of the published messages.
std::optional<std::string> reported_firmware(const gbcs::Message& message);

inline const std::string kFirmwareDetail = "DeviceFirmwareVersion";

/// Puts it into the inventory's entry of the device, as the device says it: an answer to 11.2 is the User's to check,
/// as what a meter says of its log is. Errors: of the store.
Status note_firmware(const store::ReadView& view, const gbcs::Message& message, Installed& out);

}  // namespace meterway::flow::correlate
