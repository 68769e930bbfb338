#include "standard/duis/request.h"

#include "base/util/base64.h"
#include "base/xml/lexical.h"
#include "standard/duis/schema.h"
#include "standard/duis/version.h"
#include "standard/duis/xml_text.h"

namespace meterway::duis {
namespace {

Unexpected<Problem> bad(const xml::Document& document, std::string_view path, std::string rule) {
  std::string element = "sr:Request";
  if (!path.empty()) element += "/" + std::string(path);
  return {Problem{ErrorCode::BadValue, std::move(element), document.root().line(), std::move(rule)}};
}

}  // namespace

Result<Request, Problem> read_request(std::string_view xml) {
  auto document = xml::Document::parse(xml);
  if (!document) return Unexpected{to_problem(document.error())};
  return read_request(*document);
}

Result<Request, Problem> read_request(const xml::Document& document) {
  METERWAY_TRY(Element tree, validate(document, "Request"));
  Request out;
  out.schema_version = tree.attribute("schemaVersion");
  if (!is_known_version(out.schema_version))
    return bad(document, "", std::string("attribute schemaVersion: ") + std::string(kKnownVersions));
  const Element& header = *tree.child("Header");
  const auto id = RequestId::parse(header.text_at("RequestID"));
  if (!id) return bad(document, "sr:Header/sr:RequestID", "form: originator:target:counter");
  out.id = *id;
  if (const auto* first = header.child("FirstInSequence"))
    out.first_in_sequence = first->text == "true" || first->text == "1";
  if (header.child("PrecedingServiceRequestID") != nullptr) {
    const auto preceding = RequestId::parse(header.text_at("PrecedingServiceRequestID"));
    if (!preceding) return bad(document, "sr:Header/sr:PrecedingServiceRequestID", "form: originator:target:counter");
    out.preceding = *preceding;
  }
  const auto variant = xml::read_integer(header.text_at("CommandVariant"));  // 1 to 9 by the schema, "+04" included
  if (variant->whole == "9") return bad(document, "sr:Header/sr:CommandVariant", "9 is internal to the DCC");
  out.command_variant = static_cast<CommandVariant>(variant->whole.front() - '0');
  out.service_reference = header.text_at("ServiceReference");
  out.service_reference_variant = header.text_at("ServiceReferenceVariant");
  out.has_signature = has_signature(document);
  for (auto& child : tree.children) {
    if (child.name == "Body") out.body = std::move(child.children.front());
  }
  return out;
}

std::string write_request(const Request& request) {
  std::string out(kDeclaration);
  append_root(out, "Request", request.schema_version.empty() ? kWrittenVersion : request.schema_version);
  out += "<sr:Header>";
  const auto add = [&out](std::string_view name, std::string_view text) { append_element(out, name, text); };
  add("RequestID", request.id.text());
  if (request.first_in_sequence) add("FirstInSequence", *request.first_in_sequence ? "true" : "false");
  if (request.preceding) add("PrecedingServiceRequestID", request.preceding->text());
  add("CommandVariant", std::to_string(static_cast<int>(request.command_variant)));
  add("ServiceReference", request.service_reference);
  add("ServiceReferenceVariant", request.service_reference_variant);
  out += "</sr:Header><sr:Body>";
  append_element(out, request.body);
  return out + "</sr:Body></sr:Request>";
}

Element signed_pre_command(ByteView message) {
  Element payload;
  payload.name = "GBCSPayload";
  payload.text = to_base64(message);
  Element out;
  out.name = "SignedPreCommand";
  out.children.push_back(std::move(payload));
  return out;
}

}  // namespace meterway::duis
