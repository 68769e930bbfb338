#pragma once
#include <string>
#include <string_view>

#include "standard/duis/element.h"

namespace meterway::duis {

/// Text or attribute value with the characters that XML reserves as references; carriage returns too, which a parser
/// would otherwise turn into line feeds.
std::string escaped(std::string_view text);

/// Appends an element and what it holds, without any white space: <sr:Name a="1">...</sr:Name>.
void append_element(std::string& out, const Element& element);

}  // namespace meterway::duis
