#pragma once
#include <algorithm>
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
    Element() {}            // NOLINT: without it each is zeroed before it is set, at the price of reading its tag
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
    Index child_count = 0;
    Index first_text = kNone;   ///< libxml2's documents only; of scanned ones the text lies in the source
    Index begin = 0;            ///< offset of its "<"; scanned documents only, as the next three
    Index content = 0;          ///< after its start tag
    Index content_end = 0;      ///< of its end tag
    Index end = 0;              ///< after its end tag
    bool may_show_text = true;  ///< false: all its own text is white space
    bool is_bare = false;       ///< between its tags there is nothing but text that means what it says; scanned only
    _xmlNode* raw = nullptr;
  };
  /// A run of character data of libxml2's, in the order of the document.
  struct Text {
    std::string_view text;
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
  std::string_view source;              ///< empty when libxml2 has the document
  std::unique_ptr<char[]> buffer;       ///< where the source lies
  std::unique_ptr<_xmlDoc, FreeDoc> doc;

  bool scanned() const { return doc == nullptr; }
  std::string_view keep(std::string text) { return kept.emplace_front(std::move(text)); }
  /// The own text of an element when it is one run without references; else empty.
  std::string_view plain_text(const Element& element) const {
    if (element.is_bare) return source.substr(element.content, element.content_end - element.content);
    if (element.first_text == kNone || texts[element.first_text].next != kNone) return {};
    return texts[element.first_text].text;
  }
  /// Gives the runs of an element's own text to `take` in their order; those of scanned documents may hold references,
  /// all of them known and right.
  template <class Take>
  void each_text(const Element& element, Take take) const {
    for (auto i = element.first_text; i != kNone; i = texts[i].next) take(texts[i].text);
    Index from = element.content;
    for (auto child = element.first_child; child != kNone && scanned(); child = elements[child].next) {
      texts_between(from, elements[child].begin, take);
      from = elements[child].end;
    }
    texts_between(from, element.content_end, take);
  }
  /// The same for a part of the source without elements: comments are left out.
  template <class Take>
  void texts_between(Index from, Index to, Take take) const {
    static constexpr std::string_view kOpen = "<!--", kClose = "-->";
    auto part = source.substr(from, to - from);
    while (!part.empty()) {
      const auto size = std::min(part.find('<'), part.size());
      if (size > 0) take(part.substr(0, size));
      part.remove_prefix(size);
      if (!part.empty()) part.remove_prefix(part.find(kClose, kOpen.size()) + kClose.size());
    }
  }
  std::span<const Attribute> attributes_of(const Element& element) const {
    return std::span(attributes).subspan(element.first_attribute, element.attribute_count);
  }
};

}  // namespace meterway::xml
