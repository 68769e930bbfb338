#include "flow/transform/asn1_values.h"

#include <array>

#include "base/util/base64.h"
#include "standard/pki/certificate.h"

namespace meterway::flow::transform {
namespace {

using gbcs::asn1::Node;

constexpr std::uint8_t kBitString = 0x03;
constexpr std::uint8_t kGeneralizedTime = 0x18;

/// First byte of the BIT STRING: how many bits of the second are not used.
struct UsageBits {
  std::uint8_t unused;
  std::uint8_t bits;
};
constexpr UsageBits bits_of(CellUsage usage) {
  switch (usage) {
    case CellUsage::DigitalSigning:
      return {7, pki::kUsageDigitalSignature};
    case CellUsage::KeyAgreement:
      return {3, pki::kUsageKeyAgreement};
    case CellUsage::CertificateSigning:
      return {2, pki::kUsageKeyCertSign};
  }
  return {0, 0};
}

Node text_node(std::uint8_t tag, std::string_view text) {
  return Node::of(tag, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Result<pki::Certificate> read_certificate(const duis::Element& element, const char* field) {
  const auto der = from_base64(element.text);
  if (!der) return fail(ErrorCode::BadRequest, 0, field);
  auto certificate = pki::parse_certificate(*der);
  if (!certificate) return fail(ErrorCode::BadRequest, 0, field);
  return certificate;
}

Result<Node> as_node(ByteView der, const char* field) {
  auto node = gbcs::asn1::read(der, gbcs::asn1::Lengths::Shortest);
  if (!node) return fail(ErrorCode::BadRequest, 0, field);
  return node;
}

}  // namespace

Node key_usage_node(CellUsage usage) {
  const auto [unused, bits] = bits_of(usage);
  return Node::of(kBitString, std::array{unused, bits});
}

Result<Node> time_node(UtcTime time, const char* field) {
  const auto text = to_iso8601(std::chrono::floor<std::chrono::seconds>(time), 0);  // 2026-11-22T09:30:00Z
  std::string digits;
  for (const char c : text) {
    if (c != '-' && c != ':' && c != 'T') digits += c;
  }
  if (text.size() != 20 || digits.size() != 15) return fail(ErrorCode::BadRequest, 0, field);
  return text_node(kGeneralizedTime, digits);
}

Node never_node() { return text_node(kGeneralizedTime, "99991231235959Z"); }

Result<Node> role_node(std::string_view name, const char* field) {
  static constexpr std::pair<std::string_view, PartyRole> kRoles[] = {
      {"Root", PartyRole::Root},
      {"Recovery", PartyRole::Recovery},
      {"Supplier", PartyRole::Supplier},
      {"NetworkOperator", PartyRole::NetworkOperator},
      {"ACB", PartyRole::AccessControlBroker},
      {"TransCoS", PartyRole::TransitionalCos},
      {"LoadController", PartyRole::LoadController},
  };
  for (const auto& [known, role] : kRoles) {
    if (known == name) return Node::integer(static_cast<std::uint64_t>(role));
  }
  return fail(ErrorCode::BadRequest, 0, field);
}

Result<Node> replacement_node(const duis::Element& element, CellUsage usage, pki::KeyUse use,
                              const pki::KeyStore* repository, const char* field) {
  METERWAY_TRY(const auto certificate, read_certificate(element, field));
  if ((certificate.key_usage & bits_of(usage).bits) == 0) return fail(ErrorCode::BadRequest, 0, field);
  if (repository != nullptr && certificate.owner()) {
    const auto published = repository->certificate(*certificate.owner(), use);
    const auto* key = repository->public_key(*certificate.owner(), use);
    if (!published.empty() && key != nullptr && *key == certificate.public_key) return as_node(published, field);
  }
  return as_node(certificate.der, field);
}

Result<Node> certificate_node(const duis::Element& element, const char* field) {
  METERWAY_TRY(const auto certificate, read_certificate(element, field));
  return as_node(certificate.der, field);
}

}  // namespace meterway::flow::transform
