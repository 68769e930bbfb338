#include "portal/server/door.h"

#include "records/audit/log.h"

namespace meterway::portal {
namespace {

audit::Entry line_of(const ledger::Person& person, const Route& route, const Portal& portal) {
  audit::Entry line;
  line.at = portal.clock.now();
  line.person = person.id;
  line.party = person.party;
  line.function = std::string(route.function);
  // The row and not the path: what somebody makes up does not fill the log.
  line.about = std::string(route.method) + " " + std::string(route.path);
  return line;
}

std::string rule_of(const permission::Decision& decision) {
  return decision.row == nullptr ? "spec/permissions.tsv" : std::string(decision.row->clause);
}

Status note_refused(const audit::Entry& line, bool has_name, const Portal& portal) {
  if (!has_name && portal.held_lines != nullptr) return portal.held_lines->add(portal.store, line);
  return portal.store.write([&](store::WriteView& view) { return audit::append_counted(view, line); });
}

}  // namespace

Status write_held(const Portal& portal) {
  return portal.held_lines == nullptr ? Status() : portal.held_lines->write_due(portal.store, portal.clock.now(), true);
}

std::optional<net::HttpResponse> refused_at_door(const ledger::Person& person, const Route& route,
                                                 const net::HttpRequest& http, const Portal& portal) {
  if (permission::may(person, route.function) && !permission::is_noted(route.function)) return std::nullopt;
  const auto decision = permission::decide(person, route.function);
  auto line = line_of(person, route, portal);
  line.outcome = decision.allowed ? "allowed" : "refused";
  if (decision.allowed) line.about = std::string(route.method) + " " + http.path;  // what he does it to
  line.rule = rule_of(decision);
  line.detail = decision.why;
  const bool has_name = !person.has_role("public");
  const auto noted = decision.allowed
                         ? portal.store.write([&](store::WriteView& view) { return audit::append(view, line); })
                         : note_refused(line, has_name, portal);
  if (!noted) return failed(noted.error());
  if (decision.allowed) return std::nullopt;
  if (!has_name) return problem(401, "who_calls", "a token is needed", decision.why);
  return problem(403, "not_permitted", "this is not for the caller", decision.why);
}

net::HttpResponse refused_inside(const Ask& ask, const Portal& portal, net::HttpResponse answer, std::string why) {
  auto line = line_of(ask.person, ask.route, portal);
  line.outcome = "refused";
  line.rule = rule_of(permission::decide(ask.person, ask.route.function));
  line.detail = std::move(why);
  const auto noted = portal.store.write([&](store::WriteView& view) { return audit::append_counted(view, line); });
  return noted ? std::move(answer) : failed(noted.error());
}

net::HttpResponse refused_forgery(const ledger::Person& person, const Route& route, const Portal& portal,
                                  const std::string& why) {
  auto line = line_of(person, route, portal);
  line.outcome = "refused";
  line.rule = "no request from another page";
  // What the header says is the other page's: it is told to the caller, and is not kept.
  line.detail = why.substr(0, why.find(':'));
  if (const auto noted = note_refused(line, !person.has_role("public"), portal); !noted) return failed(noted.error());
  return problem(403, "csrf", "the request does not show that a page of this portal makes it", why);
}

Status note_nobody(store::WriteView& view, const Route& route, const Portal& portal, const std::string& source,
                   bool locked) {
  auto line = line_of({"unknown", "", "", {}, registry::Classification::White, true}, route, portal);
  if (locked) line.about = "address " + source;
  line.outcome = locked ? "locked" : "refused";
  line.rule = locked ? "people.lockout.tokens" : "spec/permissions.tsv";
  line.detail = "a token or certificate that is nobody's" + (source.empty() ? std::string() : ", from " + source);
  return audit::append_counted(view, std::move(line));
}

Status note_done(store::WriteView& view, const Ask& ask, const Portal& portal, std::string about, std::string detail) {
  auto line = line_of(ask.person, ask.route, portal);
  line.about = std::move(about);
  line.outcome = "done";
  line.rule = "spec/permissions.tsv";
  line.detail = std::move(detail);
  return audit::append(view, std::move(line));
}

}  // namespace meterway::portal
