#include "standard/duis/xml_text.h"

namespace meterway::duis {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void append_element(std::string& out, const Element& element) {
  out += "<sr:" + element.name;
  for (const auto& [name, value] : element.attributes) out += " " + name + "=\"" + escaped(value) + "\"";
  if (element.children.empty() && element.text.empty()) {
    out += "/>";
    return;
  }
  out += ">";
  out += escaped(element.text);
  for (const auto& child : element.children) append_element(out, child);
  out += "</sr:" + element.name + ">";
}

}  // namespace meterway::duis
