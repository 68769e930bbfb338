#include "oversight/devices/eligibility.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "base/util/party_name.h"
#include "standard/pki/signing_request.h"

namespace meterway::devices {
namespace {

#include "oversight/devices/eligibility.inc"

/// In which roles the Party subscribes at that moment.
Result<std::vector<std::string>> roles_of(ledger::Change& change, const std::string& party) {
  std::vector<std::string> out;
  METERWAY_TRY(const auto all, change.select({"subscriber", {{"party", party}}}));
  for (const auto& one : all) {
    const auto until = one.instant("until");
    if (change.now() < *one.instant("from") || (until && change.now() >= *until)) continue;
    const auto& roles = one.list("roles");
    out.insert(out.end(), roles.begin(), roles.end());
  }
  return out;
}

/// What decides on this Party and kind of certificate today; null: no row does.
Result<const EligibilityRow*> deciding_row(ledger::Change& change, const Record& request) {
  METERWAY_TRY(const auto roles, roles_of(change, request.text("subscriber")));
  const auto& certificate = request.text("certificate");
  const EligibilityRow* against = find_eligibility("*", certificate, change.today());
  for (const auto& role : roles) {
    const auto* row = find_eligibility(role, certificate, change.today());
    if (row == nullptr) continue;
    if (row->eligible) return row;
    against = row;
  }
  return against;
}

const char* decision_of(const EligibilityRow& row) { return row.eligible ? "eligible" : "refused"; }
std::string digest_of(const pki::SigningRequest& request) { return to_hex(crypto::sha256(request.der)); }

/// The same PKCS#10 of the same applicant, for the same certificate, which was decided alike: one request, not two.
/// When the applicant has become eligible since it is judged again.
Result<std::optional<Record>> same_request(ledger::Change& change, const pki::SigningRequest& request,
                                           const Record& after) {
  std::optional<Record> none;
  METERWAY_TRY(const auto* row, deciding_row(change, after));
  METERWAY_TRY(auto earlier, change.select({"certificate_request", {{"digest", digest_of(request)}}}));
  const auto subject = Eui64::parse(after.text("subject"));
  for (auto& one : earlier) {
    const bool same = folded(one.text("subscriber")) == folded(after.text("subscriber")) &&
                      one.text("certificate") == after.text("certificate") &&
                      Eui64::parse(one.text("subject")).value_or(Eui64()) == subject.value_or(Eui64()) &&
                      row != nullptr && one.text("decision") == decision_of(*row);
    if (same) return std::optional(std::move(one));
  }
  return none;
}

}  // namespace

const EligibilityRow* find_eligibility(std::string_view role, std::string_view certificate, calendar::Date day) {
  const auto text = calendar::to_text(day);  // days as text are ordered as days
  for (const auto& row : kEligibility) {
    if (row.role == role && row.certificate == certificate && row.from <= text && (row.to.empty() || text < row.to))
      return &row;
  }
  return nullptr;
}

Result<Reasons> certificate_request_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto& actor = change.actor();
  const bool for_all = actor.has_role("operator") || actor.has_role("reporter");
  if (!for_all && actor.party != after.text("subscriber")) out.push_back("subscriber: a Party asks for itself");
  if (!Eui64::parse(after.text("subject"))) out.push_back("subject: expected an EUI-64");
  const auto request = pki::parse_signing_request(after.text("request"));
  if (!request) {
    out.push_back("request: " + describe(request.error()));
    return out;
  }
  METERWAY_TRY(const auto same, same_request(change, *request, after));
  if (same) {
    const auto& route = same->text("route");
    out.push_back("request: handed in before, as " + same->reference + ", and " + same->text("decision") + " by " +
                  same->text("rule") + (route.empty() ? "" : "; " + route));
  }
  return out;
}

Status judge_certificate_request(ledger::Change& change, const Record&, Record& after) {
  after.set("asked", to_iso8601(change.now(), 0));
  const auto request = pki::parse_signing_request(after.text("request"));
  if (request) after.set("digest", digest_of(*request));
  METERWAY_TRY(const auto* decides, deciding_row(change, after));
  if (decides == nullptr) return change.refuse(ErrorCode::OutOfRange, "no rule says who may subscribe on this day");
  after.set("decision", decision_of(*decides));
  if (decides->role != "*") after.set("role", std::string(decides->role));
  after.set("rule", std::string(decides->clause) + ", " + std::string(decides->how_sure) + ", from " +
                        std::string(decides->from) + " (spec/certificate_eligibility.tsv)");
  if (!decides->reason.empty()) after.set("reason", std::string(decides->reason));
  if (!decides->route.empty()) after.set("route", std::string(decides->route));
  return {};
}

}  // namespace meterway::devices
