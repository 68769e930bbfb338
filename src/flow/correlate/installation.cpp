#include "flow/correlate/installation.h"

#include <algorithm>

#include "records/access/claim.h"
#include "standard/duis/request.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/credentials.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::correlate {
namespace {

using registry::Device;
using registry::DeviceEvent;

constexpr MessageCode kSetClock{0x0062};  // of an ESME: its time, then 0 when that is reliable
constexpr std::uint8_t kInteger = 0x02, kSequence = 0x30;

bool is_zero(const gbcs::asn1::Node& node) {
  const auto value = gbcs::asn1::integer_value(node);
  return node.tag == kInteger && value && *value == 0;
}

/// The device that a request names, changed by `event`; nothing when there is none or no row.
Status change(const store::ReadView& view, Eui64 eui, DeviceEvent event, UtcTime at, Installed& out) {
  METERWAY_TRY(auto device, registry::find_device(view, eui));
  if (!device) return {};
  auto after = *device;
  if (!registry::happens(after, event, at)) return {};
  out.seen.push_back(std::move(*device));
  out.inventory.push_back(std::move(after));
  return {};
}

/// What the User has asked for: of a signed pre-command, what it was made of.
std::optional<duis::Request> asked(const store::ReadView& view, const registry::RequestRecord& record) {
  auto document = record.document;
  if (record.leg == registry::Leg::SignedPreCommand) {
    const auto first = registry::find_request(view, record.id, registry::Leg::Request);
    if (!first || !*first) return std::nullopt;  // retention was shorter than the command's way
    document = (*first)->document;
  }
  auto request = duis::read_request(document);
  if (!request) return std::nullopt;
  return std::move(*request);
}

/// 8.11, at the hub: the device is in its log, or out of it. Whose the hub is says nothing of whose the device is, so
/// the inventory changes only where the User may change it, and its points only to what he may give it.
Status after_log_update(const store::ReadView& view, const registry::RequestRecord& record, const duis::Element& body,
                        UtcTime at, Installed& out) {
  METERWAY_TRY(const auto eui, Eui64::parse(body.text_at("DeviceID")));
  METERWAY_TRY(auto device, registry::find_device(view, eui));
  METERWAY_TRY(const auto user, registry::find_user(view, record.id.originator));
  const auto* service = duis::find_service(record.service);
  if (!device || !user || service == nullptr) return {};
  const access::Claim claim{*user, *service, at};
  METERWAY_TRY(const bool may, access::may_change(view, claim, *device));
  if (!may) return {};
  auto after = *device;
  if (body.text_at("RequestType") == "Add") {
    after.hub = record.id.target;
    (void)registry::happens(after, DeviceEvent::LogAdded, at);
    auto with_points = after;
    for (const auto name : access::kPoints) {
      const auto value = body.text_at("AddDeviceToCHFWhitelist/" + std::string(name));
      if (!value.empty()) with_points.details[std::string(name)] = value;
    }
    METERWAY_TRY(const auto another, access::point_of_another(view, claim, *device, with_points));
    if (!another) after = std::move(with_points);
  } else if (after.hub == record.id.target) {
    after.hub.reset();
    (void)registry::happens(after, DeviceEvent::LogRemoved, at);
  }
  out.seen.push_back(std::move(*device));
  out.inventory.push_back(std::move(after));
  return {};
}

/// 8.5: the meter has taken another's certificates in place of the broker's.
bool has_no_broker(const gbcs::Message& response, Eui64 broker) {
  const auto cells = gbcs::read_replacement_outcome(response.content);
  return cells && std::any_of(cells->begin(), cells->end(), [&](const auto& cell) {
           return cell.role == PartyRole::AccessControlBroker && cell.replaced && cell.holder != broker;
         });
}

}  // namespace

bool went_well(const gbcs::Message& response) {
  const auto* use_case = gbcs::find_use_case(response.header.code);
  if (use_case != nullptr && use_case->payload == gbcs::PayloadKind::Asn1) {
    const auto node = gbcs::asn1::read(response.content);
    if (!node) return false;
    // A clock that was set: the time, then 0 when it is reliable. A log: 0 alone.
    if (node->tag == kSequence) return node->items.size() == 2 && is_zero(node->items[1]);
    return is_zero(*node);
  }
  const auto apdu = gbcs::dlms::read_apdu(response.content);
  const auto* answer = apdu ? std::get_if<gbcs::dlms::AccessResponse>(&*apdu) : nullptr;
  if (answer == nullptr ||
      std::any_of(answer->results.begin(), answer->results.end(), [](const auto& result) { return result.code != 0; }))
    return false;
  if (response.header.code != kSetClock) return true;
  return !answer->data.empty() && answer->data.back().type != gbcs::dlms::Type::Null && answer->data.back().number == 0;
}

Result<Installed> after_response(const store::ReadView& view, const registry::RequestRecord& record,
                                 const gbcs::Message& response, const Context& context, UtcTime at) {
  Installed out;
  const auto& service = record.service;
  const bool checked = record.critical || response.header.target == context.broker;
  const Eui64 device = record.header.target;
  if (service == "8.5") {
    if (checked && has_no_broker(response, context.broker))
      METERWAY_CHECK(change(view, device, DeviceEvent::OptedOut, at, out));
    return out;
  }
  const bool joins = service == "8.7.1" || service == "8.7.2", unjoins = service == "8.8.1" || service == "8.8.2";
  if (!joins && !unjoins && service != "8.1.1" && service != "8.11") return out;
  if (!went_well(response)) return out;
  if (service == "8.1.1") {
    if (checked) METERWAY_CHECK(change(view, device, DeviceEvent::Commissioned, at, out));
    return out;
  }
  const auto request = asked(view, record);
  if (!request) return out;
  if (service == "8.11") {
    METERWAY_CHECK(after_log_update(view, record, request->body, at, out));
    return out;
  }
  const auto other = Eui64::parse(request->body.text_at("OtherDeviceID"));
  if (other) out.joins.push_back({device, *other, joins});
  if (joins && checked) METERWAY_CHECK(change(view, device, DeviceEvent::Joined, at, out));
  return out;
}

}  // namespace meterway::flow::correlate
