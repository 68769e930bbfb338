#include "oversight/devices/eligibility.h"

#include <algorithm>

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
  if (!request) out.push_back("request: " + describe(request.error()));
  return out;
}

Status judge_certificate_request(ledger::Change& change, const Record&, Record& after) {
  after.set("asked", to_iso8601(change.now(), 0));
  METERWAY_TRY(const auto roles, roles_of(change, after.text("subscriber")));
  const auto& certificate = after.text("certificate");
  const EligibilityRow* against = find_eligibility("*", certificate, change.today());
  const EligibilityRow* decides = nullptr;
  for (const auto& role : roles) {
    const auto* row = find_eligibility(role, certificate, change.today());
    if (row == nullptr) continue;
    if (row->eligible) {
      decides = row;
      break;
    }
    against = row;
  }
  if (decides == nullptr) decides = against;
  if (decides == nullptr) return change.refuse(ErrorCode::OutOfRange, "no rule says who may subscribe on this day");
  after.set("decision", decides->eligible ? "eligible" : "refused");
  if (decides->role != "*") after.set("role", std::string(decides->role));
  after.set("rule", std::string(decides->clause) + ", " + std::string(decides->how_sure) + ", from " +
                        std::string(decides->from) + " (spec/certificate_eligibility.tsv)");
  if (!decides->reason.empty()) after.set("reason", std::string(decides->reason));
  if (!decides->route.empty()) after.set("route", std::string(decides->route));
  return {};
}

}  // namespace meterway::devices
