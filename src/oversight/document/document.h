#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "records/ledger/reference.h"

/// A document as it is said, before it is Markdown, HTML or PDF: minutes, action logs, Panel papers, reports. It holds
/// everything that is printed, and no clock: the same document renders to the same bytes.
namespace meterway::document {

using ledger::Classification;
using ledger::Target;

/// A run of text; with a target it leads to that record. A figure is such a run: its text is the value as it was when
/// the document was made, the target the record it came from.
struct Span {
  std::string text;
  bool strong = false;
  Target target{};  ///< none: kind is empty
  friend bool operator==(const Span&, const Span&) = default;
};
using Inline = std::vector<Span>;

Span plain(std::string text);
Span strong(std::string text);
Span figure(std::string value, Target from);
/// A text with every mention of a record (DP116, INC000000294975, CSC 12/01...) leading there.
Inline linked(std::string_view text);

struct Heading {
  unsigned level = 2;  ///< 2 to 4; the title is 1
  std::string text;
};
struct Paragraph {
  Inline text;
};
struct Bullets {
  std::vector<Inline> items;
};
struct Table {
  std::string caption;
  std::vector<std::string> head;
  std::vector<std::vector<Inline>> rows;  ///< each as long as the head
};
using Block = std::variant<Heading, Paragraph, Bullets, Table>;

struct Document {
  std::string title;
  std::string reference;  ///< in the footer
  Classification level = Classification::White;
  std::vector<std::pair<std::string, std::string>> about;  ///< author, date...: a list under the title
  std::vector<Block> blocks;

  Document& heading(unsigned size, std::string text);
  Document& paragraph(Inline text);
  /// The text of a long field: a paragraph for each, with its mentions linked.
  Document& prose(std::string_view text);
  Document& bullets(std::vector<Inline> items);
  Document& table(Table table);
};

/// A document is of the highest class of what stands in it.
void raise(Document& document, Classification level);

/// What the Panel Information Policy asks to be printed: in our words, one sentence a class.
std::string_view statement(Classification level);

/// The address of a record for a link: `base` and /api/v1/ledger/<kind>/<reference>.
std::string address(const Target& target, std::string_view base);

std::string to_markdown(const Document& document, std::string_view base = {});
/// One file with nothing from elsewhere; headings in order, tables with captions and scopes, the class on every printed
/// page. Everything from a record is escaped.
std::string to_html(const Document& document, std::string_view base = {});
/// A4, the class and "page n of m" on every page, text as text. Errors: Io when the font is not there, Unsupported for
/// characters that it does not have, TooLarge.
Result<std::string> to_pdf(const Document& document, std::string_view base = {});

}  // namespace meterway::document
