#include "oversight/document/document.h"

namespace meterway::document {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
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
      case '\'':
        out += "&#39;";
        break;
      case '\n':
        out += "<br>";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string inline_of(const Inline& spans, std::string_view base) {
  std::string out;
  for (const auto& span : spans) {
    auto text = escaped(span.text);
    if (span.strong) text = "<strong>" + text + "</strong>";
    if (!span.target.kind.empty()) text = "<a href=\"" + escaped(address(span.target, base)) + "\">" + text + "</a>";
    out += text;
  }
  return out;
}

struct Write {
  std::string& out;
  std::string_view base;
  void operator()(const Heading& heading) const {
    const auto tag = "h" + std::to_string(heading.level);
    out += "<" + tag + ">" + escaped(heading.text) + "</" + tag + ">\n";
  }
  void operator()(const Paragraph& paragraph) const { out += "<p>" + inline_of(paragraph.text, base) + "</p>\n"; }
  void operator()(const Bullets& bullets) const {
    out += "<ul>\n";
    for (const auto& item : bullets.items) out += "<li>" + inline_of(item, base) + "</li>\n";
    out += "</ul>\n";
  }
  void operator()(const Table& table) const {
    out += "<table>\n";
    if (!table.caption.empty()) out += "<caption>" + escaped(table.caption) + "</caption>\n";
    out += "<thead><tr>";
    for (const auto& head : table.head) out += "<th scope=\"col\">" + escaped(head) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
      out += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool names_row = i == 0 && row.size() > 1;
        out += (names_row ? "<th scope=\"row\">" : "<td>") + inline_of(row[i], base) + (names_row ? "</th>" : "</td>");
      }
      out += "</tr>\n";
    }
    out += "</tbody>\n</table>\n";
  }
};

// Colours of at least 7 to 1 against their background; the class is a word wherever it is a colour.
constexpr std::string_view kStyle =
    R"(body{font:1rem/1.5 system-ui,sans-serif;color:#0b0c0c;max-width:60rem;margin:0 auto;padding:1rem}
.class{border:2px solid #0b0c0c;padding:.25rem .75rem;font-weight:bold;background:#fff}
.class.green{border-color:#004d26}.class.amber{border-color:#7a3b00}.class.red{border-color:#7f0000}
a{color:#003078}table{border-collapse:collapse;margin:1rem 0;width:100%}caption{text-align:left;font-weight:bold}
th,td{border-bottom:1px solid #505a5f;padding:.25rem .5rem;text-align:left;vertical-align:top}
dl{display:grid;grid-template-columns:max-content auto;gap:.25rem 1rem}dt{font-weight:bold}dd{margin:0}
@media print{body{padding:14mm 0 10mm}header .class{position:fixed;top:0;left:0;right:0}footer{position:fixed;bottom:0}
thead{display:table-header-group}tr{break-inside:avoid}}
)";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace

std::string to_html(const Document& document, std::string_view base) {
  const auto banner =
      "<p class=\"class " + lower(to_string(document.level)) + "\">" + escaped(statement(document.level)) + "</p>";
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>" +
      escaped(document.title) + "</title>\n<style>\n" + std::string(kStyle) + "</style>\n</head>\n<body>\n<header>" +
      banner + "</header>\n<main>\n<h1>" + escaped(document.title) + "</h1>\n";
  if (!document.about.empty()) {
    out += "<dl>\n";
    for (const auto& [name, value] : document.about)
      out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
    out += "</dl>\n";
  }
  for (const auto& block : document.blocks) std::visit(Write{out, base}, block);
  return out + "</main>\n<footer><p>" + escaped(document.reference) + "</p>" + banner + "</footer>\n</body>\n</html>\n";
}

}  // namespace meterway::document
