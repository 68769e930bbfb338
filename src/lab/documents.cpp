#include "lab/documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/message.h"

namespace meterway::lab {

std::string request_document(const RequestId& id, CommandVariant variant, const duis::Service& service,
                             std::string_view body) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" schemaVersion=\"5.4\">"
      "<sr:Header><sr:RequestID>{}</sr:RequestID><sr:CommandVariant>{}</sr:CommandVariant>"
      "<sr:ServiceReference>{}</sr:ServiceReference><sr:ServiceReferenceVariant>{}</sr:ServiceReferenceVariant>"
      "</sr:Header><sr:Body>{}</sr:Body></sr:Request>",
      id.text(), static_cast<int>(variant), service.reference, service.variant, body);
}

std::string plain_body(const duis::Service& service, Eui64 device, std::optional<UtcTime> date) {
  auto inside = date ? "<sr:ExecutionDateTime>" + to_iso8601(*date) + "</sr:ExecutionDateTime>" : std::string();
  if (service.variant == "8.2") inside = "<sr:DeviceID>" + device.dashed_upper() + "</sr:DeviceID>";
  return fmt::format("<sr:{0}>{1}</sr:{0}>", service.body_element, inside);
}

std::string schedule_body(Eui64 device, UtcTime moment) {
  const auto text = to_iso8601(moment);
  return fmt::format(
      "<sr:CreateSchedule><sr:ScheduleFrequency>Daily</sr:ScheduleFrequency><sr:ScheduleStartDate>{}"
      "</sr:ScheduleStartDate><sr:ScheduleExecutionStartTime>{}</sr:ScheduleExecutionStartTime>"
      "<sr:DSPScheduledServiceReference>4.16</sr:DSPScheduledServiceReference><sr:DSPScheduledServiceReferenceVariant>"
      "4.16</sr:DSPScheduledServiceReferenceVariant><sr:DeviceID>{}</sr:DeviceID><sr:DSPReadActivePowerImport/>"
      "</sr:CreateSchedule>",
      text.substr(0, 10), text.substr(11), device.dashed_upper());
}

std::string signed_precommand_body(ByteView message) {
  return "<sr:SignedPreCommand><sr:GBCSPayload>" + to_base64(message) + "</sr:GBCSPayload></sr:SignedPreCommand>";
}

std::optional<UtcTime> time_of_alert(ByteView payload) {
  const auto message = gbcs::read_message(payload);
  const auto apdu = message ? gbcs::dlms::read_apdu(message->content) : Result<gbcs::dlms::Apdu>(gbcs::dlms::Apdu{});
  const auto* note = apdu ? std::get_if<gbcs::dlms::DataNotification>(&*apdu) : nullptr;
  if (note == nullptr || note->body.items.size() < 2 || note->body.items[1].bytes.size() < 8) return std::nullopt;
  // year:2 month day weekday hour minute second, the rest is of no matter here
  const auto& at = note->body.items[1].bytes;
  const auto day = std::chrono::year(at[0] << 8 | at[1]) / at[2] / at[3];
  if (!day.ok()) return std::nullopt;
  return UtcTime(std::chrono::sys_days(day)) + std::chrono::hours(at[5]) + std::chrono::minutes(at[6]) +
         std::chrono::seconds(at[7]);
}

std::string outcome_digest(std::string_view document) {
  const auto end = std::min(document.find("<ds:Signature"), document.size());
  const auto digest = crypto::sha256(ByteView(reinterpret_cast<const std::uint8_t*>(document.data()), end));
  return to_hex(ByteView(digest).first(8));
}

}  // namespace meterway::lab
