// Who sends these bytes: an ESME or a communications hub, as content of a response or alert, and as the plaintext of
// encrypted attributes; a User, as content of a signed pre-command.
// Laws: decode(encode(x)) == x for APDUs and for single elements; nothing reads past the end (sanitizers).
// Covers: src/standard/gbcs/dlms.cpp, src/standard/gbcs/dlms_data.cpp
#include <cstdlib>

#include "standard/gbcs/dlms.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::gbcs;
  const meterway::ByteView input(data, size);
  const meterway::Bytes bytes(input.begin(), input.end());
  if (const auto apdu = dlms::read_apdu(input)) {
    if (dlms::write_apdu(*apdu) != bytes) std::abort();
  }
  if (const auto element = dlms::read_data(input)) {
    if (dlms::write_data(*element) != bytes) std::abort();
    dlms::protected_block(*element);
  }
  return 0;
}
