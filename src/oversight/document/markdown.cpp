#include "oversight/document/document.h"

namespace meterway::document {
namespace {

/// Text that stays text: what Markdown would take for its own gets a backslash.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>#|~&$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// Two stars that a blank stands beside, within them, are no mark.
std::string strong_of(const std::string& text) {
  const auto first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  if (first == std::string::npos) return text;
  return text.substr(0, first) + "**" + text.substr(first, last - first + 1) + "**" + text.substr(last + 1);
}

std::string inline_of(const Inline& spans, std::string_view base) {
  std::string out;
  for (const auto& span : spans) {
    auto text = escaped(span.text);
    if (span.strong) text = strong_of(text);
    if (!span.target.kind.empty()) text = "[" + text + "](" + address(span.target, base) + ")";
    out += text;
  }
  return out;
}

/// A line that begins like a list, a heading or a quote is none.
std::string line_of(std::string text) {
  const auto digits = text.find_first_not_of("0123456789");
  const bool numbered = digits != 0 && digits != std::string::npos && (text[digits] == '.' || text[digits] == ')');
  if (numbered) return text.insert(digits, "\\");
  if (!text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == '=')) return "\\" + text;
  return text;
}

struct Write {
  std::string& out;
  std::string_view base;
  void operator()(const Heading& heading) const {
    out += std::string(heading.level, '#') + " " + escaped(heading.text) + "\n\n";
  }
  void operator()(const Paragraph& paragraph) const { out += line_of(inline_of(paragraph.text, base)) + "\n\n"; }
  void operator()(const Bullets& bullets) const {
    for (const auto& item : bullets.items) out += "- " + line_of(inline_of(item, base)) + "\n";
    out += "\n";
  }
  void operator()(const Table& table) const {
    if (!table.caption.empty()) out += "**" + escaped(table.caption) + "**\n\n";
    for (const auto& head : table.head) out += "| " + escaped(head) + " ";
    out += "|\n";
    for (std::size_t i = 0; i < table.head.size(); ++i) out += "| --- ";
    out += "|\n";
    for (const auto& row : table.rows) {
      for (const auto& cell : row) out += "| " + inline_of(cell, base) + " ";
      out += "|\n";
    }
    out += "\n";
  }
};

}  // namespace

std::string to_markdown(const Document& document, std::string_view base) {
  std::string out = "> " + std::string(statement(document.level)) + "\n\n# " + escaped(document.title) + "\n\n";
  for (const auto& [name, value] : document.about) out += "- " + escaped(name) + ": " + escaped(value) + "\n";
  if (!document.about.empty()) out += "\n";
  for (const auto& block : document.blocks) std::visit(Write{out, base}, block);
  return out + "---\n\n" + (document.reference.empty() ? "" : escaped(document.reference) + " - ") +
         std::string(statement(document.level)) + "\n";
}

}  // namespace meterway::document
