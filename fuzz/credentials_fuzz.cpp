// Who sends these bytes: any device, as answer to 6.24.1 or on a replacement of credentials; any User or authority, as
// a signing request or a signed direction (text); any device, a signing request of its own (bytes). Laws: what is read
// stays within its limits; a direction that is read is written back alike; a request's key is its own. Covers:
// src/standard/gbcs/credentials.cpp, src/standard/pki/signing_request.cpp, src/oversight/devices/directions.cpp
#include <cstdlib>

#include "oversight/devices/directions.h"
#include "standard/gbcs/credentials.h"
#include "standard/pki/signing_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const ByteView input(data, size);
  for (const auto& cells : {gbcs::read_credentials_details(input), gbcs::read_replacement_outcome(input)}) {
    if (cells && cells->size() > 64) std::abort();
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto direction = devices::read_direction_text(text);
  if (direction && direction->scope.size() > devices::kMostInScope) std::abort();
  if (direction) {
    const auto again = devices::read_direction_text(devices::write_direction_text(*direction));
    if (!again || again->scope != direction->scope || again->number != direction->number) std::abort();
  }
  (void)pki::parse_signing_request(text);
  const auto request = pki::parse_signing_request_der(input);
  if (request && request->der != Bytes(input.begin(), input.end())) std::abort();
  return 0;
}
