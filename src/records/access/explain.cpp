#include "records/access/explain.h"

#include <algorithm>

namespace meterway::access {
namespace {

std::string text(std::string_view words) { return std::string(words); }
std::string name(UserRole role) { return text(meterway::to_string(role)); }
std::string number(CommandVariant variant) { return std::to_string(static_cast<int>(variant)); }

/// ": IS is another", for who is refused: neither who it is nor at which metering point, which 8.2 would not tell him.
std::string said_of(const Facts& facts, const std::vector<registration::Holder>& holders) {
  std::string out;
  for (const auto& one : holders) {
    if (!one.said || (facts.roles & duis::role_bit(one.role)) == 0 || !facts.service->eligible(one.role)) continue;
    const auto said = name(one.role) + " is " + (one.who.empty() ? "nobody" : "another");
    if (out.find(said) == std::string::npos) out += (out.empty() ? ": " : ", ") + said;
  }
  return out;
}

std::string roles_of(const Facts& facts) {
  std::string out;
  for (std::size_t place = 0; place < kRoles; ++place) {
    const auto role = static_cast<UserRole>(place);
    if ((facts.roles & duis::role_bit(role)) != 0) out += (out.empty() ? "" : " ") + name(role);
  }
  return out.empty() ? "none" : out;
}

std::string in_words(Standing standing, std::uint32_t load) {
  const auto by = load == 0 ? std::string() : ", by load " + std::to_string(load) + " of registration data";
  switch (standing) {
    case Standing::NotNamed:
      return "registration data do not know the role there, and the device's own list does not name the User in it";
    case Standing::Nobody:
      return "in registration data nobody has the role at that moment, or a metering point cannot be read" + by;
    case Standing::Another:
      return "in registration data another has the role at that moment" + by;
    case Standing::Unsaid:
      return "registration data have no row of its metering points, and the device has no list of its own";
    case Standing::Listed:
      return "the device's own list names the User";
    case Standing::Registered:
      return "registration data name the User" + by;
  }
  return {};
}

const Row* rule_on(const Tables& tables, RuleName rule, Date day) {
  const auto* row = row_on(std::span<const RuleRow>(tables.rules[static_cast<std::size_t>(rule)]), day);
  return row == nullptr ? nullptr : &row->row;
}

}  // namespace

std::string why_not(const Decision& decision, const Facts& facts, const Names& names) {
  const auto service = text(facts.service->variant);
  const auto what = text(meterway::to_string(facts.type)) + " " + names.device.dashed_upper();
  switch (decision.reason) {
    case Reason::NoUser:
      return names.user.dashed_upper() + " is no User";
    case Reason::UserNotLive:
      return "the User is " + text(registry::to_string(facts.user_state));
    case Reason::RoleNotEligible:
      return "no role of the User may ask for service " + service;
    case Reason::NoDevice:
      return names.device.dashed_upper() + " is not in the inventory";
    case Reason::DeviceType:
      return facts.service->non_device ? "service " + service + " is addressed to the DCC, " + names.dcc.dashed_upper()
                                       : "service " + service + " is not for a " + what;
    case Reason::DeviceState:
      return what + " is " + text(registry::to_string(facts.state));
    case Reason::NotResponsible:
      return "not responsible for the " + what + said_of(facts, names.holders);
    default:
      return text(to_string(decision.reason));
  }
}

std::string why_not(const Decision& decision, const duis::Service& service, CommandVariant variant) {
  if (decision.reason == Reason::WrongService)
    return "command variant " + number(variant) + " of this service belongs to service" +
           static_cast<char>(service.web_service(variant));
  return "command variant " + number(variant) + " is not one of service " + text(service.variant);
}

std::vector<Line> lines_of(const Decision& decision, const Facts& facts, const Tables& tables) {
  const auto day = calendar::date_of(facts.at);
  std::vector<Line> out;
  const auto met = [&](Reason reason) { return decision.reason != reason; };
  const auto add = [&](std::string question, Reason reason, const Row* rule, std::string data) {
    const bool decides = !met(reason);
    out.push_back({std::move(question), !decides, decides ? decision.rule : rule, std::move(data)});
    return !decides;
  };
  if (!add("user", Reason::NoUser, rule_on(tables, RuleName::UserKnown, day),
           facts.user_known ? "roles: " + roles_of(facts) : "no such User"))
    return out;
  if (!add("user state", Reason::UserNotLive, rule_on(tables, RuleName::UserLive, day),
           text(registry::to_string(facts.user_state))))
    return out;
  if (!decision.role) return out;
  const auto role = *decision.role;
  const auto cell = [&](Question question) {
    return ask(tables, question, *facts.service, role, facts.type, facts.state, day).row;
  };
  if (!add("role", Reason::RoleNotEligible, cell(Question::Role),
           name(role) + " asks for " + text(facts.service->variant) + ", " + text(facts.service->name)))
    return out;
  if (facts.service->non_device) {
    add("target", Reason::DeviceType, rule_on(tables, RuleName::TargetDcc, day),
        facts.to_dcc ? "the DCC" : "not the DCC");
    return out;
  }
  if (!add("device", Reason::NoDevice, rule_on(tables, RuleName::DeviceKnown, day),
           facts.device_known ? "in the inventory" : "not in the inventory"))
    return out;
  if (!add("device type", Reason::DeviceType, cell(Question::Type), text(meterway::to_string(facts.type)))) return out;
  if (!add("device state", Reason::DeviceState, cell(Question::State), text(registry::to_string(facts.state))))
    return out;
  const auto place = static_cast<std::size_t>(role);
  auto data = name(role) + ": " + in_words(facts.standing[place], facts.load[place]);
  if (decision.by_leave) data += "; it has leave to hand over a wrong network operator cell";
  out.push_back({"responsible", decision.allowed(), decision.rule, std::move(data)});
  return out;
}

std::vector<std::string> differences(const Facts& then, const Facts& now) {
  std::vector<std::string> out;
  const auto compare = [&](const std::string& what, const std::string& before, const std::string& after) {
    if (before != after) out.push_back(what + ": " + before + " then, " + after + " now");
  };
  const auto user_state = [](const Facts& facts) {
    return facts.user_known ? text(registry::to_string(facts.user_state)) : std::string("no User");
  };
  const auto device = [](const Facts& facts) {
    return facts.to_dcc         ? std::string("the DCC")
           : facts.device_known ? text(meterway::to_string(facts.type))
                                : std::string("not known");
  };
  compare("state of the User", user_state(then), user_state(now));
  compare("roles of the User", roles_of(then), roles_of(now));
  compare("device", device(then), device(now));
  if (then.device_known && now.device_known)
    compare("state of the device", text(registry::to_string(then.state)), text(registry::to_string(now.state)));
  for (std::size_t place = 0; place < kRoles; ++place) {
    const auto bit = duis::role_bit(static_cast<UserRole>(place));
    if ((then.roles & now.roles & bit) == 0 || !then.device_known || !now.device_known) continue;
    compare("responsible as " + name(static_cast<UserRole>(place)), in_words(then.standing[place], then.load[place]),
            in_words(now.standing[place], now.load[place]));
  }
  compare("leave to hand over a cell", then.leave ? "yes" : "no", now.leave ? "yes" : "no");
  return out;
}

}  // namespace meterway::access
