#pragma once
#include "standard/gbcs/decoded.h"

/// The parts that decoded.cpp is made of, one a payload kind: each reads a content and lists its fields.
namespace meterway::gbcs::decoding {

struct Opener {
  const Header* header;
  const pki::KeyStore* keys;
  Result<Bytes> open(ByteView block) const;
};

/// Each leaves `decoded.content` empty when the bytes have another shape.
void dlms(Decoded& decoded, ByteView content, const Opener& opener, const dlms::AccessRequest* command);
void gbz(Decoded& decoded, ByteView content, const Opener& opener);
void asn1(Decoded& decoded, ByteView content);

/// Fills word and exponent from words, unit and number.
void finish(Field& field);
/// Adds the fields of an octet string of fixed layout ("name:type name:type=list") below `fields.back()`.
void add_run(std::vector<Field>& fields, std::string_view layout);

}  // namespace meterway::gbcs::decoding
