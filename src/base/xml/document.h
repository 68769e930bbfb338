#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/result.h"

struct _xmlDoc;
struct _xmlNode;

namespace meterway::xml {

/// Bounds on what is read. An outsider chooses the bytes; these choose the work.
struct Limits {
  std::size_t size_bytes = 24u << 20;  ///< the largest DUIS value is a firmware image of 10,240,000 octets in base64
  int depth = 64;
  std::size_t elements = 200'000;
};

/// Why a text is not a document we read. Codes: BadXml, TooLarge, TooDeep.
struct Problem {
  ErrorCode code;
  int line = 0;  ///< 1-based, 0 when unknown
  std::string why;
};

struct Attribute {
  std::string_view namespace_uri;  ///< empty when it has no prefix
  std::string_view name;           ///< local name
  std::string value;
};

/// A look at one element of a Document; valid as long as the Document stands. Copy freely.
class Node {
 public:
  Node() = default;
  explicit Node(_xmlNode* at) : at_(at) {}
  explicit operator bool() const { return at_ != nullptr; }
  friend bool operator==(Node a, Node b) { return a.at_ == b.at_; }

  std::string_view name() const;  ///< local name
  std::string_view namespace_uri() const;
  std::string_view prefix() const;
  int line() const;
  Node parent() const;         ///< null at the root
  Node first_element() const;  ///< comments and processing instructions are passed over
  Node next_element() const;
  /// Own text (character data and CDATA sections joined, comments left out), not that of children.
  std::string text() const;
  /// True when the own text holds anything but white space.
  bool has_visible_text() const;
  std::vector<Attribute> attributes() const;  ///< namespace declarations are no attributes
  /// The namespace that a prefix stands for here ("" is the default namespace); empty when there is none.
  std::string_view namespace_of(std::string_view prefix) const;
  _xmlNode* raw() const { return at_; }

 private:
  _xmlNode* at_ = nullptr;
};

/// A parsed XML document: namespaces resolved, no DTD, no entities but the five predefined, no network, UTF-8 only.
/// Comments and processing instructions are kept for canonicalisation. Movable; one thread at a time.
class Document {
 public:
  /// Errors: BadXml (not well-formed, a DTD, another encoding or version), TooLarge, TooDeep.
  static Result<Document, Problem> parse(std::string_view text, const Limits& limits = {});
  Node root() const;
  _xmlDoc* raw() const { return doc_.get(); }

 private:
  struct Free {
    void operator()(_xmlDoc* doc) const;
  };
  explicit Document(_xmlDoc* doc) : doc_(doc) {}
  std::unique_ptr<_xmlDoc, Free> doc_;
};

}  // namespace meterway::xml
