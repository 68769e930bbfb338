#pragma once
#include <string>
#include <vector>

#include "flow/envelope/context.h"
#include "records/registry/device.h"
#include "standard/gbcs/alert_routes.h"
#include "standard/gbcs/message.h"

namespace meterway::flow::correlate {

/// To whom an alert goes by spec/alert_routes.tsv and the configuration.
struct AlertRecipients {
  const gbcs::AlertRoute* route = nullptr;  ///< null: no row for this code and type, or the device is not known
  std::optional<Eui64> addressee;           ///< a User whom the header names as target
  std::optional<Eui64> second;              ///< another, as supplementary remote party
  bool kept = false;                        ///< configuration tells others, or nobody, in place of the addressee
  std::vector<Eui64> responsible;           ///< told by their responsibility, none of the two above
  std::string words;                        ///< for the event: the alert's name, and what of its route is unconfirmed
};

/// Errors: those of the store.
Result<AlertRecipients> alert_recipients(const store::ReadView& view, const gbcs::Message& alert, MessageCode code,
                                         const Context& context, UtcTime now);

/// Users responsible for the device at the moment in these roles; of a device for which the registry names nobody (a
/// hub, a gas proxy, a display) those responsible for the meters behind its hub.
Result<std::vector<Eui64>> responsible_for_alert(const store::ReadView& view, const registry::Device& device,
                                                 duis::RoleSet roles, UtcTime now);

}  // namespace meterway::flow::correlate
