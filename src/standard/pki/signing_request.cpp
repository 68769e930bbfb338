#include "standard/pki/signing_request.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "standard/pki/der_parts.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

constexpr std::size_t kMostBytes = 16 * 1024;
constexpr std::string_view kExtensionRequest = "1.2.840.113549.1.9.14", kKeyUsage = "2.5.29.15",
                           kAlternativeName = "2.5.29.17";
constexpr std::uint8_t kAttributes = 0xA0;

Bytes algorithm_identifier() { return der::sequence({der::oid(kEcdsaWithSha256)}); }

/// The next element of this tag, whole; its content through `content`.
Result<ByteView> element(wire::Reader& in, ByteView all, std::uint8_t tag, ByteView& content) {
  const auto begin = in.offset();
  in.expect({tag}, "element of the request");
  content = in.prefixed("element of the request");
  if (!in.ok()) return fail(ErrorCode::BadCertificate, begin, "certificate signing request");
  return all.subspan(begin, in.offset() - begin);
}

/// INTEGER of a signature into 32 bytes.
bool read_scalar(ByteView content, std::uint8_t* out) {
  while (content.size() > 1 && content[0] == 0) content = content.subspan(1);
  if (content.empty() || content.size() > 32) return false;
  std::fill(out, out + 32, std::uint8_t{0});
  std::copy(content.begin(), content.end(), out + (32 - content.size()));
  return true;
}

bool same(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// The last element, and nothing after it: its content.
Result<ByteView> only(ByteView all, std::uint8_t tag) {
  ByteView content;
  wire::Reader in(all);
  METERWAY_CHECK(element(in, all, tag, content));
  if (in.left() != 0) return fail(ErrorCode::BadCertificate, in.offset(), "certificate signing request");
  return content;
}

/// GeneralNames { otherName { id-on-hardwareModuleName, [0] SEQUENCE { hardware type, EUI-64 } } }; manufacturers have
/// types of their own.
std::optional<Eui64> hardware_serial(ByteView names) {
  ByteView content, serial;
  const auto general = only(names, der::kSequence);
  const auto other = general ? only(*general, der::kExplicit0) : general;
  if (!other) return std::nullopt;
  wire::Reader in(*other);
  const auto type = element(in, *other, der::kOid, content);
  if (!type || !same(*type, der::oid(der::kHardwareModuleName))) return std::nullopt;
  const auto tagged = only(in.rest(), der::kExplicit0);
  const auto name = tagged ? only(*tagged, der::kSequence) : tagged;
  if (!name) return std::nullopt;
  wire::Reader parts(*name);
  if (!element(parts, *name, der::kOid, content) || !element(parts, *name, der::kOctetString, serial))
    return std::nullopt;
  if (parts.left() != 0 || serial.size() != 8) return std::nullopt;
  return Eui64::from_wire_or_zero(serial);
}

/// SEQUENCE { identifier, [critical], OCTET STRING }: what is known of it into the request.
Status read_extension(ByteView extension, SigningRequest& out) {
  ByteView content, value;
  wire::Reader in(extension);
  METERWAY_TRY(const auto type, element(in, extension, der::kOid, content));
  if (in.left() != 0 && extension[in.offset()] == der::kBoolean)
    METERWAY_CHECK(element(in, extension, der::kBoolean, content));
  METERWAY_CHECK(element(in, extension, der::kOctetString, value));
  if (in.left() != 0) return fail(ErrorCode::BadCertificate, in.offset(), "extension of the request");
  if (same(type, der::oid(kKeyUsage))) {
    METERWAY_TRY(const auto bits, only(value, der::kBitString));
    if (bits.size() != 2 || bits[0] > 7) return fail(ErrorCode::BadCertificate, 0, "key usage of the request");
    out.key_usage = bits[1];
  } else if (same(type, der::oid(kAlternativeName))) {
    out.device = hardware_serial(value);  // another form of name is nobody's identity here
  }
  return {};
}

/// [0] { SEQUENCE { identifier, SET { value } } }: of the attributes the extension request alone says something here.
Status read_attributes(ByteView attributes, SigningRequest& out) {
  wire::Reader in(attributes);
  while (in.left() != 0) {
    ByteView attribute, content;
    METERWAY_CHECK(element(in, attributes, der::kSequence, attribute));
    wire::Reader parts(attribute);
    METERWAY_TRY(const auto type, element(parts, attribute, der::kOid, content));
    ByteView values;
    METERWAY_CHECK(element(parts, attribute, der::kSet, values));
    if (!same(type, der::oid(kExtensionRequest))) continue;
    METERWAY_TRY(const auto extensions, only(values, der::kSequence));
    wire::Reader each(extensions);
    while (each.left() != 0) {
      ByteView extension;
      METERWAY_CHECK(element(each, extensions, der::kSequence, extension));
      METERWAY_CHECK(read_extension(extension, out));
    }
  }
  return {};
}

/// The request with these attributes, signed with the key.
Result<Bytes> make_request(const crypto::PrivateKey& key, ByteView attributes) {
  const Bytes part = der::sequence({Bytes{der::kInteger, 0x01, 0x00}, der::sequence({}),
                                    der::public_key_info(key.public_key()), der::tlv(kAttributes, attributes)});
  METERWAY_TRY(const auto raw, key.sign(part));
  return der::sequence({part, algorithm_identifier(), der::signature_value(raw)});
}

}  // namespace

