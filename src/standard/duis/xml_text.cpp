#include "standard/duis/xml_text.h"

#include <algorithm>
#include <cassert>

#include "standard/duis/version.h"

namespace meterway::duis {
namespace {

/// Appends text; those of its characters that `reference_of` knows as references.
template <class ReferenceOf>
void append_with(std::string& out, std::string_view text, ReferenceOf reference_of) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view reference = reference_of(text[at]);
    if (reference.empty()) continue;
    out.append(text.substr(from, at - from)).append(reference);
    from = at + 1;
  }
  out.append(text.substr(from));
}

std::string_view in_text(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#xD;";
    default:
      return {};
  }
}

std::string_view in_attribute(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '"':
      return "&quot;";
    case '\t':
      return "&#x9;";
    case '\n':
      return "&#xA;";
    case '\r':
      return "&#xD;";
    default:
      return {};
  }
}

void append_attributes(std::string& out, const Element& element) {
  const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (std::is_sorted(element.attributes.begin(), element.attributes.end(), before)) {
    for (const auto& [name, value] : element.attributes) append_attribute(out, name, value);
    return;
  }
  auto sorted = element.attributes;
  std::sort(sorted.begin(), sorted.end(), before);
  for (const auto& [name, value] : sorted) append_attribute(out, name, value);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) { append_with(out, text, in_text); }

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_escaped(out, text);
  return out;
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  append_with(out, value, in_attribute);
  out += '"';
}

void append_element(std::string& out, const Element& element) {
  assert(!element.name.empty());
  out.append("<sr:").append(element.name);
  append_attributes(out, element);
  out += '>';
  append_escaped(out, element.text);
  for (const auto& child : element.children) append_element(out, child);
  out.append("</sr:").append(element.name).append(">");
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<sr:").append(name).append(">");
  append_escaped(out, text);
  out.append("</sr:").append(name).append(">");
}

void append_root(std::string& out, std::string_view name, std::string_view schema_version) {
  out.append("<sr:").append(name).append(" xmlns:sr=\"").append(kGatewayNamespace).append("\"");
  append_attribute(out, "schemaVersion", schema_version);
  out += '>';
}

}  // namespace meterway::duis
