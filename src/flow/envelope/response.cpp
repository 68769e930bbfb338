#include "flow/envelope/response.h"

#include "base/util/base64.h"

namespace meterway::flow {
namespace {

constexpr std::string_view kNamespace = "http://www.dccinterface.co.uk/ServiceUserGateway";

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\r': out += "&#xD;"; break;
      default: out += c;
    }
  }
}

}  // namespace

std::string text_element(std::string_view name, std::string_view value) {
  std::string out = "<sr:";
  out += name;
  out += '>';
  escape(out, value);
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

// Compact, without any white space between elements: the clients drop it before they digest, so an indented document
// would not verify.
std::string write_answer(const Answer& answer, const Context& context) {
  std::string out = "<sr:Response xmlns:sr=\"";
  out += kNamespace;
  out += "\" schemaVersion=\"" + context.settings.schema_version + "\"><sr:Header>";
  if (!answer.request_id.empty()) out += text_element("RequestID", answer.request_id);
  if (!answer.response_id.empty()) out += text_element("ResponseID", answer.response_id);
  out += text_element("ResponseCode", answer.code);
  out += text_element("ResponseDateTime", to_iso8601(context.clock.now(), 3));
  return out + "</sr:Header><sr:Body>" + answer.content + "</sr:Body></sr:Response>";
}

}  // namespace meterway::flow
