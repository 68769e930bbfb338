#include "flow/envelope/decision_line.h"

#include <algorithm>

#include "records/registry/party.h"

namespace meterway::flow {

namespace {

constexpr Refusal kOfAccess[] = {
    Refusal::NoUser,      Refusal::NotTheCaller,   Refusal::RoleNotEligible,      Refusal::UserNotLive,
    Refusal::NoDevice,    Refusal::NotResponsible, Refusal::WrongNetworkOperator, Refusal::DeviceState,
    Refusal::DeviceType,  Refusal::CommandVariant, Refusal::WrongService,         Refusal::NoLocalCommand,
    Refusal::NotCertified};
constexpr std::string_view kRule = "; rule ";

}  // namespace

std::span<const Refusal> refusals_of_access() { return kOfAccess; }
bool is_of_access(Refusal why) {
  return std::find(std::begin(kOfAccess), std::end(kOfAccess), why) != std::end(kOfAccess);
}

std::string name_of_user(Eui64 user) { return "user-" + user.plain(); }

std::string_view decision_in(std::string_view detail) {
  const auto at = detail.rfind(kRule);
  return at == std::string_view::npos ? std::string_view() : detail.substr(at);
}

std::string rule_in(std::string_view decided) {
  const auto found = decision_in(decided);
  if (found.empty()) return {};
  const auto rest = found.substr(kRule.size());
  return std::string(rest.substr(0, rest.find(' ')));
}

audit::Entry line_of(const RequestId& id, std::string_view service, std::string_view decided, UtcTime at) {
  audit::Entry line;
  line.at = at;
  line.person = name_of_user(id.originator);
  line.function = "service." + std::string(service);
  line.rule = rule_in(decided);
  line.detail = id.text() + std::string(decided);
  return line;
}

Status append_refusal(store::WriteView& view, const RequestId& id, std::string_view service, const Refused& refused,
                      UtcTime at) {
  const auto words = ": " + (refused.detail.empty() ? std::string(sentence(refused.why)) : refused.detail);
  auto line = line_of(id, service, words, at);
  METERWAY_TRY(const auto user, registry::find_user(view, id.originator));
  if (user) line.party = user->name;
  line.about = name(refused.why);
  line.outcome = "refused";
  return audit::append_counted(view, std::move(line));
}

}  // namespace meterway::flow
