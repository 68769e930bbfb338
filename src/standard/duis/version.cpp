#include "standard/duis/version.h"

#include "base/xml/lexical.h"

namespace meterway::duis {

bool is_known_version(std::string_view version) {
  const auto value = xml::read_decimal(version);
  if (!value || value->negative || value->whole != "5") return false;
  return value->fraction.empty() || (value->fraction.size() == 1 && value->fraction[0] <= '4');
}

bool has_signature(const xml::Document& document) {
  for (auto at = document.root().first_element(); at; at = at.next_element()) {
    if (at.name() == "Signature" && at.namespace_uri() == kSignatureNamespace) return true;
  }
  return false;
}

}  // namespace meterway::duis
