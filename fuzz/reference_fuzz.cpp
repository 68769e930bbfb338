#include <cstdint>
#include <cstdlib>
#include <string>

#include "oversight/document/document.h"

/// Every text that anybody writes into a record is searched for mentions of others. Invariants: mentions stand in order
/// and within the text, each is a reference that reads as itself, the linked text is the text, and different references
/// have different keys.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t end = 0;
  for (const auto& mention : ledger::mentions_in(text)) {
    if (mention.at < end || mention.at + mention.size > size || mention.size == 0) std::abort();
    end = mention.at + mention.size;
    const auto* kind = ledger::find_kind(mention.target.kind);
    const auto read = kind == nullptr ? std::nullopt : ledger::read_reference(*kind, mention.target.reference);
    if (!read || read->reference != mention.target.reference) std::abort();
  }
  std::string whole;
  for (const auto& span : document::linked(text)) whole += span.text;
  if (whole != text) std::abort();
  const auto half = text.substr(0, size / 2), rest = text.substr(size / 2);
  if (text.find('\x01') != std::string_view::npos) return 0;  // no reference holds it
  if ((ledger::natural_key(half) == ledger::natural_key(rest)) != (half == rest)) std::abort();
  return 0;
}
