#pragma once
#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/document.h"

namespace meterway::xml {

/// What a Document holds: its elements in document order, and lists that they point into. Filled either by the scanner,
/// with views into the source, or from libxml2's tree, with views into that.
struct Tree {
  using Index = std::uint32_t;
  static constexpr Index kNone = UINT32_MAX;

  struct Element {
    std::string_view name;  ///< local
    std::string_view prefix;
    std::string_view namespace_uri;
    Index parent = kNone;
    Index first_child = kNone;
    Index next = kNone;
    Index first_attribute = 0;
    Index attribute_count = 0;
    Index first_namespace = 0;  ///< those declared here
    Index namespace_count = 0;
    Index first_text = kNone;
    Index begin = 0;            ///< offset of its "<"; scanned documents only, as the next two
    Index tag_end = 0;          ///< of the ">" or "/>" of its start tag
    Index end = 0;              ///< after its end tag
    bool may_show_text = true;  ///< false: all its own text is white space
    _xmlNode* raw = nullptr;
  };
  /// A run of character data, in the order of the document.
  struct Text {
    std::string_view text;
    bool encoded = false;  ///< holds references, all of them known and right
    Index next = kNone;
  };
  struct Namespace {
    std::string_view prefix;
    std::string_view uri;
  };
  /// Where the source differs from its inclusive canonical form; in order, none within another.
  struct Edit {
    Index at;
    Index size;
    std::string_view by;
    bool closes = false;  ///< an empty element's tag: by its end and the end tag of that name
  };
  struct FreeDoc {
    void operator()(_xmlDoc* owned) const;
  };

  std::vector<Element> elements;
  std::vector<Attribute> attributes;
  std::vector<Namespace> namespaces;
  std::vector<Text> texts;
  std::vector<Edit> edits;
  std::forward_list<std::string> kept;  ///< texts that the views above need and the source does not have
  std::string source;                   ///< empty when libxml2 has the document
  std::unique_ptr<_xmlDoc, FreeDoc> doc;

  bool scanned() const { return doc == nullptr; }
  std::string_view keep(std::string text) { return kept.emplace_front(std::move(text)); }
  /// The own text of an element when it is one run without references; else empty.
  std::string_view plain_text(const Element& element) const {
    if (element.first_text == kNone) return {};
    const Text& only = texts[element.first_text];
    return only.encoded || only.next != kNone ? std::string_view() : only.text;
  }
  std::span<const Attribute> attributes_of(const Element& element) const {
    return std::span(attributes).subspan(element.first_attribute, element.attribute_count);
  }
};

}  // namespace meterway::xml
