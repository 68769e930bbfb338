#include "standard/duis/signature.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/xml/canonical.h"
#include "base/xml/lexical.h"
#include "standard/duis/schema.h"
#include "standard/duis/version.h"
#include "standard/duis/xml_text.h"

namespace meterway::duis {
namespace {

constexpr std::string_view kExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view kEcdsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
constexpr std::string_view kEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr std::string_view kSha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
constexpr std::string_view kSerialDigits = "0123456789";

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string open(std::string_view name, std::string_view attribute, std::string_view value) {
  return "<ds:" + std::string(name) + " " + std::string(attribute) + "=\"" + std::string(value) + "\">";
}
std::string close(std::string_view name) { return "</ds:" + std::string(name) + ">"; }
std::string method(std::string_view name, std::string_view algorithm) {
  return open(name, "Algorithm", algorithm) + close(name);
}

/// Written so that it is its own exclusive canonical form once the namespace stands on it.
std::string signed_info(std::string_view digest, bool with_namespace) {
  return (with_namespace ? open("SignedInfo", "xmlns:ds", kSignatureNamespace) : "<ds:SignedInfo>") +
         method("CanonicalizationMethod", kExclusive) + method("SignatureMethod", kEcdsaSha256) +
         open("Reference", "URI", "") + "<ds:Transforms>" + method("Transform", kEnveloped) + "</ds:Transforms>" +
         method("DigestMethod", kSha256) + "<ds:DigestValue>" + std::string(digest) +
         "</ds:DigestValue></ds:Reference></ds:SignedInfo>";
}

bool is_ds(xml::Node node, std::string_view name) {
  return node.name() == name && node.namespace_uri() == kSignatureNamespace;
}

/// Signatures below an element; those inside a SMETS1 provider's own signed response are its affair.
std::size_t count_signatures(xml::Node node) {
  std::size_t count = 0;
  for (auto at = node.first_element(); at; at = at.next_element()) {
    if (is_ds(at, "Signature")) ++count;
    if (!(at.name() == "SMETS1SignedResponse" && at.namespace_uri() == kGatewayNamespace))
      count += count_signatures(at);
  }
  return count;
}

/// Walks the one shape that we accept; the first difference is kept and all later steps do nothing.
class Shape {
 public:
  /// The children of `node` are exactly these; no attributes but the named one, with this value.
  std::vector<xml::Node> open(xml::Node node, std::initializer_list<std::string_view> children,
                              std::string_view attribute = {}, std::string_view value = {}) {
    std::vector<xml::Node> out(children.size());
    if (problem) return out;
    auto at = node.first_element();
    std::size_t count = 0;
    for (const auto name : children) {
      if (!at || !is_ds(at, name)) return refuse(node, "order: expected ds:" + std::string(name)), out;
      out[count++] = at;
      at = at.next_element();
    }
    if (at) return refuse(at, "order: one more than signatures of this form have"), out;
    if (children.size() > 0 && node.has_visible_text()) return refuse(node, "content: elements only"), out;
    const auto attributes = node.attributes();
    if (attributes.size() != (attribute.empty() ? 0u : 1u))
      return refuse(node, "attributes: not those of this form"), out;
    if (!attribute.empty() &&
        (!attributes[0].namespace_uri.empty() || attributes[0].name != attribute || attributes[0].value != value)) {
      return refuse(node, std::string(attribute) + ": only \"" + std::string(value) + "\" is accepted"), out;
    }
    return out;
  }

  void method(xml::Node node, std::string_view algorithm) {
    open(node, {}, "Algorithm", algorithm);
    if (!problem && node.has_visible_text()) refuse(node, "content: empty");
  }

  std::string text(xml::Node node) {
    open(node, {});
    return problem ? std::string() : xml::collapse(node.text());
  }

  Bytes base64(xml::Node node, std::size_t octets) {
    auto out = from_base64(text(node));
    if (!problem && (!out || out->size() != octets))
      refuse(node, "form: base64 of " + std::to_string(octets) + " octets");
    return problem ? Bytes() : *std::move(out);
  }

  void refuse(xml::Node node, std::string rule, ErrorCode code = ErrorCode::BadSignature) {
    if (!problem) problem = Problem{code, path_of(node), node.line(), std::move(rule)};
  }

