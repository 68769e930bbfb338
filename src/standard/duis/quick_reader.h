#pragma once
#include <string_view>

#include "base/xml/tree.h"
#include "standard/duis/content_paths.h"
#include "standard/duis/element.h"
#include "standard/duis/plain_value.h"

namespace meterway::duis::schema {

/// Reads a document that fits the schema in one walk over its elements: each child is matched, read and put into the
/// tree before the next is looked at. It has no words for what is wrong and gives up at the first thing that it does
/// not know to be right; whoever asked then goes the long way (schema.cpp).
///
/// Law (tests/schema/quick_test.cpp): what is read here the long way reads as well, to the same tree.
class QuickReader {
  using Place = xml::Tree::Index;

 public:
  explicit QuickReader(const xml::Tree& tree) : tree_(tree), elements_(tree.elements.data()) {}

  /// Reads an element of that type (schema_tables.h) into `out`, but for its name; null where the tree is not wanted.
  bool read(Place at, std::int16_t type, std::string_view default_text, Element* out);

 private:
  bool attributes(const xml::Tree::Element& here, const ComplexType& type, Element* out);
  bool text(Place at, std::int16_t type, std::string_view default_text, Element* out);
  bool children(Place parent, std::size_t type, Element* out);
  Space space_of_element(const xml::Tree::Element& element);

  const xml::Tree& tree_;
  const xml::Tree::Element* const elements_;
  const std::vector<PlainValue>& plain_values_ = plain_values();
  const ContentPaths& paths_ = ContentPaths::all();
  std::string_view uri_{};  ///< the last one asked for, and what it is
  Space space_ = Space::Other;
};

}  // namespace meterway::duis::schema
