#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "standard/duis/element_name.h"

namespace meterway::duis {

/// One element of a validated DUIS document: name, attributes, and either text or children. Reading is validating,
/// so whoever holds an Element knows that order, cardinality, patterns, ranges and enumerations fit schema 5.4;
/// getting at a value needs no second check. Text is white-space normalised as its type demands.
class Element {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;

  Element() {}  // NOLINT: without it each is zeroed before it is made
  Element(ElementName name_of, std::string text_of, Attributes attributes_of, std::vector<Element> children_of)
      : name(std::move(name_of)),
        text(std::move(text_of)),
        attributes(std::move(attributes_of)),
        children(std::move(children_of)) {}

  ElementName name;
  std::string text;
  Attributes attributes;
  std::vector<Element> children;

  /// The first child of that name, or null.
  const Element* child(std::string_view wanted) const {
    for (const auto& c : children) {
      if (c.name == wanted) return &c;
    }
    return nullptr;
  }
  /// Follows "A/B/C" through first children; null when a step is missing.
  const Element* find(std::string_view path) const {
    const Element* at = this;
    while (at != nullptr && !path.empty()) {
      const auto slash = path.find('/');
      at = at->child(path.substr(0, slash));
      path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    return at;
  }
  /// The text at a path, or "" when it is missing.
  std::string_view text_at(std::string_view path) const {
    const Element* at = find(path);
    return at == nullptr ? std::string_view() : std::string_view(at->text);
  }
  std::string_view attribute(std::string_view wanted) const {
    for (const auto& [key, value] : attributes) {
      if (key == wanted) return value;
    }
    return {};
  }
};

}  // namespace meterway::duis
