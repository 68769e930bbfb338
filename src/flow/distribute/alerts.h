#pragma once
#include "flow/alert/alert.h"
#include "records/firmware/firmware.h"

/// What the DCC tells the User who asked for firmware to be brought to devices.
namespace meterway::flow::distribute {

/// CSPFirmwareDeliveryStatus: the device behind that hub has the image.
alert::DccAlert delivered(const firmware::Transfer& transfer, Eui64 hub, UtcTime at);
/// FirmwareDistributionFailure: these of one request have not had it in time.
alert::DccAlert given_up(const std::vector<firmware::Transfer>& transfers);

}  // namespace meterway::flow::distribute
