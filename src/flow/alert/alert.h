#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::alert {

/// Something that happened and that Users are to hear of from the DCC itself (DCCAlertMessage).
struct DccAlert {
  DccEvent event{};
  /// The one element inside DCCAlert (functions below).
  duis::Element body;
  /// Names this very event among all of its kind, such as device and time of loss: whoever was told of it once is not
  /// told again, however often it is raised.
  std::string identity;
  /// The device it is about: those responsible for it in the row's roles at this moment are told.
  const registry::Device* about = nullptr;
  /// The User whose request brought it about, where there is one.
  std::optional<Eui64> requester;
  /// What happened before it came here, each hop with its own stamp; kept in the trace of the alert.
  std::vector<Hop> hops;
};

/// One outcome per User who must have the alert, each to be given to deliver::store_outcome; put them into another
/// outcome's `also` for one transaction with what they tell of. None when the event has no code (not configured), or
/// nobody is responsible. Their trace key is trace_key(alert).
std::vector<Outcome> outcomes(const DccAlert& alert, const Context& context);

/// "dcc:<event>:<identity>"
std::string trace_key(const DccAlert& alert);

/// AD1: the hub lost its supply at `start`; one alert per meter, as it names one MPxN.
duis::Element power_outage(Eui64 hub, UtcTime start, std::string_view mpxn);
/// N24: the request that changed a hub's device log has taken effect.
duis::Element han_log_updated(const RequestId& request);
/// `schedule`: whose run it was; 0: none's.
duis::Element command_failed(const RequestId& request, Eui64 device, std::uint64_t schedule = 0);
/// The DCC has taken a schedule away.
duis::Element schedule_removed(Eui64 device, std::uint64_t schedule);

/// The alert that a change of a device's state calls for; none when the schema has no word for that change.
/// `about` and the body refer to `after`, which must outlive the alert.
std::optional<DccAlert> status_change(registry::DeviceState before, const registry::Device& after, UtcTime now);

/// Step 8b: adds to an outcome the DCC alerts that it gives rise to (a device log updated, a device changed, a command
/// of the DCC's date failed), so that they are stored with it.
/// Errors: those of the store.
Status add_alerts(Outcome& outcome, const Context& context);

}  // namespace meterway::flow::alert
