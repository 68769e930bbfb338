#include "flow/inventory_page.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "flow/admin/certificate_body.h"
#include "records/firmware/firmware.h"
#include "records/registry/certificates.h"
#include "records/registry/device_json.h"
#include "records/registry/device_past.h"
#include "records/registry/lifecycle.h"
#include "records/registry/products.h"
#include "records/registry/slots.h"

namespace meterway::flow {
namespace {

using gateway::Caller;
using nlohmann::json;
using registry::Device;

constexpr std::string_view kAnother = "another", kUser = "user-";

/// RemotePartyRole of GBCS, in the words of the schema; cells are of these roles alone.
std::string_view cell_name(PartyRole role) {
  constexpr std::string_view kNames[] = {"Root", "Recovery",        "Supplier",   "NetworkOperator",
                                         "ACB",  "TransitionalCoS", "WANProvider"};
  const auto place = static_cast<std::size_t>(role);
  return place < std::size(kNames) ? kNames[place] : std::string_view("other");
}

json time_or_null(const std::optional<UtcTime>& time) { return time ? json(to_iso8601(*time, 6)) : json(nullptr); }

/// Users and people of others stay nameless; what the platform did by itself is nobody's secret.
std::string told_of(const std::string& who, const Caller& caller) {
  if (caller.is_operator() || who == "platform" || who == "operator") return who;
  if (who.starts_with(kUser)) {
    const auto user = Eui64::parse(std::string_view(who).substr(kUser.size()));
    if (user && caller.reads_of(*user)) return who;
  }
  return std::string(kAnother);
}

json states_of(const registry::Past& past, const Caller& caller) {
  auto out = json::array();
  for (const auto& one : past.changes) {
    out.push_back({{"at", to_iso8601(one.at, 6)},
                   {"type", to_string(one.type)},
                   {"state", one.state ? json(registry::to_string(*one.state)) : json(nullptr)},
                   {"cause", one.what},
                   {"by", told_of(one.who, caller)}});
  }
  return out;
}

/// When the list took it up for good, if it has it now.
std::optional<UtcTime> listed_since(const std::vector<registry::Listing>& listings, UtcTime now) {
  std::optional<UtcTime> out;
  for (const auto& one : listings) {
    if (one.at > now) break;
    if (!one.listed) out.reset();
    if (one.listed && !out) out = one.at;
  }
  return out;
}

Result<json> firmware_of(const store::ReadView& view, const Device& device, const Caller& caller, UtcTime now) {
  json out = {{"version", device.detail("DeviceFirmwareVersion")},
              {"on_list", nullptr},
              {"versions", json::array()},
              {"under_way", nullptr}};
  if (const auto product = registry::product_of(device)) {
    METERWAY_TRY(const auto own, registry::listings_of(view, *product));
    if (const auto listed = registry::is_listed(own, now)) out["on_list"] = *listed;
    const auto own_since = listed_since(own, now);
    METERWAY_TRY(const auto versions, registry::versions_of(view, *product));
    for (const auto& one : versions) {
      if (one == *product) continue;
      METERWAY_TRY(const auto listings, registry::listings_of(view, one));
      const auto since = listed_since(listings, now);
      if (!since) continue;
      out["versions"].push_back({{"version", one.version},
                                 {"listed_since", to_iso8601(*since)},
                                 {"listed_after_own", own_since ? json(*since > *own_since) : json(nullptr)}});
    }
  }
  METERWAY_TRY(const auto transfer, firmware::find_transfer(view, device.eui));
  if (transfer) {
    out["under_way"] = {{"version", transfer->version},
                        {"asked", to_iso8601(transfer->asked)},
                        {"deadline", to_iso8601(transfer->deadline)},
                        {"attempts", transfer->attempts}};
    if (caller.reads_of(transfer->request.originator)) out["under_way"]["request"] = transfer->request.text();
  }
  return out;
}

Result<json> certificates_of(const store::ReadView& view, Eui64 owner) {
  METERWAY_TRY(const auto all, registry::certificates_of(view, owner));
  auto out = json::array();
  for (const auto& one : all) out.push_back(admin::certificate_line(one));
  return out;
}

Result<json> cells_of(const store::ReadView& view, Eui64 device) {
  METERWAY_TRY(const auto slots, registry::slots_of(view, device));
  auto out = json::array();
  for (const auto& one : slots) {
    out.push_back({{"role", cell_name(one.role)},
                   {"use", admin::use_name(one.use)},
                   {"holder", one.holder.plain()},
                   {"said_at", to_iso8601(one.at)}});
  }
  return out;
}

/// What every list of devices says of one.
Result<json> line_of(const store::ReadView& view, const Device& device) {
  METERWAY_TRY(const auto past, registry::past_of(view, device.eui));
  METERWAY_TRY(const bool blocked, registry::is_blocked(view, device.eui));
  return json{{"eui", device.eui.plain()},
              {"hub", device.hub ? json(device.hub->plain()) : json(nullptr)},
              {"type", to_string(device.type)},
              {"state", registry::to_string(device.state)},
              {"since", time_or_null(registry::since(past, device))},
              {"firmware", device.detail("DeviceFirmwareVersion")},
              {"blocked", blocked},
              {"details", device.details}};
}

}  // namespace

Result<json> devices_json(const store::ReadView& view, std::vector<Device> devices) {
  std::stable_sort(devices.begin(), devices.end(),
                   [](const Device& a, const Device& b) { return a.hub.value_or(a.eui) < b.hub.value_or(b.eui); });
  auto out = json::array();
  for (const auto& device : devices) {
    METERWAY_TRY(auto line, line_of(view, device));
    out.push_back(std::move(line));
  }
  return out;
}

Result<json> device_page(const store::ReadView& view, const Device& device, const std::vector<Device>& home,
                         const Caller& caller, UtcTime now) {
  auto known = device;
  std::erase_if(known.responsible, [&](const auto& entry) { return !caller.reads_of(entry.user); });
  METERWAY_TRY(auto out, line_of(view, device));
  out.update(json::parse(registry::to_json(known), nullptr, false));
  METERWAY_TRY(const auto past, registry::past_of(view, device.eui));
  out["history"] = states_of(past, caller);
  if (past.dropped != 0) out["history_dropped"] = past.dropped;
  METERWAY_TRY(const auto joins, registry::joins_of(view, device.eui));
  out["joined"] = json::array();
  for (const auto& one : joins)
    out["joined"].push_back({{"device", one.other.plain()}, {"said", one.said}, {"other_said", one.other_said}});
  METERWAY_TRY(out["firmware"], firmware_of(view, device, caller, now));
  METERWAY_TRY(out["certificates"], certificates_of(view, device.eui));
  METERWAY_TRY(out["cells"], cells_of(view, device.eui));
  out["home"] = json::array();
  for (const auto& one : home) {
    out["home"].push_back({{"eui", one.eui.plain()},
                           {"type", to_string(one.type)},
                           {"state", registry::to_string(one.state)},
                           {"is_hub", one.hub == one.eui}});
  }
  return out;
}

}  // namespace meterway::flow
