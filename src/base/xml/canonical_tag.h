#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/xml/tree.h"

namespace meterway::xml {

/// Attributes stand in the order of their namespace, then their name; those without a namespace first.
bool canonical_before(const Attribute& a, const Attribute& b);

/// Appends a start tag in its canonical form. `namespaces` are those to be declared in it, in any order.
void append_start_tag(std::string& out, std::string_view qualified, std::vector<Tree::Namespace> namespaces,
                      std::span<const Attribute> attributes);

}  // namespace meterway::xml
