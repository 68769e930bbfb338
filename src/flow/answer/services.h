#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

/// Installation and the inventory: one function per service of the table in answer.cpp. All refuse as work.h says
/// (NoDevice, NotResponsible, DeviceState) and Senseless besides.
namespace meterway::flow::answer {

/// 12.2: a device enters the inventory as Pending; with a hub its GPF. Refuses: DeviceKnown, HubIsItsGpf, NotCertified.
Step<DccAnswer> prenotify(AuthorisedRequest&& authorised, const Context& context);
/// 8.3: the device is gone; a hub takes the log of its home with it. Refuses: DeviceType (GPF).
Step<DccAnswer> decommission(AuthorisedRequest&& authorised, const Context& context);
/// 8.4: state, details or metering points of a device, or that it leaves the inventory. Refuses: DeviceType.
Step<DccAnswer> update_inventory(AuthorisedRequest&& authorised, const Context& context);
/// 8.14.1 to 8.14.4: a hub was installed, or comes back. Refuses: DeviceType.
Step<DccAnswer> hub_status(AuthorisedRequest&& authorised, const Context& context);
/// 8.6: a withdrawn meter may be installed again; tells the broker's certificates, which its supplier is to put into
/// it. Refuses: DeviceType.
Step<DccAnswer> opt_in(AuthorisedRequest&& authorised, const Context& context);
/// 12.1: what coverage data say of a property, or that they say nothing.
Step<DccAnswer> wan_matrix(AuthorisedRequest&& authorised, const Context& context);

}  // namespace meterway::flow::answer
