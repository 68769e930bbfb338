#include "records/access/decide.h"
#include "base/util/each_part.h"

#include <algorithm>

namespace meterway::access {
namespace {

constexpr std::string_view kReplaceByParty = "6.15.1";
constexpr std::string_view kReasons[] = {"allowed",     "command_variant", "no_local_command",  "wrong_service",
                                         "no_user",     "user_not_live",   "role_not_eligible", "no_device",
                                         "device_type", "device_state",    "not_responsible"};
constexpr std::string_view kStandings[] = {"not_named", "nobody", "another", "unsaid", "listed", "registered"};

constexpr UserRole role_at(std::size_t place) { return static_cast<UserRole>(place); }

const RuleRow* rule_on(const Tables& tables, RuleName name, Date day) {
  return row_on(std::span<const RuleRow>(tables.rules[static_cast<std::size_t>(name)]), day);
}
const Row* row_of(const RuleRow* rule) { return rule == nullptr ? nullptr : &rule->row; }

Decision refuse(Reason reason, const Row* rule, std::optional<UserRole> role = {}) {
  return {reason, rule, role, false};
}

/// As far as this role comes: role, type, state, responsibility.
Decision decide_as(UserRole role, const Facts& facts, const Tables& tables, Date day) {
  const auto cell = [&](Question question) {
    return ask(tables, question, *facts.service, role, facts.type, facts.state, day);
  };
  const auto may = cell(Question::Role);
  if (!may.yes) return refuse(Reason::RoleNotEligible, may.row, role);
  if (facts.service->non_device) {
    const auto* rule = row_of(rule_on(tables, RuleName::TargetDcc, day));
    return facts.to_dcc ? Decision{Reason::Allowed, may.row, role, false} : refuse(Reason::DeviceType, rule, role);
  }
  if (!facts.device_known) return refuse(Reason::NoDevice, row_of(rule_on(tables, RuleName::DeviceKnown, day)), role);
  if (const auto type = cell(Question::Type); !type.yes) return refuse(Reason::DeviceType, type.row, role);
  if (const auto state = cell(Question::State); !state.yes) return refuse(Reason::DeviceState, state.row, role);
  const auto standing = facts.standing[static_cast<std::size_t>(role)];
  const auto* rule = rule_on(tables, of_role(RuleName::Responsible, role), day);
  if (standing == Standing::Unsaid) {
    const auto* unsaid = rule_on(tables, RuleName::Unsaid, day);
    if (unsaid != nullptr && unsaid->value == "allowed") return {Reason::Allowed, &unsaid->row, role, false};
  }
  const bool enough = rule != nullptr && (rule->value == "eligible" || standing >= Standing::Listed);
  if (enough) return {Reason::Allowed, &rule->row, role, false};
  const auto* leave = rule_on(tables, RuleName::Leave, day);
  if (facts.leave && leave != nullptr && leave->value == "allowed") return {Reason::Allowed, &leave->row, role, true};
  return refuse(Reason::NotResponsible, row_of(rule), role);
}

Status bad_facts() { return fail(ErrorCode::BadValue, 0, "facts of a decision"); }

constexpr std::size_t kParts = 8;  ///< of the facts: service, moment, roles, user, type, state, standings, leave

Status read_user(std::string_view roles, std::string_view state, Facts& facts) {
  facts.user_known = roles != "-";
  if (!facts.user_known) return {};
  Status read;
  each_part(roles, '+', [&](std::string_view name) {
    const auto role = parse_user_role(name);
    if (role)
      facts.roles |= duis::role_bit(*role);
    else
      read = bad_facts();
  });
  METERWAY_CHECK(read);
  METERWAY_TRY(facts.user_state, registry::parse_user_state(state));
  return {};
}

/// "IS:registered#3"
Status read_standing(std::string_view text, Facts& facts) {
  const auto colon = text.find(':'), hash = text.find('#');
  if (colon == std::string_view::npos) return bad_facts();
  METERWAY_TRY(const auto role, parse_user_role(text.substr(0, colon)));
  const auto name = text.substr(colon + 1, hash == std::string_view::npos ? hash : hash - colon - 1);
  const auto found = std::find(std::begin(kStandings), std::end(kStandings), name);
  if (found == std::end(kStandings)) return bad_facts();
  const auto at = static_cast<std::size_t>(role);
  facts.standing[at] = static_cast<Standing>(found - std::begin(kStandings));
  if (hash == std::string_view::npos) return {};
  std::uint64_t load = 0;
  for (const char c : text.substr(hash + 1)) {
    if (c < '0' || c > '9' || load > UINT32_MAX) return bad_facts();
    load = load * 10 + static_cast<std::uint64_t>(c - '0');
  }
  facts.load[at] = static_cast<std::uint32_t>(load);
  return {};
}

}  // namespace

std::string_view to_string(Standing standing) { return kStandings[static_cast<std::size_t>(standing)]; }
std::string_view to_string(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

Standing standing_of(const registry::User& user, UserRole role, const registry::Device& device,
                     const std::vector<registration::Holder>& holders, UtcTime at, std::uint32_t* load) {
  if (device.responsible.empty() && holders.empty())
    return registration::names_unreadable_point(device) ? Standing::Nobody : Standing::Unsaid;
  std::optional<Standing> registered;
  for (const auto& one : holders) {
    if (one.role != role || !one.said) continue;
    const auto here = user.is_participant(role, one.who) ? Standing::Registered
                      : one.who.empty()                  ? Standing::Nobody
                                                         : Standing::Another;
    if (registered && *registered >= here) continue;
    registered = here;
    if (load != nullptr) *load = one.load;
  }
  if (registered) return *registered;
  for (const auto& entry : device.responsible) {
    const bool then = (!entry.from || *entry.from <= at) && (!entry.until || at < *entry.until);
    if (entry.role == role && entry.user == user.eui && then) return Standing::Listed;
  }
  return Standing::NotNamed;
}

Facts facts_of(const duis::Service& service, const std::optional<registry::User>& user,
               const std::optional<registry::Device>& device, const std::vector<registration::Holder>& holders,
               const std::optional<registry::Correction>& correction, bool to_dcc, UtcTime at) {
  Facts out;
  out.service = &service;
  out.at = at;
  out.to_dcc = to_dcc;
  if (user) {
    out.user_known = true;
    out.user_state = user->state;
    for (const auto role : user->roles) out.roles |= duis::role_bit(role);
  }
  if (service.non_device || !device) return out;
  out.device_known = true;
  out.type = device->type;
  out.state = device->state;
  if (!user) return out;
  for (const auto role : user->roles) {
    const auto place = static_cast<std::size_t>(role);
    out.standing[place] = standing_of(*user, role, *device, holders, at, &out.load[place]);
  }
  out.leave =
      correction && service.variant == kReplaceByParty && correction->user == user->eui && correction->holds(at);
  return out;
}

Decision decide(const Facts& facts, const Tables& tables) {
  const auto day = calendar::date_of(facts.at);
  const auto rule = [&](RuleName name) { return row_of(rule_on(tables, name, day)); };
  if (!facts.user_known || facts.roles == 0) return refuse(Reason::NoUser, rule(RuleName::UserKnown));
  if (facts.user_state != registry::UserState::Live) return refuse(Reason::UserNotLive, rule(RuleName::UserLive));
  std::optional<Decision> best;
  for (std::size_t place = 0; place < kRoles; ++place) {
    if ((facts.roles & duis::role_bit(role_at(place))) == 0) continue;
    const auto one = decide_as(role_at(place), facts, tables, day);
    if (one.allowed() && !one.by_leave) return one;
    const auto rank = [](const Decision& of) { return of.allowed() ? 255 : static_cast<int>(of.reason); };
    if (!best || rank(one) > rank(*best)) best = one;
  }
  return *best;
}

Decision decide_command(const duis::Service& service, CommandVariant variant,
                        std::optional<duis::WebService> web_service, UtcTime at, const Tables& tables) {
  const auto day = calendar::date_of(at);
  const auto rule = [&](RuleName name) { return row_of(rule_on(tables, name, day)); };
  if (!service.permits(variant)) {
    // The same request over the WAN would do: it is the local form that is not offered.
    const auto over_wan = is_signed(variant) ? CommandVariant::SendSigned : CommandVariant::SendCommand;
    if (is_local(variant) && service.permits(over_wan))
      return refuse(Reason::NoLocalCommand, rule(RuleName::LocalCommand));
    return refuse(Reason::CommandVariant, rule(RuleName::CommandVariant));
  }
  if (web_service && service.web_service(variant) != *web_service)
    return refuse(Reason::WrongService, rule(RuleName::WebService));
  return {Reason::Allowed, rule(RuleName::CommandVariant), {}, false};
}

std::string write_facts(const Decision& decision, const Facts& facts) {
  std::string out = "rule " + std::string(decision.rule == nullptr ? "none" : decision.rule->rule) + " " +
                    std::string(to_string(decision.reason));
  if (decision.role) out += " as " + std::string(meterway::to_string(*decision.role));
  out += "; facts " + std::string(facts.service->variant) + "/" + to_iso8601(facts.at, 6) + "/";
  std::string roles, standings;
  for (std::size_t place = 0; place < kRoles; ++place) {
    if ((facts.roles & duis::role_bit(role_at(place))) == 0) continue;
    const auto name = std::string(meterway::to_string(role_at(place)));
    roles += (roles.empty() ? "" : "+") + name;
    if (!facts.device_known) continue;
    standings += (standings.empty() ? "" : ",") + name + ":" + std::string(to_string(facts.standing[place]));
    if (facts.load[place] != 0) standings += "#" + std::to_string(facts.load[place]);
  }
  out += facts.user_known ? roles + "/" + std::string(registry::to_string(facts.user_state)) : "-/-";
  out += "/" + (facts.to_dcc ? std::string("DCC/-")
                : facts.device_known
                    ? std::string(meterway::to_string(facts.type)) + "/" + std::string(registry::to_string(facts.state))
                    : std::string("-/-"));
  return out + "/" + standings + "/" + (facts.leave ? "leave" : "-");
}

Result<Recorded> read_facts(std::string_view detail) {
  constexpr std::string_view kRule = "; rule ", kFacts = "; facts ";
  const auto rule = detail.rfind(kRule), at = detail.rfind(kFacts);
  if (rule == std::string_view::npos || at == std::string_view::npos || at < rule)
    return fail(ErrorCode::NotFound, 0, "facts of a decision");
  Recorded out;
  std::vector<std::string_view> words, parts;
  each_part(detail.substr(rule + kRule.size(), at - rule - kRule.size()), ' ',
            [&](auto word) { words.push_back(word); });
  each_part(detail.substr(at + kFacts.size()), '/', [&](auto part) { parts.push_back(part); });
  if (words.size() < 2 || parts.size() != kParts) return Unexpected{bad_facts().error()};
  out.rule = std::string(words[0]);
  const auto reason = std::find(std::begin(kReasons), std::end(kReasons), words[1]);
  if (reason == std::end(kReasons)) return Unexpected{bad_facts().error()};
  out.reason = static_cast<Reason>(reason - std::begin(kReasons));
  auto& facts = out.facts;
  facts.service = duis::find_service(parts[0]);
  if (facts.service == nullptr) return Unexpected{bad_facts().error()};
  METERWAY_TRY(facts.at, from_iso8601(parts[1]));
  METERWAY_CHECK(read_user(parts[2], parts[3], facts));
  facts.to_dcc = parts[4] == "DCC";
  facts.device_known = !facts.to_dcc && parts[4] != "-";
  if (facts.device_known) {
    if (parts[4] != meterway::to_string(DeviceType::Unknown)) {
      METERWAY_TRY(facts.type, parse_device_type(parts[4]));
    }
    METERWAY_TRY(facts.state, registry::parse_device_state(parts[5]));
  }
  Status read;
  each_part(parts[6], ',', [&](std::string_view one) {
    if (auto done = read_standing(one, facts); !done) read = done;
  });
  METERWAY_CHECK(read);
  facts.leave = parts[7] == "leave";
  return out;
}

}  // namespace meterway::access
