#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::answer {

/// 11.1 and 11.4: a firmware image is to be brought to devices (flow/distribute does so). Devices that cannot have it
/// are named in the answer, each for its reason, and the others have it all the same:
///
///     InvalidDeviceID          not in the inventory, of another type than the service is for, or not this User's
///     NotCommissioned          its state
///     NotApplicableFirmware    the certified product list has that version of its model not, or no longer
///     OtherRequestInProgress   it waits for the image of another request
///
/// InvalidGBCSVersion is never said: which versions it is about is not public.
/// Refuses: Senseless when the image is none (standard/gbcs/ota_image.h), or names more than kMostDevices.
Step<DccAnswer> update_firmware(AuthorisedRequest&& authorised, const Context& context);

inline constexpr std::size_t kMostFirmwareDevices = 50'000;  ///< schema: DeviceIDList has at most 1,199,999 characters

}  // namespace meterway::flow::answer
