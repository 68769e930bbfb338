#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/util/result.h"

struct _xmlDoc;
struct _xmlNode;

namespace meterway::xml {

struct Tree;

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
  std::string_view prefix;
  std::string_view value;
};

/// A look at one element of a Document; valid as long as the Document stands. Copy freely.
class Node {
 public:
  Node() = default;
  Node(const Tree* tree, std::uint32_t place) : tree_(tree), place_(place) {}
  explicit operator bool() const { return tree_ != nullptr; }
  friend bool operator==(Node a, Node b) { return a.tree_ == b.tree_ && a.place_ == b.place_; }

  std::string_view name() const;  ///< local name
  std::string_view namespace_uri() const;
  std::string_view prefix() const;
  int line() const;
  Node parent() const;         ///< null at the root
  Node first_element() const;  ///< comments and processing instructions are passed over
  Node next_element() const;
  /// Own text (character data and CDATA sections joined, comments left out), not that of children.
  std::string text() const;
  void append_text(std::string& out) const;
  /// True when the own text holds anything but white space.
  bool has_visible_text() const;
  std::span<const Attribute> attributes() const;  ///< namespace declarations are no attributes
  /// The namespace that a prefix stands for here ("" is the default namespace); empty when there is none.
  std::string_view namespace_of(std::string_view prefix) const;
  const Tree* tree() const { return tree_; }
  std::uint32_t place() const { return place_; }

 private:
  Node node(std::uint32_t place) const;
  const Tree* tree_ = nullptr;
  std::uint32_t place_ = 0;
};

/// A parsed XML document: namespaces resolved, no DTD, no entities but the five predefined, no network, UTF-8 only.
/// Processing instructions are kept for canonicalisation. Movable; one thread at a time.
///
/// The usual is read by our own scanner (scanner.h), everything else, and all that is refused, by libxml2; what both
/// can read they read alike.
class Document {
 public:
  /// Errors: BadXml (not well-formed, a DTD, another encoding or version), TooLarge, TooDeep.
  static Result<Document, Problem> parse(std::string_view text, const Limits& limits = {});
  /// The same without the scanner: what it is held against.
  static Result<Document, Problem> parse_by_libxml2(std::string_view text, const Limits& limits = {});
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Node root() const;
  bool is_scanned() const;
  const Tree& tree() const { return *tree_; }

 private:
  explicit Document(std::unique_ptr<const Tree> tree);
  std::unique_ptr<const Tree> tree_;
};

}  // namespace meterway::xml
