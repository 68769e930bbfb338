#pragma once
#include <optional>
#include <string>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

/// What 8.14.3 and 8.14.4 do, for whoever brings many hubs at once (flow/jobs): the same checks, the same changes, the
/// same records. The request has been authorised; nobody has signed it.
namespace meterway::flow::answer {

/// A hub that has come back.
struct HubBack {
  registry::DeviceState from{}, to{};
  std::string reference;  ///< of its record, kind hub_return
};

/// Within the write that keeps it, with its line in the audit and its events under `key`. `person`: under whose
/// authority. Refuses: as hub_status of services.h.
Step<HubBack> return_hub(store::WriteView& view, const AuthorisedRequest& request, const Context& context,
                         Effects& effects, const std::string& person, const std::string& key);

/// That this User has sent it back before, by a request or by a job, and nothing has happened to it since: when, and
/// who it was. Nothing otherwise, whoever else has.
Result<std::optional<std::string>> returned_before(const store::ReadView& view, Eui64 hub, Eui64 user);

}  // namespace meterway::flow::answer
