#include "flow/envelope/response.h"

#include "base/util/base64.h"
#include "standard/duis/signature.h"
#include "standard/duis/version.h"
#include "standard/duis/xml_text.h"

namespace meterway::flow {
namespace {

// Compact, without any white space between elements: the clients drop it before they digest, so an indented document
// would not verify.
std::string write_answer(const Answer& answer, const Context& context) {
  std::string out = "<sr:Response xmlns:sr=\"";
  out += duis::kGatewayNamespace;
  out += "\" schemaVersion=\"" + context.settings.schema_version + "\"><sr:Header>";
  if (!answer.request_id.empty()) out += text_element("RequestID", answer.request_id);
  if (!answer.response_id.empty()) out += text_element("ResponseID", answer.response_id);
  out += text_element("ResponseCode", answer.code);
  out += text_element("ResponseDateTime", to_iso8601(context.clock.now(), 3));
  return out + "</sr:Header><sr:Body>" + answer.content + "</sr:Body></sr:Response>";
}

}  // namespace

std::string text_element(std::string_view name, std::string_view value) {
  std::string out = "<sr:";
  out += name;
  out += '>';
  out += duis::escaped(value);
  out += "</sr:";
  out += name;
  return out += '>';
}

std::string payload_element(std::string_view name, ByteView bytes) { return text_element(name, to_base64(bytes)); }

std::string response_message(std::string_view reference, std::string_view variant, std::string_view content) {
  std::string out = "<sr:ResponseMessage>";
  out += text_element("ServiceReference", reference);
  out += text_element("ServiceReferenceVariant", variant);
  out += content;
  return out += "</sr:ResponseMessage>";
}

Result<std::string> sign_answer(const Answer& answer, const Context& context) {
  if (!context.signer.private_key) return fail(ErrorCode::UnknownKey, 0, "XML-signing key of the DCC");
  const auto& certificate = context.signer.certificate;
  return duis::sign_document(write_answer(answer, context), *context.signer.private_key,
                             {certificate.issuer, certificate.serial.decimal()});
}

}  // namespace meterway::flow
