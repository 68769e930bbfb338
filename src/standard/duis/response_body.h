#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/util/bytes.h"
#include "standard/duis/element.h"
#include "standard/ids/ids.h"

/// The bodies of a Response, put together in the order of the schema. Values are not checked here: read_response (and a
/// test for each) does. Source: schema 5.4; spec sheet duis-messages, 2.2 and 2.3.
namespace meterway::duis {

Element text_element(std::string_view name, std::string_view text);
/// base64 of a GBCS message or the like.
Element payload_element(std::string_view name, ByteView bytes);

/// ResponseMessage; without content it is an acknowledgement (I99) or an error (E..).
Element response_message(std::string_view reference, std::string_view variant,
                         std::optional<Element> content = std::nullopt);

// Contents of a ResponseMessage.
Element gbcs_payload(ByteView message);
Element pre_command(std::string_view gbcs_version, ByteView message);
Element local_command(ByteView message);
Element cin_message(ByteView message, std::string_view customer_identification_number);
Element scheduled_message(ByteView message, std::uint64_t schedule_id);
Element schedule_id(std::uint64_t schedule_id);
/// `alert_code` 8F66 (has run) or 8F67 (has failed); `instruction` of `total` in the command, from 1.
Element future_dated_device_alert(MessageCode alert_code, ByteView message, std::uint16_t instruction,
                                  std::uint16_t total);

/// A device as DSPInventory (8.2) tells it; empty texts are left out.
struct InventoryDevice {
  Eui64 id;
  DeviceType type = DeviceType::Unknown;  ///< not SAPC: DUIS has no name for it
  std::string_view status, manufacturer, model, smets_chts_version, firmware_version, firmware_version_status,
      cpl_status;
  std::string_view date_commissioned, import_mpxn, secondary_import_mpan, export_mpan, esme_variant, uprn;
  std::string_view post_code, address_identifier, csp_region, gbcs_version, han_variant, s1sp, connectivity;
};
inline constexpr std::size_t kMostInventoryDevices = 17;
Element inventory(const std::vector<InventoryDevice>& devices);

// Bodies of their own.
/// Which storm of alerts a message sums up, and how many of them it stands for.
struct Throttled {
  std::uint32_t sequence_id = 0;
  std::uint32_t count = 0;
};
Element device_alert_message(MessageCode alert_code, ByteView message, std::optional<Throttled> storm = std::nullopt);
/// `alert` is the one element inside DCCAlert, such as DeviceStatusChangeEvent.
Element dcc_alert_message(std::string_view alert_code, Element alert, std::optional<Throttled> storm = std::nullopt);

}  // namespace meterway::duis
