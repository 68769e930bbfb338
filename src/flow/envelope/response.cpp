#include "flow/envelope/response.h"

#include "standard/duis/signature.h"

namespace meterway::flow {

Result<std::string> sign_response(duis::Response response, const Context& context) {
  if (!context.signer.private_key) return fail(ErrorCode::UnknownKey, 0, "XML-signing key of the DCC");
  response.schema_version = context.settings.schema_version;
  response.time = context.clock.now();
  const auto& certificate = context.signer.certificate;
  return duis::sign_written(duis::write_response(response), *context.signer.private_key,
                            {certificate.issuer, certificate.serial.decimal()});
}

}  // namespace meterway::flow
