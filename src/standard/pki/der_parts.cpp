#include "standard/pki/der_parts.h"

#include <vector>

#include "base/wire/writer.h"
#include "standard/pki/certificate.h"

namespace meterway::pki::der {

using wire::Writer;

Bytes tlv(std::uint8_t tag, ByteView content) { return Writer().u8(tag).prefixed(content).take(); }
Bytes tlv(std::uint8_t tag, std::string_view content) {
  return tlv(tag, ByteView(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()));
}
Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes out;
  for (const auto part : parts) append(out, part);
  return out;
}
Bytes sequence(std::initializer_list<ByteView> parts) { return tlv(kSequence, joined(parts)); }

Bytes oid(std::string_view dotted) {
  std::vector<std::uint32_t> arcs(1);
  for (const char c : dotted) {
    if (c == '.')
      arcs.push_back(0);
    else
      arcs.back() = arcs.back() * 10 + static_cast<std::uint32_t>(c - '0');
  }
  Bytes content{static_cast<std::uint8_t>(arcs[0] * 40 + arcs[1])};
  for (std::size_t at = 2; at < arcs.size(); ++at) {
    int shift = 28;
    while (shift > 0 && (arcs[at] >> shift) == 0) shift -= 7;
    for (; shift >= 0; shift -= 7)
      content.push_back(static_cast<std::uint8_t>((arcs[at] >> shift & 0x7F) | (shift > 0 ? 0x80 : 0)));
  }
  return tlv(kOid, content);
}

Bytes integer(ByteView magnitude) {
  Bytes content(magnitude.begin(), magnitude.end());
  if (content.empty() || content[0] >= 0x80) content.insert(content.begin(), 0);
  return tlv(kInteger, content);
}

Bytes extension(std::string_view type, bool critical, ByteView value) {
  static constexpr std::uint8_t kTrue[] = {0xFF};
  const Bytes flag = critical ? tlv(kBoolean, kTrue) : Bytes();
  return sequence({oid(type), flag, tlv(kOctetString, value)});
}

Bytes key_usage(std::uint16_t bits) {
  std::uint8_t unused = 0;
  while ((bits >> unused & 1) == 0) ++unused;
  const std::uint8_t content[] = {unused, static_cast<std::uint8_t>(bits)};
  return extension("2.5.29.15", true, tlv(kBitString, content));
}

std::uint16_t usage_bit(KeyUse use) {
  return use == KeyUse::DigitalSignature || use == KeyUse::XmlSigning ? kUsageDigitalSignature : kUsageKeyAgreement;
}

Bytes hardware_module(Eui64 eui) {
  const Bytes name = sequence({oid(kHardwareType), tlv(kOctetString, eui.wire())});
  return extension("2.5.29.17", true,
                   sequence({tlv(kExplicit0, joined({oid(kHardwareModuleName), tlv(kExplicit0, name)}))}));
}

Bytes public_key_info(const crypto::PublicKey& key) {
  const Bytes algorithm = sequence({oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")});
  return sequence({algorithm, tlv(kBitString, joined({Bytes{0}, key.point()}))});
}

Bytes signature_value(const crypto::EcdsaSignature& signature) {
  const auto part = [&](std::size_t at) {
    ByteView number = ByteView(signature).subspan(at, 32);
    while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
    return integer(number);
  };
  return tlv(kBitString, joined({Bytes{0}, sequence({part(0), part(32)})}));
}

}  // namespace meterway::pki::der
