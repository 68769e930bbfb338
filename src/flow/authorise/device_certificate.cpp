#include "flow/authorise/device_certificate.h"

#include "base/util/base64.h"
#include "records/registry/slots.h"
#include "standard/pki/certificate.h"

namespace meterway::flow::authorise {

Step<void> check_device_certificate(const duis::Element& body, const Context& context) {
  const auto der = from_base64(body.text_at("DeviceCertificate"));
  const auto certificate = der ? pki::parse_certificate(*der) : fail(ErrorCode::BadCertificate);
  if (!certificate) return {};
  std::optional<Bytes> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registry::find_issuer(view, certificate->authority_key_identifier));
    return {};
  });
  if (!read) return refuse(read.error());
  const auto issuer = found ? pki::parse_certificate(*found) : fail(ErrorCode::NotFound);
  if (!issuer || !certificate->is_signed_by(*issuer))
    return refuse(Refusal::UnknownAuthority, "DeviceCertificate " + certificate->serial.hex() + " of issuer " +
                                                 certificate->issuer + " is not signed by an authority known here");
  return {};
}

}  // namespace meterway::flow::authorise
