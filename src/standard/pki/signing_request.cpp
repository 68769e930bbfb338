#include "standard/pki/signing_request.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

constexpr std::size_t kMostBytes = 16 * 1024;
// ecdsa-with-SHA256 as AlgorithmIdentifier; id-ecPublicKey on prime256v1 likewise.
constexpr std::uint8_t kAlgorithm[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
constexpr std::uint8_t kKeyAlgorithm[] = {0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                          0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};

Bytes tlv(std::uint8_t tag, ByteView content) { return wire::Writer().u8(tag).prefixed(content).take(); }

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

}  // namespace

Result<SigningRequest> parse_signing_request(std::string_view pem) {
  if (pem.size() > kMostBytes) return fail(ErrorCode::TooLarge, 0, "certificate signing request");
  METERWAY_TRY(Bytes der, pem_body(pem, kPemSigningRequest));
  const auto wrong = [] { return fail(ErrorCode::BadCertificate, 0, "certificate signing request"); };
  ByteView whole, info, value, key_info;
  wire::Reader outer(der);
  METERWAY_TRY(const auto all, element(outer, der, 0x30, whole));
  (void)all;
  METERWAY_CHECK(outer.finish());
  wire::Reader parts(whole);
  METERWAY_TRY(const auto signed_part, element(parts, whole, 0x30, info));
  METERWAY_TRY(const auto algorithm, element(parts, whole, 0x30, value));
  if (!std::equal(algorithm.begin(), algorithm.end(), std::begin(kAlgorithm), std::end(kAlgorithm))) return wrong();
  ByteView bits;
  METERWAY_CHECK(element(parts, whole, 0x03, bits));
  METERWAY_CHECK(parts.finish());
  // version, subject, key
  wire::Reader inside(info);
  METERWAY_CHECK(element(inside, info, 0x02, value));
  METERWAY_CHECK(element(inside, info, 0x30, value));
  METERWAY_TRY(const auto spki, element(inside, info, 0x30, key_info));
  METERWAY_TRY(auto key, crypto::PublicKey::from_spki(spki));
  // BIT STRING { SEQUENCE { r, s } }
  if (bits.empty() || bits[0] != 0) return wrong();
  bits = bits.subspan(1);
  ByteView pair, r, s;
  wire::Reader signature(bits);
  METERWAY_CHECK(element(signature, bits, 0x30, pair));
  METERWAY_CHECK(signature.finish());
  wire::Reader numbers(pair);
  METERWAY_CHECK(element(numbers, pair, 0x02, r));
  METERWAY_CHECK(element(numbers, pair, 0x02, s));
  METERWAY_CHECK(numbers.finish());
  crypto::EcdsaSignature raw{};
  if (!read_scalar(r, raw.data()) || !read_scalar(s, raw.data() + 32)) return wrong();
  if (!key.verify(signed_part, raw)) return fail(ErrorCode::BadSignature, 0, "certificate signing request");
  return SigningRequest{std::move(key), std::move(der)};
}

Result<std::string> make_signing_request(const crypto::PrivateKey& key) {
  Bytes point{0x00};
  append(point, key.public_key().point());
  Bytes spki(std::begin(kKeyAlgorithm), std::end(kKeyAlgorithm));
  append(spki, tlv(0x03, point));
  Bytes info{0x02, 0x01, 0x00};
  append(info, tlv(0x30, {}));
  append(info, tlv(0x30, spki));
  append(info, tlv(0xA0, {}));
  const Bytes part = tlv(0x30, info);
  METERWAY_TRY(const auto raw, key.sign(part));
  const auto scalar = [](ByteView number) {
    while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
    Bytes out;
    if (number[0] >= 0x80) out.push_back(0);
    append(out, number);
    return tlv(0x02, out);
  };
  Bytes pair = scalar(ByteView(raw).first(32));
  append(pair, scalar(ByteView(raw).last(32)));
  Bytes bits{0x00};
  append(bits, tlv(0x30, pair));
  Bytes all = part;
  append(all, ByteView(kAlgorithm));
  append(all, tlv(0x03, bits));
  return to_pem(tlv(0x30, all), kPemSigningRequest);
}

}  // namespace meterway::pki
