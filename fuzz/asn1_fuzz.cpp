// Who sends these bytes: any device or User, as content of the ASN.1 use cases (credentials, joins, firmware, clocks).
// Laws: decode(encode(x)) == x; the strict reading accepts a part of what the tolerant one does, and reads it alike.
// Covers: src/standard/gbcs/asn1.cpp
#include <cstdlib>

#include "standard/gbcs/asn1.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::gbcs;
  const meterway::ByteView input(data, size);
  const auto node = asn1::read(input);
  const auto strict = asn1::read(input, asn1::Lengths::Shortest);
  if (strict && (!node || !(*strict == *node))) std::abort();
  if (node && asn1::write(*node) != meterway::Bytes(input.begin(), input.end())) std::abort();
  if (node && !node->constructed()) (void)asn1::integer_value(*node);
  return 0;
}
