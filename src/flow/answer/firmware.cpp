#include "flow/answer/firmware.h"

#include <map>
#include <set>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "flow/answer/work.h"
#include "records/access/claim.h"
#include "records/firmware/firmware.h"
#include "records/registry/products.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/ota_image.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceState;

/// What differs between the two services.
struct Kind {
  std::string_view service;
  gbcs::ImageKind image;
  std::string_view warning;
  std::initializer_list<DeviceType> types;
};
const Kind kKinds[] = {
    {"11.1", gbcs::ImageKind::Signed, "DSPUpdateFirmwareWarning", {DeviceType::ESME, DeviceType::GSME}},
    {"11.4", gbcs::ImageKind::Unsigned, "DSPUpdatePPMIDFirmwareWarning", {DeviceType::PPMID, DeviceType::HCALCS}},
};

/// Reasons in the order of the schema.
enum class Reason : std::uint8_t { Invalid, NotCommissioned, NotApplicable, InProgress };
constexpr std::string_view kLists[] = {"InvalidDeviceIDList", "NotCommissionedDeviceIDList",
                                       "NotApplicableFirmwareDeviceIDList", "OtherRequestInProgressList"};

struct Order {
  const Kind& kind;
  RequestId request;
  std::string version;
  Bytes image;
  firmware::Hash hash{};
  std::set<Eui64> devices;
};

Step<Order> read_order(const AuthorisedRequest& authorised) {
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& row) { return row.service == authorised.service->variant; });
  const auto& request = authorised.verified.request;
  Order order{*kind, request.id, std::string(request.body.text_at("FirmwareVersion")), {}, {}, {}};
  auto image = from_base64(request.body.text_at("FirmwareImage"));
  if (!image) return refuse(Refusal::Senseless, "FirmwareImage: " + describe(image.error()));
  if (const auto read = gbcs::read_ota_image(*image, kind->image); !read)
    return refuse(Refusal::Senseless, "FirmwareImage: " + describe(read.error()));
  order.image = *std::move(image);
  order.hash = crypto::sha256(order.image);
  auto list = request.body.text_at("DeviceIDList");
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto eui = Eui64::parse(list.substr(0, comma));
    if (!eui) return refuse(Refusal::Senseless, "DeviceIDList");
    order.devices.insert(*eui);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  if (order.devices.size() > kMostFirmwareDevices) return refuse(Refusal::Senseless, "DeviceIDList: too many");
  return order;
}

/// What the certified product list says of that version of the device's model; nothing said is no reason.
Result<bool> is_applicable(const store::ReadView& view, const Device& device, const std::string& version, UtcTime now) {
  auto product = registry::product_of(device);
  if (!product) return true;
  METERWAY_TRY(const auto present, registry::listings_of(view, *product));
  product->version = version;
  METERWAY_TRY(const auto wanted, registry::listings_of(view, *product));
  // A list that knows the model as it is, and not that version of it, has not been told of that version.
  return registry::is_listed(wanted, now).value_or(present.empty());
}

Result<std::optional<Reason>> reason_against(const store::ReadView& view, const Order& order, Eui64 eui,
                                             const AuthorisedRequest& authorised, UtcTime now) {
  METERWAY_TRY(const auto device, registry::find_device(view, eui));
  if (!device || std::find(order.kind.types.begin(), order.kind.types.end(), device->type) == order.kind.types.end())
    return std::optional(Reason::Invalid);
  METERWAY_TRY(const bool responsible,
               access::is_responsible(view, {authorised.user, *authorised.service, now}, *device));
  if (!responsible) return std::optional(Reason::Invalid);
  METERWAY_TRY(const auto listed, registry::as_listed(view, *device, now));
  if (listed.state != DeviceState::Commissioned) return std::optional(Reason::NotCommissioned);
  METERWAY_TRY(const bool applicable, is_applicable(view, *device, order.version, now));
  if (!applicable) return std::optional(Reason::NotApplicable);
  METERWAY_TRY(const auto other, firmware::find_transfer(view, eui));
  if (other) return std::optional(Reason::InProgress);
  return std::optional<Reason>();
}

using Sorted = std::map<Reason, std::string>;

/// Sorts out who cannot have it; they are taken from the order.
Result<Sorted> sort_out(const store::ReadView& view, Order& order, const AuthorisedRequest& authorised, UtcTime now) {
  Sorted out;
  for (auto at = order.devices.begin(); at != order.devices.end();) {
    METERWAY_TRY(const auto reason, reason_against(view, order, *at, authorised, now));
    if (!reason) {
      ++at;
      continue;
    }
    auto& list = out[*reason];
    list += (list.empty() ? "" : ",") + at->dashed_upper();
    at = order.devices.erase(at);
  }
  return out;
}

std::optional<duis::Element> warning(const Order& order, const Sorted& sorted) {
  if (sorted.empty()) return std::nullopt;
  duis::Element out;
  out.name = order.kind.warning;
  for (const auto& [reason, list] : sorted)
    out.children.push_back(duis::text_element(kLists[static_cast<std::size_t>(reason)], list));
  return out;
}

/// In the write that keeps the answer.
Step<void> begin(store::WriteView& view, const Order& order, const Context& context, Effects& effects) {
  const auto now = context.clock.now();
  if (!order.devices.empty()) METERWAY_CHECK(kept(firmware::put_image(view, order.hash, order.image)));
  for (const auto device : order.devices) {
    METERWAY_TRY(const auto other, kept(firmware::find_transfer(view, device)));
    // Somebody else's came in between, after the answer was made up: asked again it is told so.
    if (other) return refuse(Refusal::Busy, device.dashed_upper() + " has just been given another image");
    METERWAY_CHECK(kept(firmware::put_transfer(
        view, {device, order.request, order.version, order.hash, now, now + context.settings.firmware.keep, now, 0})));
  }
  effects.hops.push_back({"firmware",
                          "asked",
                          "version " + order.version + ", " + std::to_string(order.image.size()) + " bytes, for " +
                              std::to_string(order.devices.size()) + " devices",
                          {},
                          now});
  return {};
}

}  // namespace

Step<DccAnswer> update_firmware(AuthorisedRequest&& authorised, const Context& context) {
  METERWAY_TRY(auto order, read_order(authorised));
  Sorted sorted;
  const auto looked = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(sorted, sort_out(view, order, authorised, context.clock.now()));
    return {};
  });
  if (!looked) return refuse(looked.error());
  auto content = warning(order, sorted);
  DccAnswer out{std::move(authorised), std::move(content), "I0"};
  out.effect = [order = std::move(order), &context](store::WriteView& view, const AuthorisedRequest&,
                                                    Effects& effects) { return begin(view, order, context, effects); };
  return out;
}

}  // namespace meterway::flow::answer
