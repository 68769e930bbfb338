#include <algorithm>
#include <nlohmann/json.hpp>

#include "portal/server/csv.h"
#include "portal/server/door.h"
#include "portal/server/identity.h"
#include "records/registry/party.h"
#include "records/registry/users_of_party.h"

/// What somebody may do, and why. Functions are those of spec/permissions.tsv, and of the ledger ledger.<kind>.create,
/// .change and .<action>, which its own rows give.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::string_view kLedger = "ledger.";

/// What the ledger's words of who may give him of some record: of those of his own party, too.
bool is_named(const ledger::Person& person, std::string_view who) {
  return ledger::is_named(person, who, !person.party.empty());
}

/// A function of a kind of record, and the words of its row.
struct OfKind {
  std::string function;
  std::string_view who, source;
};

std::vector<OfKind> functions_of(const ledger::Kind& kind) {
  const auto name = std::string(kLedger) + std::string(kind.name) + ".";
  std::vector<OfKind> out{{name + "create", kind.creates, kind.source}, {name + "change", kind.changes, kind.source}};
  for (const auto& row : kind.transitions) {
    if (row.action == "create") continue;
    out.push_back({name + std::string(row.action), row.who, row.source});
  }
  return out;
}

json all_of(const ledger::Person& person) {
  json out = json::array();
  for (const auto function : permission::functions_of(person)) out.push_back(function);
  for (const auto& kind : ledger::all_kinds()) {
    for (const auto& one : functions_of(kind)) {
      if (is_named(person, one.who) && std::find(out.begin(), out.end(), one.function) == out.end())
        out.push_back(one.function);
    }
  }
  return out;
}

json to_json(const permission::Permission& row) {
  return {{"function", row.function},
          {"job_types", ledger::parts(row.job_types)},
          {"scope", row.scope},
          {"clause", row.clause},
          {"how_sure", row.how_sure}};
}

/// Rows of the functions that begin so, which give something to this job type; empty: of all.
std::vector<permission::Permission> rows_asked_for(const Ask& ask) {
  const auto function = ask.parameter("function").value_or(""), role = ask.parameter("role").value_or("");
  std::vector<permission::Permission> out;
  for (const auto& row : permission::all_permissions()) {
    const auto who = ledger::parts(row.job_types);
    const bool is_his = role.empty() || std::any_of(who.begin(), who.end(), [&](std::string_view one) {
                          return one == role || one == "anybody" || (one == "anyone" && role != "public");
                        });
    if (is_his && row.function.starts_with(function)) out.push_back(row);
  }
  return out;
}

/// `of`: "permissions" or "job_types".
net::HttpResponse csv_of_table(const Ask& ask, const std::string& of) {
  std::string text;
  if (of == "permissions") {
    text = csv::line({"function", "job_types", "scope", "clause", "how_sure"});
    for (const auto& row : rows_asked_for(ask))
      text += csv::line({std::string(row.function), std::string(row.job_types), std::string(row.scope),
                         std::string(row.clause), std::string(row.how_sure)});
  } else if (of == "job_types") {
    text = csv::line({"job_type", "given", "verified", "meaning", "source", "how_sure"});
    for (const auto& one : permission::all_job_types())
      text += csv::line({std::string(one.name), one.given ? "person" : "node", one.verified ? "yes" : "no",
                         std::string(one.meaning), std::string(one.source), std::string(one.how_sure)});
  } else {
    return bad_query("of: expected permissions or job_types");
  }
  return {200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, std::move(text)};
}

/// None: no kind has such a function.
std::optional<json> explain_ledger(const ledger::Person& person, const std::string& function) {
  json rows = json::array();
  bool allowed = false;
  for (const auto& kind : ledger::all_kinds()) {
    for (const auto& one : functions_of(kind)) {
      if (one.function != function) continue;
      const bool here = is_named(person, one.who);
      allowed = allowed || here;
      rows.push_back({{"function", function},
                      {"job_types", ledger::parts(one.who)},
                      {"scope", "records that he may see"},
                      {"clause", one.source},
                      {"how_sure", "S"}});
    }
  }
  if (rows.empty()) return std::nullopt;
  std::string given;
  for (const auto& row : rows) {
    for (const auto& who : row["job_types"]) given += (given.empty() ? "" : ", ") + who.get<std::string>();
  }
  return json{{"allowed", allowed},
              {"why", function + " for " + person.id + ": " + (allowed ? "allowed" : "denied") +
                          ": the ledger gives it to " + (given.empty() ? "nobody" : given)},
              {"rows", rows}};
}

}  // namespace

/// `users`: those of his party, so that a page can offer them.
net::HttpResponse me(const Ask& ask, const Portal& portal) {
  auto body = json::parse(registry::to_json(ask.person));
  body["functions"] = all_of(ask.person);
  body["users"] = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto users, registry::users_of_party(view, ask.person.party));
    for (const auto eui : users) {
      METERWAY_TRY(const auto user, registry::find_user(view, eui));
      if (!user) continue;
      json roles = json::array();
      for (const auto role : user->roles) roles.push_back(to_string(role));
      body["users"].push_back({{"eui", eui.plain()}, {"name", user->name}, {"roles", roles}});
    }
    return {};
  });
  if (!read) return failed(read.error());
  return json_answer(200, dumped(body));
}

net::HttpResponse job_types(const Ask& ask, const Portal&) {
  const auto format = ask.parameter("format").value_or("json");
  if (format == "csv") return csv_of_table(ask, ask.parameter("of").value_or("permissions"));
  if (format != "json") return bad_query("format: expected json or csv");
  json types = json::array(), rows = json::array();
  for (const auto& one : permission::all_job_types())
    types.push_back({{"job_type", one.name},
                     {"given", one.given ? "person" : "node"},
                     {"verified", one.verified},
                     {"meaning", one.meaning},
                     {"source", one.source},
                     {"how_sure", one.how_sure}});
  for (const auto& row : rows_asked_for(ask)) rows.push_back(to_json(row));
  return json_answer(200, dumped({{"job_types", types}, {"permissions", rows}}));
}

net::HttpResponse explain_permission(const Ask& ask, const Portal& portal) {
  auto person = ask.person;
  if (const auto named = ask.parameter("person"); named && *named != person.id) {
    if (!permission::may_all(person, ask.route.function))
      return refused_inside(ask, portal,
                            problem(403, "not_permitted", "this is not for the caller",
                                    permission::decide(person, ask.route.function).why),
                            "what another person may do");
    std::optional<ledger::Person> found;
    const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(found, registry::find_person(view, *named));
      return found ? drop_unverified(view, portal.rules, portal.clock.now(), *found) : Status();
    });
    if (!read) return failed(read.error());
    if (*named == registry::public_reader().id) found = registry::public_reader();
    if (!found) return not_found("person " + *named);
    person = std::move(*found);
  }
  const auto& function = ask.part("function");
  json body{{"function", function}, {"person", person.id}, {"job_types", person.roles}};
  if (auto ledgers = explain_ledger(person, function)) {
    body.update(*ledgers);
    return json_answer(200, dumped(body));
  }
  const auto rows = permission::permissions_of(function);
  if (rows.empty()) return not_found("function " + function);
  const auto decision = permission::decide(person, function);
  body["allowed"] = decision.allowed;
  body["why"] = decision.why;
  body["decides"] = decision.row == nullptr ? json(nullptr) : to_json(*decision.row);
  for (const auto& row : rows) body["rows"].push_back(to_json(row));
  return json_answer(200, dumped(body));
}

}  // namespace meterway::portal
