#include <nlohmann/json.hpp>

#include "base/util/utf8.h"
#include "portal/server/door.h"
#include "records/registry/access_token.h"
#include "records/registry/octets.h"
#include "records/registry/person_certificate.h"

/// /api/v1/people: who has a part in the ledger.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPeople = 1000;

std::string in_lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

net::HttpResponse done_answer(const Status& done) {
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

json to_json(const registry::PersonCertificate& one) {
  return {{"fingerprint", one.fingerprint},
          {"subject", one.subject},
          {"not_before", to_iso8601(one.not_before, 0)},
          {"not_after", to_iso8601(one.not_after, 0)},
          {"bound_at", to_iso8601(one.bound_at)}};
}

}  // namespace

/// In the order of their ids; `q` is looked for in id and name, in either case.
net::HttpResponse people(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, kMostPeople, kMostPeople);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(kMostPeople));
  std::vector<ledger::Person> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registry::all_persons(view));
    return {};
  });
  if (!read) return failed(read.error());
  const auto words = in_lower_case(ask.parameter("q").value_or("")), after = ask.parameter("after").value_or("");
  const auto party = ask.parameter("party").value_or(""), role = ask.parameter("role").value_or("");
  std::erase_if(found, [&](const ledger::Person& one) {
    return one.id <= after || (!party.empty() && one.party != party) || (!role.empty() && !one.has_role(role)) ||
           in_lower_case(one.id + "\n" + one.name).find(words) == std::string::npos;
  });
  const bool more = found.size() > *limit;
  if (more) found.resize(*limit);
  json all = json::array();
  for (const auto& one : found) all.push_back(json::parse(registry::to_json(one)));
  json body{{"people", all}};
  if (more) body["next"] = found.back().id;
  return json_answer(200, dumped(body));
}

net::HttpResponse person(const Ask& ask, const Portal& portal) {
  std::optional<ledger::Person> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registry::find_person(view, ask.part("person")));
    return {};
  });
  if (!read) return failed(read.error());
  return found ? json_answer(200, registry::to_json(*found)) : not_found(ask.part("person"));
}

net::HttpResponse put_person(const Ask& ask, const Portal& portal) {
  const auto read = registry::read_person(ask.http.body, ask.part("person"));
  if (!read) return problem(400, "bad_member", "the body says something that cannot be", read.error());
  if (!is_one_line(read->name) || !is_one_line(read->party))
    return problem(400, "bad_member", "the body says something that cannot be",
                   "name, party: expected one line without control characters");
  for (const auto& role : read->roles) {
    const auto* job_type = permission::find_job_type(role);
    if (job_type == nullptr || !job_type->given)
      return problem(400, "bad_member", "the body says something that cannot be",
                     "roles: there is no job type " + role + " to give");
  }
  bool added = false;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto before, registry::find_person(view, read->id));
    added = !before;
    METERWAY_CHECK(registry::put_person(view, *read));
    return note_done(view, ask, portal, "person " + read->id, registry::to_json(*read));
  });
  return done ? json_answer(added ? 201 : 200, registry::to_json(*read)) : failed(done.error());
}

net::HttpResponse remove_person(const Ask& ask, const Portal& portal) {
  // His seats stay, and nobody who gets the name later has them.
  const auto done = portal.ledger.write(ask.person, [&](ledger::Change& change) -> Result<ledger::Record> {
    METERWAY_CHECK(registry::erase_person(change.registry(), ask.part("person")));
    METERWAY_CHECK(note_done(change.registry(), ask, portal, "person " + ask.part("person")));
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
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto list, registry::tokens_of_person(view, ask.part("person")));
    for (const auto& token : list) all.push_back({{"id", token.id}, {"made_at", to_iso8601(token.made_at)}});
    return {};
  });
  if (!read) return failed(read.error());
  return json_answer(200, dumped({{"tokens", all}}));
}

/// The only time that the token is told: afterwards its digest alone is known.
net::HttpResponse make_token(const Ask& ask, const Portal& portal) {
  const auto secret = registry::new_token(portal.random);
  std::string id;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto known, registry::find_person(view, ask.part("person")));
    if (!known) return fail(ErrorCode::NotFound, 0, "person");
    METERWAY_TRY(const auto token, registry::put_person_token(view, secret, known->id, portal.clock.now()));
    id = token.id;
    return note_done(view, ask, portal, "person " + known->id, "token " + id);
  });
  return done ? json_answer(201, dumped({{"id", id}, {"token", secret}})) : failed(done.error());
}

net::HttpResponse revoke_token(const Ask& ask, const Portal& portal) {
  return done_answer(portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::revoke_person_token(view, ask.part("person"), ask.part("token")));
    return note_done(view, ask, portal, "person " + ask.part("person"), "token " + ask.part("token"));
  }));
}

net::HttpResponse certificates(const Ask& ask, const Portal& portal) {
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto list, registry::certificates_of_person(view, ask.part("person")));
    for (const auto& one : list) all.push_back(to_json(one));
    return {};
  });
  if (!read) return failed(read.error());
  return json_answer(200, dumped({{"certificates", all}}));
}

net::HttpResponse bind_certificate(const Ask& ask, const Portal& portal) {
  const auto bytes = registry::bytes_of(ask.http.body);
  const auto certificate = bytes.size() > pki::kMaxCertificateBytes
                               ? Result<pki::Certificate>(fail(ErrorCode::TooLarge, 0, "certificate"))
                               : pki::parse_certificate(bytes);
  if (!certificate)
    return problem(400, "bad_certificate", "this certificate cannot be read", describe(certificate.error()));
  std::optional<registry::PersonCertificate> bound;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(bound, registry::bind_certificate(view, *certificate, ask.part("person"), portal.clock.now()));
    return note_done(view, ask, portal, "person " + bound->person, "certificate " + bound->fingerprint);
  });
  if (done) return json_answer(201, dumped(to_json(*bound)));
  const auto code = done.error().code;
  if (code == ErrorCode::BadCertificate || code == ErrorCode::Expired)
    return problem(400, "bad_certificate", "this certificate stands for no person", describe(done.error()));
  return failed(done.error());
}

net::HttpResponse unbind_certificate(const Ask& ask, const Portal& portal) {
  return done_answer(portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::unbind_certificate(view, ask.part("person"), ask.part("fingerprint")));
    return note_done(view, ask, portal, "person " + ask.part("person"), "certificate " + ask.part("fingerprint"));
  }));
}

}  // namespace meterway::portal
