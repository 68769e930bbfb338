#include <nlohmann/json.hpp>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "portal/server/door.h"
#include "records/registry/access_token.h"
#include "records/registry/octets.h"

/// /api/v1/invitations: how a member gets access. What is mailed holds no secret: the acceptance code is read out, at
/// the meeting or by telephone, and opens one invitation once. The token goes to whoever accepts and to nobody else.
namespace meterway::portal {
namespace {

using nlohmann::json;

/// 80 bits, in four groups of four that can be read out.
constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t kCodeLetters = 16;

std::string new_code(Random& random) {
  std::uint8_t bytes[kCodeLetters];
  random.fill(bytes);
  std::string out;
  for (std::size_t i = 0; i < kCodeLetters; ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += kLetters[bytes[i] % kLetters.size()];
  }
  return out;
}

std::string digest_of(std::string_view code) { return to_hex(crypto::sha256(registry::bytes_of(code))); }

/// As anybody may see it who has the code: the digest is Red.
const ledger::Person& the_platform() { return registry::platform_person(); }

}  // namespace

net::HttpResponse invitation_code(const Ask& ask, const Portal& portal) {
  const auto code = new_code(portal.random);
  const auto done = portal.ledger.write(ask.person, [&](ledger::Change& change) -> Result<ledger::Record> {
    return change.act_with("invitation", ask.part("invitation"), "code", {{"code_digest", {digest_of(code)}}});
  });
  if (!done) return failed(done.error());
  return json_answer(201, json{{"invitation", done->reference}, {"code", code}}.dump());
}

net::HttpResponse invitation_mail(const Ask& ask, const Portal& portal) {
  const auto record = portal.ledger.reader(ask.person).find("invitation", ask.part("invitation"));
  if (!record) return not_found(ask.part("invitation"));
  const auto until = record->date("expires");
  const std::string text =
      "You are invited to take part in " + record->text("committee") + ".\n\nOpen your portal, choose \"Accept an " +
      "invitation\" and enter " + record->reference + " with the code that the secretariat reads out to you. " +
      "It can be accepted until " + (until ? calendar::in_words(*until) : "it is taken back") +
      ".\nNothing in this message is secret, and we never send passwords, codes or tokens by mail.\n";
  return {200, {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}}, text};
}

net::HttpResponse accept_invitation(const Ask& ask, const Portal& portal) {
  const auto body = json::parse(ask.http.body, nullptr, false);
  if (!body.is_object() || !body.contains("code") || !body["code"].is_string())
    return problem(400, "bad_member", "the body says something that cannot be", "code: expected a text");
  const auto digest = digest_of(body["code"].get<std::string>());
  const auto secret = registry::new_token(portal.random);
  std::string person;
  const auto done = portal.ledger.write(the_platform(), [&](ledger::Change& change) -> Result<ledger::Record> {
    METERWAY_TRY(const auto invitation, change.find("invitation", ask.part("invitation")));
    // The same words whether there is none, it has no code, or this is not it. The digests of what is guessed tell
    // nothing of the code, so that comparing them may take what time it takes.
    if (!invitation || invitation->text("code_digest") != digest)
      return change.refuse(ErrorCode::Refused, "this code does not open this invitation");
    METERWAY_TRY(auto accepted, change.act("invitation", invitation->reference, invitation->revision, "accept", {}));
    person = accepted.text("person");
    METERWAY_TRY(const auto token, registry::put_person_token(change.registry(), secret, person, portal.clock.now()));
    METERWAY_CHECK(note_done(change.registry(), ask, portal, "person " + person, "token " + token.id));
    return accepted;
  });
  if (!done) return failed(done.error());
  return json_answer(201, json{{"person", person}, {"token", secret}}.dump());
}

}  // namespace meterway::portal
