#include "flow/distribute/alerts.h"

#include "standard/duis/response_body.h"

namespace meterway::flow::distribute {
namespace {

using duis::text_element;
using firmware::Transfer;

alert::DccAlert about(DccEvent event, const Transfer& transfer, std::string identity, duis::Element body) {
  alert::DccAlert alert;
  alert.event = event;
  alert.body = std::move(body);
  alert.identity = transfer.request.text() + ":" + identity;
  alert.requester = transfer.request.originator;
  return alert;
}

}  // namespace

alert::DccAlert delivered(const Transfer& transfer, Eui64 hub, UtcTime at) {
  duis::Element body;
  body.name = "CSPFirmwareDeliveryStatus";
  body.children = {text_element("UpdateFirmwareRequestID", transfer.request.text()),
                   text_element("CommsHubDeviceID", hub.dashed_upper()),
                   text_element("TargetDeviceID", transfer.device.dashed_upper()),
                   text_element("FirmwareVersion", transfer.version),
                   text_element("TimeStamp", to_iso8601(at)),
                   text_element("CommsHubTransferStatus", "Success")};
  return about(DccEvent::FirmwareDelivered, transfer, transfer.device.plain(), std::move(body));
}

alert::DccAlert given_up(const std::vector<Transfer>& transfers) {
  std::string devices;
  for (const auto& one : transfers) devices += (devices.empty() ? "" : ",") + one.device.dashed_upper();
  duis::Element body;
  body.name = "FirmwareDistributionFailure";
  body.children = {text_element("UpdateFirmwareRequestID", transfers.front().request.text()),
                   text_element("MeterIDs", devices)};
  return about(DccEvent::FirmwareNotDelivered, transfers.front(), transfers.front().device.plain(), std::move(body));
}

}  // namespace meterway::flow::distribute
