#pragma once
#include "standard/gbcs/message.h"

namespace meterway::flow::correlate {

/// Whether a device's answer to a command that it was to keep until a date says that it keeps none: then no report on
/// the date will follow, and the answer ends the request.
///
///   DLMS    a result of an access response is not success
///   GBZ     a default response, or a write attributes response, has a status other than success
///   ASN.1   a number other than 0, alone or first in the sequence; or an outcome beside the acceptance, which is there
///           when the device has carried the command out or refused it at once
///
/// Content that cannot be read says nothing: whoever reads it is the User.
bool keeps_no_date(const gbcs::Message& response);

}  // namespace meterway::flow::correlate
