#include "standard/duis/response.h"

#include "base/util/base64.h"
#include "standard/duis/schema.h"
#include "standard/duis/version.h"
#include "standard/duis/xml_text.h"

namespace meterway::duis {
namespace {

constexpr std::size_t kReferences =
    2;  ///< ServiceReference and ServiceReferenceVariant come first in a ResponseMessage

Unexpected<Problem> bad(const xml::Document& document, std::string_view path, std::string rule) {
  return {Problem{ErrorCode::BadValue, "sr:Response" + std::string(path), document.root().line(), std::move(rule)}};
}

Result<std::optional<RequestId>, Problem> read_id(const xml::Document& document, const Element& header,
                                                  std::string_view name) {
  const auto* at = header.child(name);
  if (at == nullptr) return std::optional<RequestId>();
  const auto id = RequestId::parse(at->text);
  if (!id) return bad(document, "/sr:Header/sr:" + std::string(name), "form: EUI:EUI:counter");
  return std::optional<RequestId>(*id);
}

}  // namespace

const Element* Response::content() const {
  return body.name == "ResponseMessage" && body.children.size() > kReferences ? &body.children[kReferences] : nullptr;
}

std::optional<Bytes> Response::gbcs_payload() const {
  const auto* holder = is_alert() ? &body : content();
  if (holder == nullptr) return std::nullopt;
  const auto* payload = holder->name == "GBCSPayload" ? holder : holder->child("GBCSPayload");
  if (payload == nullptr) return std::nullopt;
  auto bytes = from_base64(payload->text);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

Result<Response, Problem> read_response(std::string_view xml) {
  const auto document = xml::Document::parse(xml);
  if (!document) return Unexpected{to_problem(document.error())};
  return read_response(*document);
}

Result<Response, Problem> read_response(const xml::Document& document) {
  METERWAY_TRY(Element tree, validate(document, "Response"));
  Response out;
  out.schema_version = tree.attribute("schemaVersion");
  if (!is_known_version(out.schema_version))
    return bad(document, "", std::string("attribute schemaVersion: ") + std::string(kKnownVersions));
  const Element& header = *tree.child("Header");
  METERWAY_TRY(out.request_id, read_id(document, header, "RequestID"));
  METERWAY_TRY(out.response_id, read_id(document, header, "ResponseID"));
  out.code = header.text_at("ResponseCode");
  const auto time = from_iso8601(header.text_at("ResponseDateTime"));
  if (!time) return bad(document, "/sr:Header/sr:ResponseDateTime", "form: a date and time within reach of a clock");
  out.time = *time;
  out.has_signature = has_signature(document);
  for (auto& child : tree.children) {
    if (child.name == "Body") out.body = std::move(child.children.front());
  }
  return out;
}

std::string write_response(const Response& response) {
  std::string out(kDeclaration);
  out.reserve(1024);
  append_root(out, "Response", response.schema_version);
  out += "<sr:Header>";
  if (response.request_id) append_element(out, "RequestID", response.request_id->text());
  if (response.response_id) append_element(out, "ResponseID", response.response_id->text());
  append_element(out, "ResponseCode", response.code);
  append_element(out, "ResponseDateTime", to_iso8601(response.time, 3));
  out += "</sr:Header><sr:Body>";
  append_element(out, response.body);
  out += "</sr:Body></sr:Response>";
  return out;
}

}  // namespace meterway::duis
