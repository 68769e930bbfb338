#pragma once
#include <string>
#include <string_view>

#include "standard/duis/element.h"

/// What we write is its own canonical form (W3C xml-c14n-20010315, 2.3): a signature is over the very bytes that go
/// out, and nobody parses them again to make it.
namespace meterway::duis {

/// Text with the characters that XML reserves as references; carriage returns too, which a parser would otherwise turn
/// into line feeds. Fits between tags alone: a quotation mark, a tab or a line feed stays.
std::string escaped(std::string_view text);

/// Appends ` name="value"`.
void append_attribute(std::string& out, std::string_view name, std::string_view value);

/// Appends an element and what it holds, without any white space: <sr:Name a="1">...</sr:Name>. Attributes go in the
/// order of their names.
void append_element(std::string& out, const Element& element);
/// The same for an element that holds text and nothing else.
void append_element(std::string& out, std::string_view name, std::string_view text);

/// Appends the start tag of a root, "Request" or "Response".
void append_root(std::string& out, std::string_view name, std::string_view schema_version);

/// What stands before the root of everything that we write; no part of the canonical form.
inline constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

}  // namespace meterway::duis
