#pragma once
#include <initializer_list>
#include <string_view>

#include "base/crypto/keys.h"
#include "base/util/bytes.h"
#include "standard/ids/ids.h"
#include "standard/pki/key_store.h"

/// DER, as much of it as certificates (issue.h) and requests for them (signing_request.h) are put together from.
///
/// Source:  X.690; RFC 5280 and RFC 2986. What goes in is ours, so nothing here fails.
namespace meterway::pki::der {

enum Tag : std::uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kOid = 0x06,
  kUtf8String = 0x0C,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
  kContext0 = 0x80,
  kExplicit0 = 0xA0,
  kExplicit3 = 0xA3,
};

Bytes tlv(std::uint8_t tag, ByteView content);
Bytes tlv(std::uint8_t tag, std::string_view content);
Bytes joined(std::initializer_list<ByteView> parts);
Bytes sequence(std::initializer_list<ByteView> parts);
/// "1.2.840.10045.4.3.2" as an OBJECT IDENTIFIER; the text is one of our constants.
Bytes oid(std::string_view dotted);
Bytes integer(ByteView magnitude);

Bytes extension(std::string_view type, bool critical, ByteView value);
/// keyUsage as a named bit list: unused bits are counted from the lowest bit set.
Bytes key_usage(std::uint16_t bits);
/// The one bit of a certificate for this use.
std::uint16_t usage_bit(KeyUse use);
/// subjectAltName of a device: hardwareModuleName with its EUI-64 as serial number.
Bytes hardware_module(Eui64 eui);
inline constexpr std::string_view kHardwareModuleName = "1.3.6.1.5.5.7.8.4";
inline constexpr std::string_view kHardwareType = "1.2.826.0.1.8641679.1.2.2.1";

Bytes public_key_info(const crypto::PublicKey& key);
/// BIT STRING { SEQUENCE { r, s } }
Bytes signature_value(const crypto::EcdsaSignature& signature);

}  // namespace meterway::pki::der
