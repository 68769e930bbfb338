// Who sends these bytes: any device through its hub, any User in a signed pre-command, any file given to the tools.
// Laws: what is read is written back alike; its document gives the same bytes and, like its text, is UTF-8; the signed
// part alone is a message too; the decoded fields lie within their instruction and within the field that holds them.
// Covers: src/standard/gbcs/message.cpp, src/standard/gbcs/document.cpp, src/standard/gbcs/decoded.cpp,
// src/standard/gbcs/decoded_dlms.cpp, src/standard/gbcs/decoded_gbz.cpp, src/standard/gbcs/decoded_asn1.cpp,
// src/standard/gbcs/decoded_values.cpp, src/standard/gbcs/names.cpp
#include <cstdlib>

#include "base/util/utf8.h"
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
  const auto decoded = gbcs::decode(*message);
  for (const auto& instruction : decoded.instructions) {
    if (instruction.first > instruction.end || instruction.end > decoded.fields.size()) std::abort();
    const auto fields = decoded.fields_of(instruction);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].extent == 0 || i + fields[i].extent > fields.size()) std::abort();
    }
  }
  const auto json = gbcs::to_json(input, nullptr);
  const auto text = gbcs::to_text(input, nullptr);
  if (!json || !text || !is_utf8(*text)) std::abort();
  const auto back = gbcs::from_json(*json);
  if (!back || *back != bytes) std::abort();
  return 0;
}
