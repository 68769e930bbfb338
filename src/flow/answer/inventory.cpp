#include "flow/answer/inventory.h"

#include <algorithm>
#include <set>

#include "flow/envelope/response.h"

namespace meterway::flow::answer {
namespace {

constexpr std::size_t kMostDevices = 17;  // DSPInventory holds no more

/// DUIS has no word for the others.
bool is_duis_type(DeviceType type) { return type != DeviceType::Unknown && type != DeviceType::SAPC; }

/// Whether the query names this device directly. Post code and house must both fit: an address that matches in part
/// would show another home.
bool is_named(const duis::Element& query, const registry::Device& device) {
  if (const auto* mpxn = query.child("MPxN")) {
    return device.detail("ImportMPxN") == mpxn->text || device.detail("SecondaryImportMPAN") == mpxn->text ||
           device.detail("ExportMPAN") == mpxn->text;
  }
  if (const auto* uprn = query.child("UPRN")) return device.detail("UPRN") == uprn->text;
  if (const auto* filter = query.child("PropertyFilter")) {
    return !filter->text_at("PostCode").empty() && device.detail("PostCode") == filter->text_at("PostCode") &&
           device.detail("AddressIdentifier") == filter->text_at("AddressIdentifier");
  }
  return false;
}

std::string write_device(const registry::Device& device) {
  std::string out = "<sr:Device>";
  out += text_element("DeviceID", device.eui.dashed_upper());
  out += text_element("DeviceType", to_string(device.type));
  // In recorded answers a consumer access device has no status; an IHD has no life cycle here either.
  if (device.type != DeviceType::IHD && device.type != DeviceType::CAD)
    out += text_element("DeviceStatus", registry::to_string(device.state));
  std::string property;
  for (const auto name : registry::detail_names()) {
    const auto value = device.detail(std::string(name));
    const bool required = name == "DeviceManufacturer" || name == "DeviceModel";
    if (name == "PostCode") {
      if (!value.empty()) property = text_element(name, value);
    } else if (name == "AddressIdentifier") {
      if (!value.empty() && !property.empty())
        out += "<sr:PropertyFilter>" + property + text_element(name, value) + "</sr:PropertyFilter>";
    } else if (!value.empty() || required) {
      out += text_element(name, value);
    }
  }
  return out + "</sr:Device>";
}

}  // namespace

Result<std::vector<registry::Device>> select(const duis::Element& query, const std::vector<registry::Device>& all) {
  std::set<Eui64> wanted;
  std::set<Eui64> hubs;
  if (const auto* named = query.child("DeviceID")) {
    METERWAY_TRY(const auto eui, Eui64::parse(named->text));
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& device) { return device.eui == eui; });
    if (found == all.end()) return fail(ErrorCode::NotFound, 0, "device");
    wanted.insert(eui);
    if (found->hub) hubs.insert(*found->hub);
  }
  for (const auto& device : all) {
    if (!is_named(query, device)) continue;
    wanted.insert(device.eui);
    if (device.hub) hubs.insert(*device.hub);
  }
  std::vector<registry::Device> out;
  for (const auto& device : all) {
    const bool home = device.hub && hubs.count(*device.hub) != 0;
    if ((home || wanted.count(device.eui) != 0) && is_duis_type(device.type)) out.push_back(device);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return (a.type == DeviceType::CHF) > (b.type == DeviceType::CHF);
  });
  if (out.size() > kMostDevices) out.resize(kMostDevices);
  return out;
}

std::string write_inventory(std::span<const registry::Device> devices) {
  if (devices.empty()) return {};
  std::string out = "<sr:DSPInventory>";
  for (const auto& device : devices) out += write_device(device);
  return out + "</sr:DSPInventory>";
}

Step<DccAnswer> answer(AuthorisedRequest&& authorised, const Context& context) {
  if (authorised.service->variant != "8.2") {
    return refuse(Refusal::NotCarried,
                  "service " + std::string(authorised.service->variant) + " is understood but not carried yet");
  }
  std::vector<registry::Device> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto all, registry::all_devices(view));
    METERWAY_TRY(found, select(authorised.verified.request.body, all));
    return {};
  });
  if (!read && read.error().code == ErrorCode::NotFound)
    return refuse(Refusal::NoDevice, "the inventory has no such device");
  if (!read) return refuse(read.error());
  auto content = write_inventory(found);
  return DccAnswer{std::move(authorised), std::move(content)};
}

}  // namespace meterway::flow::answer
