#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/clock.h"
#include "standard/duis/services.h"

/// What Users' systems write and read, for those that the lab plays.
namespace meterway::lab {

/// The document around a body element, unsigned.
std::string request_document(const RequestId& id, CommandVariant variant, const duis::Service& service,
                             std::string_view body);
/// The body of a service that needs no more than a device's name, if that, or a date.
std::string plain_body(const duis::Service& service, Eui64 device, std::optional<UtcTime> date = {});
/// A daily schedule that reads the active power (4.16), with this as its first moment.
std::string schedule_body(Eui64 device, UtcTime moment);
std::string signed_precommand_body(ByteView message);

/// When a device says that it raised this alert; none when it is none, or carries no time.
std::optional<UtcTime> time_of_alert(ByteView message);

/// What tells one outcome from another: the document without its signature.
std::string outcome_digest(std::string_view document);

}  // namespace meterway::lab
