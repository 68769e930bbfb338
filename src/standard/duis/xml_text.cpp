#include "standard/duis/xml_text.h"

#include <algorithm>
#include <cassert>

#include "base/xml/text.h"
#include "standard/duis/version.h"

namespace meterway::duis {
namespace {

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

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  xml::append_text(out, text);
  return out;
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  xml::append_attribute_value(out, value);
  out += '"';
}

void append_element(std::string& out, const Element& element) {
  assert(!element.name.empty());
  out.append("<sr:").append(element.name);
  append_attributes(out, element);
  out += '>';
  xml::append_text(out, element.text);
  for (const auto& child : element.children) append_element(out, child);
  out.append("</sr:").append(element.name).append(">");
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<sr:").append(name).append(">");
  xml::append_text(out, text);
  out.append("</sr:").append(name).append(">");
}

void append_root(std::string& out, std::string_view name, std::string_view schema_version) {
  out.append("<sr:").append(name).append(" xmlns:sr=\"").append(kGatewayNamespace).append("\"");
  append_attribute(out, "schemaVersion", schema_version);
  out += '>';
}

}  // namespace meterway::duis
