#include "oversight/document/document.h"

#include <algorithm>

namespace meterway::document {
namespace {

constexpr std::string_view kStatements[] = {
    "WHITE: public. Anyone may read and publish this, subject to copyright.",
    "GREEN: for SEC Parties and those they work with in the programme. Not for publication.",
    "AMBER: for the recipients named and those in their organisations who need to know.",
    "RED: for the members and persons named alone. Not to be copied or passed on.",
};

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

}  // namespace

Span plain(std::string text) { return {std::move(text), false, {}}; }
Span strong(std::string text) { return {std::move(text), true, {}}; }
Span figure(std::string value, Target from) { return {std::move(value), false, std::move(from)}; }

Inline linked(std::string_view text) {
  Inline out;
  std::size_t at = 0;
  for (auto& mention : ledger::mentions_in(text)) {
    if (mention.at > at) out.push_back(plain(std::string(text.substr(at, mention.at - at))));
    out.push_back({std::string(text.substr(mention.at, mention.size)), false, std::move(mention.target)});
    at = mention.at + mention.size;
  }
  if (at < text.size()) out.push_back(plain(std::string(text.substr(at))));
  return out;
}

Document& Document::heading(unsigned size, std::string text) {
  blocks.emplace_back(Heading{std::clamp(size, 2u, 4u), std::move(text)});
  return *this;
}
Document& Document::paragraph(Inline text) {
  blocks.emplace_back(Paragraph{std::move(text)});
  return *this;
}
Document& Document::bullets(std::vector<Inline> items) {
  blocks.emplace_back(Bullets{std::move(items)});
  return *this;
}
Document& Document::table(Table made) {
  for (auto& row : made.rows) row.resize(made.head.size());
  blocks.emplace_back(std::move(made));
  return *this;
}
Document& Document::prose(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    const auto part = text.substr(0, end);
    if (part.find_first_not_of(" \n\t") != std::string_view::npos) paragraph(linked(part));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return *this;
}

void raise(Document& document, Classification level) { document.level = std::max(document.level, level); }

std::string_view statement(Classification level) { return kStatements[static_cast<std::size_t>(level)]; }

std::string address(const Target& target, std::string_view base) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = std::string(base) + "/api/v1/ledger/" + target.kind + "/";
  for (const char c : target.reference) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

}  // namespace meterway::document
