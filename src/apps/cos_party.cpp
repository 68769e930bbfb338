#include "apps/cos_party.h"

#include "apps/certificate_search.h"
#include "apps/user_precommand.h"
#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "base/wire/reader.h"
#include "flow/transform/transform.h"
#include "records/registry/octets.h"
#include "standard/pki/path.h"

namespace meterway::apps {
namespace {

constexpr std::string_view kSigned = "cos-signed";

Unexpected<NotSigned> no(std::string why) { return Unexpected<NotSigned>{{std::move(why), true}}; }
Unexpected<NotSigned> not_now(const Error& error) { return Unexpected<NotSigned>{{describe(error), false}}; }

Result<pki::Certificate> read_pem(const std::filesystem::path& file) {
  METERWAY_TRY(const auto bytes, read_file(file, pki::kMaxCertificateBytes));
  return pki::parse_certificate(bytes);
}

/// A supplier puts its own certificates into a meter, nobody else's.
bool has_own_certificates(const duis::Request& request) {
  const auto* certificates = request.body.child("SupplierReplacementCertificates");
  if (certificates == nullptr || certificates->children.empty()) return false;
  for (const auto& one : certificates->children) {
    const auto der = from_base64(one.text);
    const auto certificate = der ? pki::parse_certificate(*der) : fail(ErrorCode::BadCertificate);
    if (!certificate || certificate->owner() != request.id.originator) return false;
  }
  return true;
}

}  // namespace

Result<CosParty> CosParty::open(const DataFolder& data, bool any_date) {
  METERWAY_TRY(auto world, load_world(data.world()));
  METERWAY_TRY(auto root, read_pem(data.authority() / "root.pem"));
  METERWAY_TRY(auto issuing, read_pem(data.authority() / "issuing.pem"));
  CosParty out(std::move(world), std::move(root), std::move(issuing));
  METERWAY_TRY(out.keys_, pki::open_key_folder(data.cos()));
  METERWAY_TRY(out.signed_, store::open_sqlite((data.cos() / "signed.db").string()));
  out.any_date_ = any_date;
  return out;
}

/// The search is the platform's, so what it gives is believed only as far as the authority has signed it.
Result<pki::Certificate, NotSigned> CosParty::signer(const duis::CertificateName& name, Eui64 originator) const {
  const auto serial = pki::SmkiSerial::from_decimal(name.serial);
  if (!serial) return no("its signature names no certificate");
  auto found = retrieve_listed(world_.smki_url(), *serial);
  if (!found && found.error().code != ErrorCode::NotFound) return not_now(found.error());
  if (!found) return no("no certificate is known with serial " + name.serial);
  auto& certificate = found->certificate;
  if (found->status == "R") return no("the certificate is revoked");
  if (certificate.owner() != originator || certificate.is_device())
    return no("the certificate is not of " + originator.dashed_upper());
  if (certificate.authority.value_or(false) || (certificate.key_usage & pki::kUsageDigitalSignature) == 0)
    return no("the certificate is not for signing");
  const auto now = any_date_ ? std::nullopt : std::optional(SystemClock().now());
  if (now && !certificate.covers(*now)) return no("the certificate is not valid today");
  if (!pki::verify_path(certificate, {&issuing_, 1}, root_, now)) return no("the certificate leads to no authority");
  return std::move(certificate);
}

Result<duis::Request, NotSigned> CosParty::read_document(const std::string& text) const {
  const auto document = xml::Document::parse(text);
  if (!document) return no("the document cannot be read");
  auto request = duis::read_request(*document);
  if (!request) return no("the document does not fit the schema");
  if (request->service_reference_variant != "6.23") return no("service " + request->service_reference_variant);
  const auto name = duis::claimed_signer(*document);
  if (!name) return no("the document is not signed");
  METERWAY_TRY(const auto certificate, signer(*name, request->id.originator));
  const auto checked = duis::check_signature(*document, [&](const auto&) { return &certificate.public_key; });
  if (!checked) return no("the document is not signed by " + request->id.originator.dashed_upper());
  return std::move(*request);
}

Result<void, NotSigned> CosParty::remember(const RequestId& id, ByteView command) {
  const auto key = registry::string_of(wire::Writer().u64(id.originator.value()).u64(id.target.value()));
  const auto row = registry::string_of(wire::Writer().u64(id.counter.value).bytes(crypto::sha256(command)));
  std::string refused;
  const auto done = signed_->write([&](store::WriteView& view) -> Status {
    refused.clear();
    METERWAY_TRY(const auto before, view.get(kSigned, key));
    if (before == row) return {};  // the very same: its signature was lost on the way
    const auto known = before.value_or(std::string(8, '\0'));
    const auto last = wire::Reader(registry::bytes_of(known)).u64("counter");
    if (before && last >= id.counter.value) {
      refused = last == id.counter.value ? "another command was signed for this request"
                                         : "a later request of this supplier was signed, " + std::to_string(last);
      return {};
    }
    return view.put(kSigned, key, row);
  });
  if (!done) return not_now(done.error());
  if (!refused.empty()) return no(refused);
  return {};
}

Result<gbcs::Message, NotSigned> CosParty::judge(const Waiting& waits) {
  METERWAY_TRY(const auto request, read_document(waits.document));
  if (request.id.text() != waits.request) return no("the document is another's");
  if (!has_own_certificates(request)) return no("the certificates are not those of the supplier");
  const auto bytes = from_base64(waits.command);
  auto message = bytes ? gbcs::read_message(*bytes) : fail(ErrorCode::BadBase64);
  if (!message) return no("the command cannot be read");
  flow::transform::Context with;
  with.now = SystemClock().now();
  with.access_control_broker = world_.access_control_broker;
  with.transitional_cos = world_.transitional_cos;
  const auto* device = world_.device(request.id.target);
  with.target_type = device != nullptr ? device->type : DeviceType::ESME;
  with.dcc_counter = message->header.counter;
  const auto made = flow::transform::transform(request, with);
  if (!made || gbcs::write_message(made->message) != *bytes) return no("the command is not what was asked for");
  METERWAY_CHECK(remember(request.id, *bytes));
  if (const auto done = sign_precommand(*message, *keys_); !done) return not_now(done.error());
  return std::move(*message);
}

}  // namespace meterway::apps
