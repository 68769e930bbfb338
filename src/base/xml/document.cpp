#include "base/xml/document.h"

#include <algorithm>

#include "base/xml/lexical.h"
#include "base/xml/libxml.h"
#include "base/xml/scanner.h"
#include "base/xml/text.h"

namespace meterway::xml {

Document::Document(std::unique_ptr<const Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document, Problem> Document::parse(std::string_view text, const Limits& limits) {
  if (auto tree = scan(text, limits)) return Document(std::move(tree));
  return parse_by_libxml2(text, limits);
}

Result<Document, Problem> Document::parse_by_libxml2(std::string_view text, const Limits& limits) {
  if (text.size() > limits.size_bytes) {
    return Unexpected{Problem{ErrorCode::TooLarge, 0,
                              std::to_string(text.size()) + " bytes, at most " + std::to_string(limits.size_bytes)}};
  }
  if (text.empty()) return Unexpected{Problem{ErrorCode::BadXml, 0, "the document is empty"}};
  METERWAY_TRY(auto tree, libxml_read(text, limits));
  return Document(std::move(tree));
}

Node Document::root() const { return Node(tree_.get(), 0); }
bool Document::is_scanned() const { return tree_->scanned(); }

namespace {

const Tree::Element& at(const Tree* tree, std::uint32_t place) { return tree->elements[place]; }

}  // namespace

std::string_view Node::name() const { return at(tree_, place_).name; }
std::string_view Node::namespace_uri() const { return at(tree_, place_).namespace_uri; }
std::string_view Node::prefix() const { return at(tree_, place_).prefix; }

int Node::line() const {
  const auto& element = at(tree_, place_);
  if (!tree_->scanned()) return libxml_line(element.raw);
  return 1 + static_cast<int>(std::count(tree_->source.begin(), tree_->source.begin() + element.content, '\n'));
}

Node Node::node(std::uint32_t place) const { return place == Tree::kNone ? Node() : Node(tree_, place); }
Node Node::parent() const { return node(at(tree_, place_).parent); }
Node Node::first_element() const { return node(at(tree_, place_).first_child); }
Node Node::next_element() const { return node(at(tree_, place_).next); }

std::string Node::text() const {
  std::string out;
  append_text(out);
  return out;
}

void Node::append_text(std::string& out) const {
  tree_->each_text(at(tree_, place_), [&](std::string_view text) {
    if (tree_->scanned() && text.find('&') != std::string_view::npos) {
      out += decoded(text);
    } else {
      out += text;
    }
  });
}

bool Node::has_visible_text() const {
  if (!at(tree_, place_).may_show_text) return false;
  const std::string all = text();
  return !std::all_of(all.begin(), all.end(), is_blank);
}

std::span<const Attribute> Node::attributes() const { return tree_->attributes_of(at(tree_, place_)); }

std::string_view Node::namespace_of(std::string_view prefix) const {
  if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
  for (auto i = place_; i != Tree::kNone; i = at(tree_, i).parent) {
    const auto& element = at(tree_, i);
    for (std::uint32_t n = 0; n < element.namespace_count; ++n) {
      const auto& row = tree_->namespaces[element.first_namespace + n];
      if (row.prefix == prefix) return row.uri;
    }
  }
  return {};
}

}  // namespace meterway::xml
