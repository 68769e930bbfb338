#include "standard/duis/signature.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/xml/canonical.h"
#include "base/xml/lexical.h"
#include "base/xml/text.h"
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

/// SignedInfo around its DigestValue, written so that it is its own exclusive canonical form once the namespace stands
/// on it.
constexpr std::string_view kInfoWithNamespace = "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
constexpr std::string_view kInfo = "<ds:SignedInfo>";
constexpr std::string_view kBeforeDigest =
    "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>"
    "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>"
    "<ds:Reference URI=\"\"><ds:Transforms>"
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform></ds:Transforms>"
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>";
constexpr std::string_view kAfterDigest = "</ds:DigestValue></ds:Reference></ds:SignedInfo>";

/// The Signature of a document whose canonical form has this digest.
Result<std::string> signature_over(const crypto::Sha256Digest& digest, const crypto::PrivateKey& key,
                                   const CertificateName& certificate) {
  const std::string encoded = to_base64(digest);
  METERWAY_TRY(const auto value, key.sign({bytes_of(kInfoWithNamespace), bytes_of(kBeforeDigest), bytes_of(encoded),
                                           bytes_of(kAfterDigest)}));
  std::string out;
  out.reserve(1280);
  out.append("<ds:Signature xmlns:ds=\"").append(kSignatureNamespace).append("\">");
  out.append(kInfo).append(kBeforeDigest).append(encoded).append(kAfterDigest);
  out.append("<ds:SignatureValue>").append(to_base64(value)).append("</ds:SignatureValue>");
  out += "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>";
  xml::append_text(out, certificate.issuer);
  out += "</ds:X509IssuerName><ds:X509SerialNumber>";
  xml::append_text(out, certificate.serial);
  out += "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo></ds:Signature>";
  return out;
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
  METERWAY_TRY(const auto digest, xml::digest_without(*document, {}));
  METERWAY_TRY(const auto signature, signature_over(digest, key, certificate));
  std::string out;
  out.reserve(xml.size() + signature.size());
  return out.append(xml.substr(0, end)).append(signature).append(xml.substr(end));
}

Result<std::string> sign_written(std::string document, const crypto::PrivateKey& key,
                                 const CertificateName& certificate) {
  const auto content = std::string_view(document).substr(std::min(kDeclaration.size(), document.size()));
  const auto end = document.rfind("</sr:");
  if (document.compare(0, kDeclaration.size(), kDeclaration) != 0 || end == std::string::npos)
    return fail(ErrorCode::BadXml, 0, "document");
  if (!xml::is_character_data(content)) return fail(ErrorCode::BadXml, 0, "character");
  static constexpr std::string_view kSigned = "</ds:Signature>";
  if (end >= kSigned.size() && document.compare(end - kSigned.size(), kSigned.size(), kSigned) == 0)
    return fail(ErrorCode::Conflict, 0, "signature");
  METERWAY_TRY(const auto signature, signature_over(crypto::sha256(bytes_of(content)), key, certificate));
  document.insert(end, signature);
  return document;
}

Result<CertificateName, Problem> check_signature(const xml::Document& document, const FindKey& find_key) {
  METERWAY_TRY(const auto signature, read_signature(document));
  const auto wrong = [](ErrorCode code, xml::Node node, std::string rule) {
    return Unexpected{Problem{code, path_of(node), node.line(), std::move(rule)}};
  };
  const auto* key = find_key(signature.certificate);
  if (key == nullptr)
    return wrong(ErrorCode::UnknownKey, signature.whole, "no certificate with serial " + signature.certificate.serial);
  const auto digest = xml::digest_without(document, signature.whole);
  if (!digest) return wrong(digest.error().code, document.root(), "the document has no canonical form");
  if (!crypto::equal_constant_time(*digest, signature.digest)) {
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