Result<SigningRequest> parse_signing_request(std::string_view pem) {
  if (pem.size() > kMostBytes) return fail(ErrorCode::TooLarge, 0, "certificate signing request");
  METERWAY_TRY(const Bytes der, pem_body(pem, kPemSigningRequest));
  return parse_signing_request_der(der);
}

Result<SigningRequest> parse_signing_request_der(ByteView bytes) {
  if (bytes.size() > kMostBytes) return fail(ErrorCode::TooLarge, 0, "certificate signing request");
  const auto wrong = [] { return fail(ErrorCode::BadCertificate, 0, "certificate signing request"); };
  ByteView info, value, key_info, attributes;
  METERWAY_TRY(const auto whole, only(bytes, der::kSequence));
  wire::Reader parts(whole);
  METERWAY_TRY(const auto signed_part, element(parts, whole, der::kSequence, info));
  METERWAY_TRY(const auto algorithm, element(parts, whole, der::kSequence, value));
  if (!same(algorithm, algorithm_identifier())) return wrong();
  ByteView bits;
  METERWAY_CHECK(element(parts, whole, der::kBitString, bits));
  if (parts.left() != 0) return wrong();
  // version, subject, key, attributes
  wire::Reader inside(info);
  METERWAY_CHECK(element(inside, info, der::kInteger, value));
  METERWAY_CHECK(element(inside, info, der::kSequence, value));
  METERWAY_TRY(const auto spki, element(inside, info, der::kSequence, key_info));
  METERWAY_TRY(auto key, crypto::PublicKey::from_spki(spki));
  // BIT STRING { SEQUENCE { r, s } }
  if (bits.empty() || bits[0] != 0) return wrong();
  METERWAY_TRY(const auto pair, only(bits.subspan(1), der::kSequence));
  ByteView r, s;
  wire::Reader numbers(pair);
  METERWAY_CHECK(element(numbers, pair, der::kInteger, r));
  METERWAY_CHECK(element(numbers, pair, der::kInteger, s));
  if (numbers.left() != 0) return wrong();
  crypto::EcdsaSignature raw{};
  if (!read_scalar(r, raw.data()) || !read_scalar(s, raw.data() + 32)) return wrong();
  if (!key.verify(signed_part, raw)) return fail(ErrorCode::BadSignature, 0, "certificate signing request");
  SigningRequest out{std::move(key), Bytes(bytes.begin(), bytes.end()), {}, 0};
  if (inside.left() != 0) {
    METERWAY_CHECK(element(inside, info, kAttributes, attributes));
    METERWAY_CHECK(read_attributes(attributes, out));
  }
  return out;
}

Result<Bytes> make_device_request(const crypto::PrivateKey& key, Eui64 device, KeyUse use) {
  const Bytes wishes = der::sequence({der::key_usage(der::usage_bit(use)), der::hardware_module(device)});
  return make_request(key, der::sequence({der::oid(kExtensionRequest), der::tlv(der::kSet, wishes)}));
}

Result<std::string> make_signing_request(const crypto::PrivateKey& key) {
  METERWAY_TRY(const auto bytes, make_request(key, {}));
  return to_pem(bytes, kPemSigningRequest);
}

}  // namespace meterway::pki
