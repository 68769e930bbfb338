#include "flow/alert/alert.h"

#include <algorithm>
#include <set>

#include "standard/duis/response_body.h"

namespace meterway::flow::alert {
namespace {

using registry::Device;
using registry::DeviceState;

constexpr std::string_view kDone = "I0";

duis::Element holding(std::string_view name, std::vector<duis::Element> children) {
  duis::Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}

/// MeterMPxNs; nothing when the inventory knows no metering point of it, as the schema demands one.
std::optional<duis::Element> mpxns(std::string_view element, const Device& meter) {
  if (meter.detail("ImportMPxN").empty()) return std::nullopt;
  auto out = holding(element, {});
  for (const auto* name : {"ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"}) {
    if (const auto value = meter.detail(name); !value.empty()) out.children.push_back(duis::text_element(name, value));
  }
  return out;
}

duis::Element status_event(Eui64 device, duis::Element change) {
  return holding("DeviceStatusChangeEvent", {duis::text_element("DeviceID", device.dashed_upper()),
                                             holding("DeviceStatusChange", {std::move(change)})});
}

bool is_meter(const Device& device) { return device.type == DeviceType::ESME || device.type == DeviceType::GSME; }
bool at_work(DeviceState state) {
  return state == DeviceState::Commissioned || state == DeviceState::InstalledNotCommissioned ||
         state == DeviceState::Recovered;
}

struct Change {
  DccEvent event;
  duis::Element element;
};

std::optional<Change> change_of(DeviceState before, const Device& after) {
  switch (after.state) {
    case DeviceState::Suspended:
      return Change{DccEvent::DeviceSuspended, holding("DeviceSuspended", {})};
    case DeviceState::Recovered:
      return Change{DccEvent::DeviceRecovered, holding("RecoveryComplete", {})};
    case DeviceState::Commissioned: {
      if (before == DeviceState::Suspended) return Change{DccEvent::DeviceRestored, holding("DeviceRestored", {})};
      auto points = is_meter(after) ? mpxns("MeterMPxNs", after) : std::nullopt;
      if (!points) return std::nullopt;
      std::vector<duis::Element> children{*std::move(points)};
      if (const auto variant = after.detail("ESMEVariant"); !variant.empty())
        children.push_back(duis::text_element("ESMEVariant", variant));
      return Change{DccEvent::MeterCommissioned, holding("MeterIdentity", std::move(children))};
    }
    case DeviceState::InstalledNotCommissioned:
      if (before == DeviceState::Suspended) return Change{DccEvent::DeviceRestored, holding("DeviceRestored", {})};
      return std::nullopt;
    case DeviceState::Decommissioned:
    case DeviceState::Withdrawn: {
      if (after.type == DeviceType::CHF) return Change{DccEvent::HubDecommissioned, holding("CHFDecommissioning", {})};
      auto points = is_meter(after) ? mpxns("MeterDecommissionOrWithdrawal", after) : std::nullopt;
      if (points) return Change{DccEvent::MeterLeft, holding("MeterDecommissioningOrWithdrawal", {*std::move(points)})};
      return Change{DccEvent::DeviceRemoved, holding("DeviceRemovedFromInventory", {})};
    }
    case DeviceState::Pending:
      if (at_work(before)) return Change{DccEvent::DeviceRemoved, holding("DeviceRemovedFromInventory", {})};
      return std::nullopt;
    case DeviceState::Whitelisted:
    case DeviceState::Recovery:
      return std::nullopt;
  }
  return std::nullopt;
}

std::set<Eui64> recipients(const DccAlert& alert, UtcTime now) {
  std::set<Eui64> out;
  if (alert.requester && tells_requester(alert.event)) out.insert(*alert.requester);
  if (alert.about == nullptr) return out;
  for (const auto& entry : alert.about->responsible) {
    const bool then = (!entry.from || *entry.from <= now) && (!entry.until || now < *entry.until);
    if (then && (told_roles(alert.event) & duis::role_bit(entry.role)) != 0) out.insert(entry.user);
  }
  return out;
}

}  // namespace

std::string trace_key(const DccAlert& alert) { return "dcc:" + std::string(name(alert.event)) + ":" + alert.identity; }

std::vector<Outcome> outcomes(const DccAlert& alert, const Context& context) {
  std::vector<Outcome> out;
  const auto now = context.clock.now();
  const auto code = alert_code(alert.event, context.settings.dcc_alert_codes);
  if (code.empty()) return out;
  for (const auto user : recipients(alert, now)) {
    Outcome one;
    one.user = user;
    one.delivery_class = class_of_dcc_alert(code);
    one.trace_key = trace_key(alert);
    one.alert_key = one.trace_key + ":" + user.plain();
    one.response_code = kDone;
    one.body = duis::dcc_alert_message(code, alert.body);
    if (out.empty()) one.hops = alert.hops;  // what led to it is told once
    one.hops.push_back({"alert", "raised", std::string(code) + " for " + user.dashed_upper(), {}, now});
    out.push_back(std::move(one));
  }
  return out;
}

duis::Element power_outage(Eui64 hub, UtcTime start, std::string_view mpxn) {
  return holding("PowerOutageEvent",
                 {duis::text_element("CommsHubDeviceID", hub.dashed_upper()),
                  duis::text_element("StartDateTime", to_iso8601(start)), duis::text_element("MPxN", mpxn)});
}

duis::Element han_log_updated(const RequestId& request) {
  return holding("UpdateHANDeviceLogResult",
                 {duis::text_element("UpdateHANDeviceLogServiceRequestID", request.text())});
}

duis::Element command_failed(const RequestId& request, Eui64 device, std::uint64_t schedule) {
  auto out = holding("CommandFailure", {duis::text_element("CommandRequestID", request.text())});
  if (schedule != 0) out.children.push_back(duis::schedule_id(schedule));
  out.children.push_back(duis::text_element("DeviceID", device.dashed_upper()));
  return out;
}

duis::Element schedule_removed(Eui64 device, std::uint64_t schedule) {
  return holding("DSPScheduleRemoval",
                 {duis::text_element("DeviceID", device.dashed_upper()), duis::schedule_id(schedule)});
}

std::optional<DccAlert> status_change(DeviceState before, const Device& after, UtcTime now) {
  if (before == after.state) return std::nullopt;
  auto change = change_of(before, after);
  if (!change) return std::nullopt;
  DccAlert alert;
  alert.event = change->event;
  alert.body = status_event(after.eui, std::move(change->element));
  alert.identity = after.eui.plain() + ":" + std::to_string(now.time_since_epoch().count());
  alert.about = &after;
  return alert;
}

Status add_alerts(Outcome& outcome, const Context& context) {
  std::vector<DccAlert> alerts;
  std::vector<DeviceState> before;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    for (const auto& device : outcome.inventory) {
      METERWAY_TRY(const auto known, registry::find_device(view, device.eui));
      before.push_back(known ? known->state : device.state);
    }
    return {};
  }));
  const auto now = context.clock.now();
  for (std::size_t i = 0; i < outcome.inventory.size(); ++i) {
    if (auto alert = status_change(before[i], outcome.inventory[i], now)) alerts.push_back(*std::move(alert));
  }
  for (const auto& one : outcome.news) alerts.push_back({one.event, one.body, one.identity, &one.about, {}, {}});
  if (outcome.request && outcome.alert_key.empty()) {
    const auto& request = *outcome.request;
    DccAlert alert;
    alert.identity = request.id.text();
    alert.requester = request.id.originator;
    // The inventory changes when the device has said that the log did.
    if (request.service == "8.11" && outcome.response_code == kDone && !outcome.inventory.empty()) {
      alert.event = DccEvent::HanLogUpdated;
      alert.body = han_log_updated(request.id);
      alerts.push_back(std::move(alert));
    } else if (outcome.response_code != kDone && (request.send_at > request.received_at || request.schedule != 0)) {
      alert.event = DccEvent::CommandFailed;
      alert.body = command_failed(request.id, request.header.target, request.schedule);
      alerts.push_back(std::move(alert));
    }
  }
  for (const auto& alert : alerts) {
    for (auto& one : outcomes(alert, context)) outcome.also.push_back(std::move(one));
  }
  return {};
}

}  // namespace meterway::flow::alert
