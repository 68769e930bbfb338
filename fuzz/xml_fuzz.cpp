// Who can send these bytes: anyone who reaches the DUIS port, before any signature is checked, and whoever answers for
// the address of a User. No other target reaches the parser, the canonical forms and the pattern compiler together.
// Seeds: DUIS documents (tests/schema makes them), and the texts of src/base/xml/*_test.cpp.
// Covers: src/base/xml/document.cpp, src/base/xml/libxml.cpp, src/base/xml/canonical.cpp, src/base/xml/pattern.cpp,
// src/base/xml/lexical.cpp
//
// Invariants: what is read has a canonical form; that form is itself a document with the same canonical form; leaving
// an element out puts it back; a pattern that compiles answers for any text.
#include <cstdlib>

#include "base/xml/canonical.h"
#include "base/xml/document.h"
#include "base/xml/lexical.h"
#include "base/xml/pattern.h"

using namespace meterway;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  xml::Limits limits;
  limits.size_bytes = 1u << 16;
  if (const auto document = xml::Document::parse(text, limits)) {
    const auto canonical = xml::canonical_without(*document, {});
    if (canonical) {
      const auto again = xml::Document::parse(*canonical);
      must(again.has_value());
      must(*xml::canonical_without(*again, {}) == *canonical);
      for (auto child = document->root().first_element(); child; child = child.next_element()) {
        must(xml::canonical_without(*document, child).has_value());
        must(xml::exclusive_canonical(child).has_value());
      }
      must(*xml::canonical_without(*document, {}) == *canonical);
    }
  }
  const auto half = size / 2;
  if (const auto pattern = xml::Pattern::compile(text.substr(0, std::min<std::size_t>(half, 40))))
    pattern->matches(text.substr(half));
  const auto plain = xml::collapse(text);
  xml::is_date_time(plain);
  xml::is_time(plain);
  xml::base64_octets(plain);
  if (const auto number = xml::read_decimal(plain)) must(xml::compare(*number, *number) == 0);
  return 0;
}
