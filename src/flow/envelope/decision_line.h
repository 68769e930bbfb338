#pragma once
#include <span>
#include <string>
#include <string_view>

#include "flow/envelope/refusal.h"
#include "records/audit/log.h"
#include "standard/ids/ids.h"

/// Lines of the audit about what Users ask: what they changed in the inventory, what was sent by leave, and what the
/// gatekeeper refused. Each is written in the write of what it tells of. Requests that were served in the ordinary way
/// are not there: their events hold the decision (docs/operations/people.md).
namespace meterway::flow {

/// Whether it is access control that refuses by it: the User, its role, the device, its type and state, responsibility.
bool is_of_access(Refusal why);
std::span<const Refusal> refusals_of_access();

/// How the audit and the inventory's history name a User: "user-90b3d51f30010000".
std::string name_of_user(Eui64 user);

/// What an event says of a decision, from "; rule " on; empty without one.
std::string_view decision_in(std::string_view detail);
/// "responsible.IS" of "...; rule responsible.IS allowed as IS; facts ..." (access::write_facts); empty without one.
std::string rule_in(std::string_view decided);

/// What a User asked for, by which rule and facts; `about` and `outcome` are the caller's to set.
audit::Entry line_of(const RequestId& id, std::string_view service, std::string_view decided, UtcTime at);

/// Of a refusal: one in full, and how many more there were within the hour. What is counted together does not depend on
/// the device, so that nobody can fill the log with names of devices.
Status append_refusal(store::WriteView& view, const RequestId& id, std::string_view service, const Refused& refused,
                      UtcTime at);

}  // namespace meterway::flow
