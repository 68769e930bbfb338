#pragma once
#include "standard/duis/element.h"
#include "standard/mmc/source.h"

namespace meterway::mmc {

/// Puts what the rows of an owner (spec/mmc.tsv) say of a value into an element. Children come in the order of the
/// rows; in_schema_order() puts them right.
void fill(duis::Element& element, std::string_view owner, Sources& sources, const Value& here, std::size_t ordinal = 1);

/// Sorts children, at every depth, as the schema wants them, and leaves out those that it does not have; `type` is the
/// name of the element's type there.
void in_schema_order(duis::Element& element, std::string_view type);

}  // namespace meterway::mmc
