// Who can send these bytes: anyone who reaches the DUIS port, before any signature is checked. The scanner decides on
// its own what a document says and which bytes its signature covers; a difference from libxml2 would let a document
// mean one thing to us and another to its signer.
// Seeds: DUIS documents, and the texts of src/base/xml/*_test.cpp.
// Covers: src/base/xml/scanner.cpp, src/base/xml/text.cpp, src/base/xml/canonical.cpp, src/base/xml/document.cpp
//
// Invariants: what the scanner reads, libxml2 reads as well, within the same limits, to the same tree with the same
// lines and names in scope; both give the same canonical forms, whichever element is left out or looked at.
#include <cstdlib>

#include "base/xml/canonical.h"
#include "tests/support/same_document.h"

using namespace meterway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  xml::Limits limits;
  limits.depth = 12;
  limits.elements = 60;
  const auto ours = xml::Document::parse(text, limits);
  if (!ours || !ours->is_scanned()) return 0;
  const auto theirs = xml::Document::parse_by_libxml2(text, limits);
  if (!theirs || !tests::difference(*ours, *theirs).empty()) std::abort();
  return 0;
}
