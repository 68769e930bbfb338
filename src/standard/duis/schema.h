#pragma once
#include <string_view>

#include "base/xml/document.h"
#include "standard/duis/element.h"
#include "standard/duis/problem.h"

namespace meterway::duis {

/// Checks a whole document against schema 5.4 and gives it as a tree; the root must be a global element of the schema
/// ("Request", "Response", ...) named `root`. The ds:Signature is checked and left out of the tree.
///
/// Source:  DUIS schema 5.4 as the tables of spec/duis_*.tsv; rules of XML Schema part 1. What we refuse and a general
///          validator may accept is listed in docs/wire/duis.md: xsi:type other than the declared type, stray
///          characters in base64.
/// Errors:  BadRequest (structure), BadValue (text or attribute).
Result<Element, Problem> validate(const xml::Document& document, std::string_view root);
/// The same without the quick reader: what it is held against.
Result<Element, Problem> validate_the_long_way(const xml::Document& document, std::string_view root);

/// The same for a document of the Message Mapping Catalogue, whose root is ra:GBCSResponse.
Result<Element, Problem> validate_mapped(const xml::Document& document);

/// "sr:Request/sr:Header/sr:RequestID": where a node stands, with the usual prefixes.
std::string path_of(xml::Node node);

/// BadXml, TooLarge, TooDeep in the words of this layer.
Problem to_problem(const xml::Problem& problem);

}  // namespace meterway::duis
