// Who sends these bytes: any device through its hub, any User in a signed pre-command, any file given to the tools.
// Laws: what is read is written back alike; its document gives the same bytes; the signed part alone is a message too.
// Covers: src/standard/gbcs/message.cpp, src/standard/gbcs/document.cpp, src/standard/gbcs/document_text.cpp
#include <cstdlib>

#include "standard/gbcs/document.h"
#include "standard/gbcs/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const ByteView input(data, size);
  const auto message = gbcs::read_message(input);
  if (!message) return 0;
  const Bytes bytes(input.begin(), input.end());
  if (gbcs::write_message(*message) != bytes) std::abort();
  if (!gbcs::read_message(gbcs::write_signed_part(*message))) std::abort();
  const auto json = gbcs::to_json(input, nullptr);
  if (!json || !gbcs::to_text(input, nullptr)) std::abort();
  const auto back = gbcs::from_json(*json);
  if (!back || *back != bytes) std::abort();
  return 0;
}
