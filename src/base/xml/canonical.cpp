#include "base/xml/canonical.h"

#include <algorithm>

#include "base/xml/canonical_tag.h"
#include "base/xml/libxml.h"
#include "base/xml/text.h"

namespace meterway::xml {
namespace {

/// Gives the canonical form of a scanned document to `take`, piece by piece.
template <class Take>
void canonical_pieces(const Tree& tree, const Tree::Element* left_out, Take take) {
  const std::string_view source = tree.source;
  const auto& root = tree.elements.front();
  const std::size_t hole = left_out == nullptr ? root.end : left_out->begin;
  const std::size_t after_hole = left_out == nullptr ? root.end : left_out->end;
  std::size_t from = root.begin;
  const auto copy_to = [&](std::size_t to) {
    if (from <= hole && to >= after_hole) {
      take(source.substr(from, hole - from));
      from = after_hole;
    }
    if (to > from) take(source.substr(from, to - from));
  };
  for (const auto& edit : tree.edits) {
    if (edit.at >= hole && edit.at < after_hole) continue;
    copy_to(edit.at);
    if (edit.closes) take("></");
    take(edit.by);
    if (edit.closes) take(">");
    from = edit.at + edit.size;
  }
  copy_to(root.end);
}

const Tree::Element* element_of(const Tree& tree, Node node) { return node ? &tree.elements[node.place()] : nullptr; }

/// Writes an element of a scanned document in exclusive canonical form.
class ExclusiveWriter {
 public:
  explicit ExclusiveWriter(const Tree& tree) : tree_(tree) {}

  void element(const Tree::Element& at) {
    const std::size_t outer = rendered_.size();
    std::vector<Tree::Namespace> fresh;
    const auto use = [&](std::string_view prefix, std::string_view uri) {
      const auto known = std::any_of(rendered_.begin(), rendered_.end(),
                                     [&](const Tree::Namespace& row) { return row.prefix == prefix; });
      if (known || uri.empty()) return;
      rendered_.push_back({prefix, uri});  // a prefix stands for one namespace in all that is scanned
      fresh.push_back({prefix, uri});
    };
    use(at.prefix, at.namespace_uri);
    for (const auto& attribute : tree_.attributes_of(at)) use(attribute.prefix, attribute.namespace_uri);
    std::string qualified(at.prefix);
    if (!qualified.empty()) qualified += ':';
    qualified += at.name;
    append_start_tag(out, qualified, std::move(fresh), tree_.attributes_of(at));
    content(at);
    out.append("</").append(qualified).append(">");
    rendered_.resize(outer);
  }

  std::string out;

 private:
  /// Text and children in the order in which they stand in the source.
  void content(const Tree::Element& at) {
    const auto write = [this](std::string_view text) {
      const bool encoded = text.find('&') != std::string_view::npos;
      encoded ? append_text(out, decoded(text)) : append_text(out, text);
    };
    Tree::Index from = at.content;
    for (auto child = at.first_child; child != Tree::kNone; child = tree_.elements[child].next) {
      tree_.texts_between(from, tree_.elements[child].begin, write);
      element(tree_.elements[child]);
      from = tree_.elements[child].end;
    }
    tree_.texts_between(from, at.content_end, write);
  }

  const Tree& tree_;
  std::vector<Tree::Namespace> rendered_;
};

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

bool canonical_before(const Attribute& a, const Attribute& b) {
  return a.namespace_uri != b.namespace_uri ? a.namespace_uri < b.namespace_uri : a.name < b.name;
}

void append_start_tag(std::string& out, std::string_view qualified, std::vector<Tree::Namespace> namespaces,
                      std::span<const Attribute> attributes) {
  std::sort(namespaces.begin(), namespaces.end(), [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
  out.append("<").append(qualified);
  for (const auto& row : namespaces) {
    out.append(row.prefix.empty() ? " xmlns" : " xmlns:").append(row.prefix).append("=\"");
    append_attribute_value(out, row.uri);
    out += '"';
  }
  std::vector<Attribute> sorted(attributes.begin(), attributes.end());
  std::sort(sorted.begin(), sorted.end(), canonical_before);
  for (const auto& row : sorted) {
    out.append(" ").append(row.prefix).append(row.prefix.empty() ? "" : ":").append(row.name).append("=\"");
    append_attribute_value(out, row.value);
    out += '"';
  }
  out += '>';
}

Result<std::string> canonical_without(const Document& document, Node left_out) {
  if (left_out && !left_out.parent()) return fail(ErrorCode::BadXml, 0, "canonical form");
  const Tree& tree = document.tree();
  const auto* hole = element_of(tree, left_out);
  if (!tree.scanned()) return libxml_canonical(tree, hole == nullptr ? nullptr : hole->raw);
  std::string out;
  out.reserve(tree.source.size());
  canonical_pieces(tree, hole, [&](std::string_view piece) { out += piece; });
  return out;
}

Result<crypto::Sha256Digest> digest_without(const Document& document, Node left_out) {
  const Tree& tree = document.tree();
  if (tree.scanned() && tree.edits.empty() && left_out && left_out.parent()) {
    const auto& hole = tree.elements[left_out.place()];
    const auto& root = tree.elements.front();
    const ByteView source = bytes_of(tree.source);
    return crypto::sha256(
        {source.subspan(root.begin, hole.begin - root.begin), source.subspan(hole.end, root.end - hole.end)});
  }
  METERWAY_TRY(const std::string text, canonical_without(document, left_out));
  return crypto::sha256(bytes_of(text));
}

Result<std::string> exclusive_canonical(Node element) {
  const Tree& tree = *element.tree();
  if (!tree.scanned()) return libxml_exclusive_canonical(tree.elements[element.place()].raw);
  ExclusiveWriter writer(tree);
  writer.out.reserve(1024);
  writer.element(tree.elements[element.place()]);
  return std::move(writer.out);
}

}  // namespace meterway::xml
