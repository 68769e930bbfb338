#include "flow/correlate/news.h"

#include "flow/correlate/firmware_report.h"
#include "standard/duis/request.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/asn1.h"

namespace meterway::flow::correlate {
namespace {

using duis::Element;
using duis::text_element;
using registry::Device;

constexpr MessageCode kRestoreProxyLog{0x008C};

Element with(std::string_view name, std::vector<Element> children) {
  Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}

/// GCS59 answers entry by entry: at least one has gone in.
bool took_log(const gbcs::Message& response) {
  if (response.header.code != kRestoreProxyLog) return went_well(response);
  const auto root = gbcs::asn1::read(response.content);
  if (!root || root->items.size() != 1) return false;
  for (const auto& entry : root->items[0].items) {
    const auto result =
        entry.items.size() == 2 ? gbcs::asn1::integer_value(entry.items[1]) : fail(ErrorCode::BadValue, 0, "result");
    if (result && *result == 0) return true;
  }
  return false;
}

/// A hub and its gas proxy, by either; none when the inventory does not know both.
struct Box {
  Eui64 hub, proxy;
};
Result<std::optional<Box>> box_of(const store::ReadView& view, Eui64 either) {
  METERWAY_TRY(const auto device, registry::find_device(view, either));
  if (!device || !device->hub) return std::optional<Box>();
  METERWAY_TRY(const auto home, registry::devices_of_hub(view, *device->hub));
  for (const auto& one : home) {
    if (one.type == DeviceType::GPF) return std::optional(Box{*device->hub, one.eui});
  }
  return std::optional<Box>();
}

Status after_restore(const store::ReadView& view, const registry::RequestRecord& record, const gbcs::Message& response,
                     UtcTime at, std::vector<DccNews>& out) {
  const bool hub = record.service == "8.12.1";
  if ((!hub && record.service != "8.12.2") || !took_log(response)) return {};
  const auto request = duis::read_request(record.document);
  const auto old = Eui64::parse(request ? request->body.text_at(hub ? "OldCHFID" : "OldGPFID") : std::string_view());
  if (!old) return {};
  METERWAY_TRY(const auto before, box_of(view, *old));
  METERWAY_TRY(const auto after, box_of(view, record.header.target));
  METERWAY_TRY(auto device, registry::find_device(view, record.header.target));
  if (!before || !after || !device) return {};
  out.push_back({DccEvent::LogRestored,
                 with("DeviceLogRestored", {text_element("RestoredDate", to_iso8601(at).substr(0, 10)),
                                            with(hub ? "CHFDeviceLog" : "GPFDeviceLog",
                                                 {text_element("OldCHFDeviceID", before->hub.dashed_upper()),
                                                  text_element("NewCHFDeviceID", after->hub.dashed_upper()),
                                                  text_element("OldGPFDeviceID", before->proxy.dashed_upper()),
                                                  text_element("NewGPFDeviceID", after->proxy.dashed_upper())})}),
                 record.id.text(), *std::move(device)});
  return {};
}

void after_version(const registry::RequestRecord& record, const Device& seen, const Device& after,
                   std::vector<DccNews>& out) {
  const auto before = seen.detail(kFirmwareDetail), now = after.detail(kFirmwareDetail);
  if (record.service != "11.2" || before.empty() || before == now) return;
  out.push_back(
      {DccEvent::FirmwareMismatch,
       with("FirmwareVersionMismatch",
            {text_element("DeviceID", after.eui.dashed_upper()), text_element("DeviceType", to_string(after.type)),
             text_element("FirmwareVersionSMI", before), text_element("FirmwareVersionDevice", now)}),
       record.id.text(), after});
}

void after_removal(const registry::RequestRecord& record, const Device& seen, const Device& after,
                   std::vector<DccNews>& out) {
  if (record.service != "8.11" || after.type != DeviceType::PPMID || !seen.hub || after.hub) return;
  out.push_back({DccEvent::DisplayRemoved,
                 with("PPMIDRemoval", {text_element("PPMIDDeviceID", after.eui.dashed_upper()),
                                       text_element("CHFDeviceID", seen.hub->dashed_upper())}),
                 record.id.text(), seen});
}

}  // namespace

Result<std::vector<DccNews>> news_of(const store::ReadView& view, const registry::RequestRecord& record,
                                     const gbcs::Message& response, const Installed& installed, UtcTime at) {
  std::vector<DccNews> out;
  METERWAY_CHECK(after_restore(view, record, response, at, out));
  for (std::size_t i = 0; i < installed.seen.size() && i < installed.inventory.size(); ++i) {
    after_version(record, installed.seen[i], installed.inventory[i], out);
    after_removal(record, installed.seen[i], installed.inventory[i], out);
  }
  return out;
}

}  // namespace meterway::flow::correlate
