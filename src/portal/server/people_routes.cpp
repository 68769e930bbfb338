#include <algorithm>
#include <nlohmann/json.hpp>

#include "portal/server/ask.h"
#include "records/registry/access_token.h"

/// /api/v1/people: who has a part in the ledger. The operator's alone.
namespace meterway::portal {
namespace {

using nlohmann::json;

std::optional<net::HttpResponse> not_the_operator(const Ask& ask) {
  if (ask.person.has_role("operator")) return std::nullopt;
  if (ask.person.has_role("public")) return problem(401, "who_calls", "a token is needed", "the operator's");
  return problem(403, "not_operator", "this is the operator's", ask.person.id);
}

net::HttpResponse done_answer(const Status& done) {
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

}  // namespace

net::HttpResponse me(const Ask& ask, const Portal&) { return json_answer(200, registry::to_json(ask.person)); }

net::HttpResponse people(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto persons, registry::all_persons(view));
    for (const auto& one : persons) all.push_back(json::parse(registry::to_json(one)));
    return {};
  });
  return read ? json_answer(200, json{{"people", all}}.dump()) : failed(read.error());
}

net::HttpResponse person(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  std::optional<ledger::Person> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registry::find_person(view, ask.part("person")));
    return {};
  });
  if (!read) return failed(read.error());
  return found ? json_answer(200, registry::to_json(*found)) : not_found(ask.part("person"));
}

net::HttpResponse put_person(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  const auto read = registry::read_person(ask.http.body, ask.part("person"));
  if (!read) return problem(400, "bad_member", "the body says something that cannot be", read.error());
  const auto roles = ledger::all_roles();
  for (const auto& role : read->roles) {
    if (std::find(roles.begin(), roles.end(), role) == roles.end() || role == "public" || role == "operator")
      return problem(400, "bad_member", "the body says something that cannot be",
                     "roles: there is no role " + role + " to give");
  }
  bool added = false;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto before, registry::find_person(view, read->id));
    added = !before;
    return registry::put_person(view, *read);
  });
  return done ? json_answer(added ? 201 : 200, registry::to_json(*read)) : failed(done.error());
}

net::HttpResponse remove_person(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  // His seats stay, and nobody who gets the name later has them.
  const auto done = portal.ledger.write(ask.person, [&](ledger::Change& change) -> Result<ledger::Record> {
    METERWAY_CHECK(registry::erase_person(change.registry(), ask.part("person")));
    METERWAY_TRY(const auto seats, change.select({"seat", {{"person", ask.part("person")}}}));
    for (const auto& seat : seats) {
      ledger::Draft draft;
      draft.fields["person"] = {};
      draft.why = ask.part("person") + " has no access any more";
      const auto changed = change.change("seat", seat.reference, std::nullopt, draft);
      if (!changed) return Unexpected{changed.error()};
    }
    return ledger::Record();
  });
  return done ? done_answer({}) : failed(done.error());
}

net::HttpResponse tokens(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto list, registry::tokens_of_person(view, ask.part("person")));
    for (const auto& token : list) all.push_back({{"id", token.id}, {"made_at", to_iso8601(token.made_at)}});
    return {};
  });
  return read ? json_answer(200, json{{"tokens", all}}.dump()) : failed(read.error());
}

/// The only time that the token is told: afterwards its digest alone is known.
net::HttpResponse make_token(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  const auto secret = registry::new_token(portal.random);
  std::string id;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto known, registry::find_person(view, ask.part("person")));
    if (!known) return fail(ErrorCode::NotFound, 0, "person");
    METERWAY_TRY(const auto token, registry::put_person_token(view, secret, known->id, portal.clock.now()));
    id = token.id;
    return {};
  });
  return done ? json_answer(201, json{{"id", id}, {"token", secret}}.dump()) : failed(done.error());
}

net::HttpResponse revoke_token(const Ask& ask, const Portal& portal) {
  if (auto refused = not_the_operator(ask)) return std::move(*refused);
  return done_answer(portal.store.write([&](store::WriteView& view) {
    return registry::revoke_person_token(view, ask.part("person"), ask.part("token"));
  }));
}

}  // namespace meterway::portal
