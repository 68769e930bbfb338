#pragma once
#include <memory>

#include "base/xml/tree.h"

/// libxml2's part: what the scanner finds unusual, and the words for what is wrong.
namespace meterway::xml {

/// Reads a text of at least one byte within the limit of size. Errors: as Document::parse.
Result<std::unique_ptr<Tree>, Problem> libxml_read(std::string_view text, const Limits& limits);

/// As canonical_without and exclusive_canonical; `left_out` may be null.
Result<std::string> libxml_canonical(const Tree& tree, _xmlNode* left_out);
Result<std::string> libxml_exclusive_canonical(_xmlNode* element);

/// 1-based line of an element.
int libxml_line(const _xmlNode* element);

}  // namespace meterway::xml
