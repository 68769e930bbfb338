#include "standard/duis/request.h"

#include "base/xml/document.h"

namespace meterway::duis {
namespace {

constexpr std::string_view kSrNamespace = "http://www.dccinterface.co.uk/ServiceUserGateway";

std::string collapse(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

Element to_element(xml::Node node) {
  Element out;
  out.name = node.name();
  for (auto& attribute : node.attributes()) out.attributes.emplace_back(attribute.name, std::move(attribute.value));
  for (auto child = node.first_element(); child; child = child.next_element())
    out.children.push_back(to_element(child));
  if (out.children.empty()) out.text = collapse(node.text());
  return out;
}

Unexpected<Problem> bad(std::string element, int line, std::string rule) {
  return {Problem{ErrorCode::BadRequest, std::move(element), line, std::move(rule)}};
}

Result<RequestId, Problem> read_id(const Element& header, std::string_view name, int line) {
  const auto id = RequestId::parse(header.text_at(name));
  if (!id) return bad("sr:Request/sr:Header/sr:" + std::string(name), line, "not ORIGINATOR:TARGET:COUNTER");
  return *id;
}

}  // namespace

Result<Request, Problem> read_request(std::string_view xml) {
  auto document = xml::Document::parse(xml);
  if (!document) return Unexpected{Problem{document.error().code, "", document.error().line, document.error().why}};
  const auto root = document->root();
  if (root.name() != "Request" || root.namespace_uri() != kSrNamespace)
    return bad(std::string(root.name()), root.line(), "expected sr:Request");
  Element tree = to_element(root);
  Request out;
  out.schema_version = tree.attribute("schemaVersion");
  const Element* header = tree.child("Header");
  if (header == nullptr) return bad("sr:Request", root.line(), "order: expected sr:Header");
  METERWAY_TRY(out.id, read_id(*header, "RequestID", root.line()));
  if (const auto* first = header->child("FirstInSequence"))
    out.first_in_sequence = first->text == "true" || first->text == "1";
  if (header->child("PrecedingServiceRequestID") != nullptr) {
    METERWAY_TRY(out.preceding, read_id(*header, "PrecedingServiceRequestID", root.line()));
  }
  const auto variant = header->text_at("CommandVariant");
  if (variant.size() != 1 || variant[0] < '1' || variant[0] > '8')
    return bad("sr:Request/sr:Header/sr:CommandVariant", root.line(), "1 to 8");
  out.command_variant = static_cast<CommandVariant>(variant[0] - '0');
  out.service_reference = header->text_at("ServiceReference");
  out.service_reference_variant = header->text_at("ServiceReferenceVariant");
  out.has_signature = tree.child("Signature") != nullptr;
  for (auto& child : tree.children) {
    if (child.name != "Body") continue;
    if (child.children.size() != 1) return bad("sr:Request/sr:Body", root.line(), "exactly one element");
    out.body = std::move(child.children.front());
    return out;
  }
  return bad("sr:Request", root.line(), "order: expected sr:Body");
}

}  // namespace meterway::duis
