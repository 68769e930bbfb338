#include "flow/verify/verify.h"

#include "standard/duis/serial.h"
#include "standard/duis/signature.h"
#include "standard/duis/version.h"

namespace meterway::flow::verify {
namespace {

using registry::Leg;

Refused from_problem(const duis::Problem& problem) {
  const bool schema = problem.code == ErrorCode::BadRequest || problem.code == ErrorCode::BadValue;
  std::string detail;
  if (!problem.element.empty()) detail += problem.element + ": ";
  if (problem.line > 0) detail += "line " + std::to_string(problem.line) + ": ";
  return {schema ? Refusal::NotSchema : Refusal::NotXml, detail + problem.rule};
}

/// "sr:Request/ds:Signature/ds:SignedInfo" lies in a Signature.
bool in_signature(std::string_view path) {
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    auto step = path.substr(0, slash);
    step.remove_prefix(std::min(step.find(':') + 1, step.size()));
    if (step == "Signature") return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

/// A Signature anywhere but in its place at the root, or more than one: the forms of signature wrapping. The schema
/// finds them first, but what is wrong is the signature.
bool is_wrapped(const xml::Document& document) {
  const auto root = document.root();
  std::size_t found = 0;
  for (auto at = root; at;) {
    if (at.name() == "Signature" && at.namespace_uri() == duis::kSignatureNamespace &&
        (++found > 1 || at == root || at.parent() != root || at.next_element()))
      return true;
    auto next = at.first_element();
    while (!next && at && at != root) {
      next = at.next_element();
      if (!next) at = at.parent();
    }
    at = next;
  }
  return false;
}

/// The key that may have signed for `owner`, by the certificate's serial. `why` says why there is none.
const crypto::PublicKey* find_key(const duis::CertificateName& name, Eui64 owner, const Context& context,
                                  pki::FoundCertificate& found, std::string& why) {
  const auto serial = pki::SmkiSerial::from_decimal(name.serial);
  if (serial) found = context.certificates.find(*serial);
  if (!found.record) {
    why = "no certificate is known with serial " + name.serial;
    return nullptr;
  }
  const auto& certificate = found.record->certificate;
  if (found.status == pki::CertificateStatus::Revoked) {
    why = "the certificate is revoked";
  } else if (certificate.owner() != owner) {
    why = "the certificate is not of " + owner.dashed_upper();
  } else if (!duis::same_issuer(name.issuer, certificate.issuer)) {
    why = "the certificate has another issuer";
  } else if ((certificate.key_usage & pki::kUsageDigitalSignature) == 0) {
    why = "the certificate is not for signing";
  } else if (context.settings.check_dates && !certificate.covers(context.clock.now())) {
    why = "the certificate is not valid today";
  } else {
    return &certificate.public_key;
  }
  return nullptr;
}

/// DigestValue of the one Signature: the digest of everything else, once the signature is known to be right.
std::string digest_of(const xml::Document& document) {
  for (auto at = document.root().first_element(); at; at = at.next_element()) {
    if (at.name() != "Signature" || at.namespace_uri() != duis::kSignatureNamespace) continue;
    for (const auto* step : {"SignedInfo", "Reference", "DigestValue"}) {
      auto child = at.first_element();
      while (child && child.name() != step) child = child.next_element();
      if (!child) return {};
      at = child;
    }
    std::string out;
    for (const char c : at.text()) {
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') out += c;
    }
    return out;
  }
  return {};
}

Leg leg_of(CommandVariant cv) { return is_signed(cv) ? Leg::SignedPreCommand : Leg::Request; }

}  // namespace

Step<VerifiedRequest> verify(ReceivedRequest&& received, const Context& context) {
  const auto began = context.clock.now();
  auto document = xml::Document::parse(received.document);
  if (!document)
    return refuse(Refusal::NotXml, "line " + std::to_string(document.error().line) + ": " + document.error().why);
  auto request = duis::read_request(*document);
  if (!request) {
    auto refused = from_problem(request.error());
    if (in_signature(request.error().element) || is_wrapped(*document)) refused.why = Refusal::BadSignature;
    return Unexpected<Refused>{std::move(refused)};
  }
  const auto schema_took = std::chrono::duration_cast<std::chrono::microseconds>(context.clock.now() - began);

  pki::FoundCertificate signer;
  std::string why;
  const auto owner = request->id.originator;
  const auto checked = duis::check_signature(
      *document, [&](const duis::CertificateName& name) { return find_key(name, owner, context, signer, why); });
  if (!checked) {
    const auto& problem = checked.error();
    return refuse(
        Refusal::BadSignature,
        why.empty() ? std::string(sentence(problem.code)) + (problem.rule.empty() ? "" : ": " + problem.rule) : why);
  }

  VerifiedRequest out;
  out.digest = digest_of(*document);
  out.leg = leg_of(request->command_variant);
  std::optional<registry::RequestRecord> earlier;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(earlier, registry::find_earlier(view, request->id, out.leg));
    return {};
  });
  if (!read) return refuse(read.error());
  if (earlier && earlier->digest == out.digest) out.answered = earlier->answer;
  out.received = std::move(received);
  out.received.hops.push_back({"verify",
                               "passed",
                               "schema " + request->schema_version + " in " + std::to_string(schema_took.count()) +
                                   " us, signed with certificate " + checked->serial,
                               {},
                               context.clock.now()});
  out.request = std::move(*request);
  out.reused = earlier && !out.answered;
  return out;
}

}  // namespace meterway::flow::verify
