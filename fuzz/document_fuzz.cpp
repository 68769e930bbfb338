// Who sends these bytes: whoever hands a JSON document to `encode`.
// Laws: a document that is accepted stands for a message, and the message's own document gives it again.
// Covers: src/standard/gbcs/json_view.cpp, src/standard/gbcs/document.cpp, src/standard/gbcs/document_dlms.cpp,
// src/standard/gbcs/document_gbz.cpp, src/standard/gbcs/document_asn1.cpp
#include <cstdlib>

#include "standard/gbcs/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const auto bytes = gbcs::from_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!bytes) return 0;
  const auto json = gbcs::to_json(*bytes, nullptr);
  if (!json) std::abort();
  const auto again = gbcs::from_json(*json);
  if (!again || *again != *bytes) std::abort();
  return 0;
}