  std::optional<Problem> problem;
};

struct ReadSignature {
  xml::Node whole;
  xml::Node signed_info;
  xml::Node digest_at;
  Bytes digest;
  Bytes value;
  CertificateName certificate;
};

Result<ReadSignature, Problem> read_signature(const xml::Document& document) {
  ReadSignature out;
  Shape shape;
  const auto root = document.root();
  for (auto at = root.first_element(); at; at = at.next_element()) out.whole = at;
  const std::size_t count = count_signatures(root);
  if (count == 0)
    return Unexpected{Problem{ErrorCode::NoSignature, path_of(root), root.line(),
                              "order: expected ds:Signature as the last element"}};
  if (count > 1 || !is_ds(out.whole, "Signature")) {
    return Unexpected{Problem{ErrorCode::BadSignature, path_of(root), root.line(),
                              "one ds:Signature, the last child of the root, is accepted"}};
  }
  const auto parts = shape.open(out.whole, {"SignedInfo", "SignatureValue", "KeyInfo"});
  out.signed_info = parts[0];
  const auto info = shape.open(parts[0], {"CanonicalizationMethod", "SignatureMethod", "Reference"});
  shape.method(info[0], kExclusive);
  shape.method(info[1], kEcdsaSha256);
  const auto reference = shape.open(info[2], {"Transforms", "DigestMethod", "DigestValue"}, "URI", "");
  const auto transforms = shape.open(reference[0], {"Transform"});
  shape.method(transforms[0], kEnveloped);
  shape.method(reference[1], kSha256);
  out.digest_at = reference[2];
  out.digest = shape.base64(reference[2], 32);
  out.value = shape.base64(parts[1], 64);
  const auto key_info = shape.open(parts[2], {"X509Data"});
  const auto data = shape.open(key_info[0], {"X509IssuerSerial"});
  const auto names = shape.open(data[0], {"X509IssuerName", "X509SerialNumber"});
  out.certificate.issuer = shape.text(names[0]);
  std::string serial = shape.text(names[1]);
  if (!shape.problem &&
      (serial.empty() || serial.size() > 49 || serial.find_first_not_of(kSerialDigits) != std::string::npos)) {
    shape.refuse(names[1], "form: a decimal serial number");
  }
  serial.erase(0, std::min(serial.find_first_not_of('0'), serial.empty() ? 0 : serial.size() - 1));
  out.certificate.serial = std::move(serial);
  if (shape.problem) return Unexpected{*std::move(shape.problem)};
  return out;
}

}  // namespace

Result<std::string> sign_document(std::string_view xml, const crypto::PrivateKey& key,
                                  const CertificateName& certificate) {
  const auto document = xml::Document::parse(xml);
  if (!document) return fail(document.error().code, 0, "document");
  if (count_signatures(document->root()) > 0) return fail(ErrorCode::Conflict, 0, "signature");
  const auto end = xml.rfind("</");
  if (end == std::string_view::npos) return fail(ErrorCode::BadXml, 0, "root");
  const auto tail = xml.find('>', end);
  if (tail == std::string_view::npos || xml.find_first_not_of(" \t\r\n", tail + 1) != std::string_view::npos) {
    return fail(ErrorCode::BadXml, end, "text after the root");
  }
  METERWAY_TRY(const std::string content, xml::canonical_without(*document, {}));
  const std::string digest = to_base64(crypto::sha256(bytes_of(content)));
  METERWAY_TRY(const auto value, key.sign(bytes_of(signed_info(digest, true))));
  std::string out(xml.substr(0, end));
  out += open("Signature", "xmlns:ds", kSignatureNamespace) + signed_info(digest, false) + "<ds:SignatureValue>" +
         to_base64(value) + "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>" +
         escaped(certificate.issuer) + "</ds:X509IssuerName><ds:X509SerialNumber>" + escaped(certificate.serial) +
         "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo></ds:Signature>";
  out += xml.substr(end);
  return out;
}

Result<CertificateName, Problem> check_signature(const xml::Document& document, const FindKey& find_key) {
  METERWAY_TRY(const auto signature, read_signature(document));
  const auto wrong = [](ErrorCode code, xml::Node node, std::string rule) {
    return Unexpected{Problem{code, path_of(node), node.line(), std::move(rule)}};
  };
  const auto* key = find_key(signature.certificate);
  if (key == nullptr)
    return wrong(ErrorCode::UnknownKey, signature.whole, "no certificate with serial " + signature.certificate.serial);
  const auto content = xml::canonical_without(document, signature.whole);
  if (!content) return wrong(content.error().code, document.root(), "the document has no canonical form");
  if (!crypto::equal_constant_time(crypto::sha256(bytes_of(*content)), signature.digest)) {
    return wrong(ErrorCode::BadDigest, signature.digest_at, "the document is not the one that was signed");
  }
  const auto info = xml::exclusive_canonical(signature.signed_info);
  if (!info) return wrong(info.error().code, signature.signed_info, "no canonical form");
  if (!key->verify(bytes_of(*info), signature.value)) {
    return wrong(ErrorCode::BadSignature, signature.whole,
                 "the value does not fit the key of serial " + signature.certificate.serial);
  }
  return signature.certificate;
}

Result<CertificateName, Problem> claimed_signer(const xml::Document& document) {
  METERWAY_TRY(auto signature, read_signature(document));
  return std::move(signature.certificate);
}

}  // namespace meterway::duis
