#include "base/xml/scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/xml/canonical_tag.h"
#include "base/xml/lexical.h"
#include "base/xml/runs.h"
#include "base/xml/text.h"

namespace meterway::xml {
namespace {

using Index = Tree::Index;

constexpr std::size_t kMostBytes = 1u << 30;
constexpr std::size_t kMostLines = 65'000;   ///< libxml2 counts them in sixteen bits
constexpr std::size_t kMostAttributes = 32;  ///< of one element; they are compared with each other
constexpr std::size_t kMostNamespaces = 32;  ///< in scope at once; looked up one by one
constexpr std::size_t kMostDepth = 256;
constexpr std::size_t kMostEdits = 20'000;  ///< places that are not canonical

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";

std::string_view between(const char* from, const char* to) { return {from, static_cast<std::size_t>(to - from)}; }

class Scanner {
 public:
  Scanner(Tree& tree, const Limits& limits)
      : tree_(tree), limits_(limits), begin_(tree.source.data()), end_(begin_ + tree.source.size()), at_(begin_) {
    const auto depth = static_cast<std::size_t>(std::max(limits.depth, 0));
    most_depth_ = std::min(depth, kMostDepth);
  }

  bool run() {
    const auto size = static_cast<std::size_t>(end_ - begin_);
    if (size > kMostLines && static_cast<std::size_t>(std::count(begin_, end_, '\n')) > kMostLines) return false;
    tree_.elements.reserve(8 + size / 64);  // a tag with its text is rarely shorter
    scope_.reserve(4);
    tree_.attributes.reserve(16);
    tree_.namespaces.reserve(8);
    tree_.edits.reserve(16);
    if (!declaration()) return false;
    if (!around_root() || *at_ != '<' || !start_tag()) return false;
    while (depth_ > 0) {
      at_ = past<Run::Blank>(at_);
      if ((*at_ != '<' && !character_data()) || !markup()) return false;
    }
    return around_root() && at_ == end_;
  }

 private:
  struct Open {
    Index element;
    Index last_child;
    std::size_t scope;  ///< namespaces in scope outside of it
    const char* name;   ///< as its tag has it, with the prefix
    std::size_t name_size;
  };
  struct QName {
    std::string_view prefix, local, whole;
  };
  /// The prefix of the tag before, which mostly is that of the next: its characters with the colon, and what it means.
  struct Usual {
    std::size_t size = 0;  ///< 0: none is known
    std::uint64_t bytes = 0;
    std::uint64_t mask = 0;
    std::string_view uri;
  };

  Index place() const { return place_of(at_); }
  Index place_of(const char* at) const { return static_cast<Index>(at - begin_); }
  std::string_view rest() const { return between(at_, end_); }
  bool skip_blanks() {
    if (!is_of(*at_, Run::Blank)) return false;
    const char* const from = at_;
    at_ = past<Run::Blank>(at_);
    return at_ != from;
  }
  bool literal(std::string_view wanted) {
    if (wanted.size() > rest().size() || std::memcmp(at_, wanted.data(), wanted.size()) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  /// False when there are too many: a byte of the source could cost fifty of memory.
  bool edit(const char* from, std::string_view by, bool closes = false) {
    tree_.edits.push_back({place_of(from), static_cast<Index>(at_ - from), by, closes});
    return tree_.edits.size() <= kMostEdits;
  }

  bool declaration() {
    if (*at_ != '<') return false;
    if (!literal("<?xml ")) return true;
    if (!literal("version=\"1.0\"")) return false;
    if (literal(" encoding=\"") && !literal("UTF-8\"") && !literal("utf-8\"")) return false;
    if (literal(" standalone=\"") && !literal("yes\"") && !literal("no\"")) return false;
    skip_blanks();
    return literal("?>");
  }

  /// Blanks and comments around the root. False when a comment is wrong.
  bool around_root() {
    for (;;) {
      skip_blanks();
      if (*at_ != '<' || at_[1] != '!') return true;
      if (!comment()) return false;
    }
  }

  bool markup() {
    switch (at_[1]) {
      case '/':
        return end_tag();
      case '!': {
        const char* const begin = at_;
        tree_.elements[open_[depth_ - 1].element].is_bare = false;
        return comment() && edit(begin, {});
      }
      default:
        return start_tag();
    }
  }

  bool comment() {
    if (!literal("<!--")) return false;
    const auto inside = rest().substr(0, rest().find("--"));
    if (at_ + inside.size() == end_ || at_[inside.size() + 2] != '>') return false;
    const char* const plain = past<Run::Text>(at_);
    const bool is_plain = plain >= inside.data() + inside.size();
    if (!is_plain && (!is_character_data(inside) || inside.find('\r') != std::string_view::npos)) return false;
    at_ += inside.size() + 3;
    return true;
  }

  bool qname(const char* from, QName& out) {
    const NameRun run = past_name(from);
    const char* const local = run.colon == nullptr ? from : run.colon + 1;
    if (run.colons > 1 || !is_of(*from, Run::NameStart) || !is_of(*local, Run::NameStart)) return false;
    out.prefix = run.colon == nullptr ? std::string_view() : between(from, run.colon);
    out.local = between(local, run.end);
    out.whole = between(from, run.end);
    at_ = run.end;
    return true;
  }

  /// The start of a tag's local name, null when there is none; at_ is then behind it.
  const char* tag_name(const char* from) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, from, sizeof eight);
    if (usual_.size > 0 && (eight & usual_.mask) == usual_.bytes) {
      const char* const local = from + usual_.size;
      at_ = past<Run::Name>(local);
      return is_of(*local, Run::NameStart) && *at_ != ':' ? local : nullptr;
    }
    usual_.size = 0;
    QName name;
    return qname(from, name) ? name.local.data() : nullptr;
  }

  /// From what is no blank to the next "<".
  bool character_data() {
    const char* const from = at_;
    auto& element = tree_.elements[open_[depth_ - 1].element];
    element.may_show_text = true;
    for (;;) {
      at_ = past<Run::Text>(at_);
      const char c = *at_;
      if (c == '<') return true;
      if (c == '&') {
        if (!text_reference()) return false;
        element.is_bare = false;
      } else if (c == '>') {
        if (at_ - from >= 2 && at_[-2] == ']' && at_[-1] == ']') return false;
        ++at_;
        if (!edit(at_ - 1, "&gt;")) return false;
      } else {
        const auto size = wide_character(rest());
        if (size == 0) return false;
        at_ += size;
      }
    }
  }

  bool text_reference() {
    const auto reference = read_reference(rest());
    if (reference.size == 0) return false;
    const auto written = rest().substr(0, reference.size);
    at_ += reference.size;
    if (written == "&amp;" || written == "&lt;" || written == "&gt;" || written == "&#xD;") return true;
    std::string canonical;
    append_text(canonical, decoded(written));
    return edit(written.data(), tree_.keep(std::move(canonical)));
  }

  /// A start tag, and with it the whole element when it holds plain text alone.
  bool start_tag() {
    const char* const begin = at_;
    if (depth_ >= most_depth_ || tree_.elements.size() >= limits_.elements) return false;
    const char* const local = tag_name(begin + 1);
    if (local == nullptr) return false;
    const auto index = static_cast<Index>(tree_.elements.size());
    auto& element = tree_.elements.emplace_back();
    element.begin = place_of(begin);
    element.may_show_text = false;
    element.is_bare = true;
    element.first_attribute = static_cast<Index>(tree_.attributes.size());
    element.first_namespace = static_cast<Index>(tree_.namespaces.size());
    element.name = between(local, at_);
    element.prefix = between(begin + 1, std::max(begin + 1, local - 1));
    link(element, index);
    const std::size_t scope = scope_.size();
    const auto qualified = between(begin + 1, at_);
    if (*at_ != '>') return tag_with_more(element, index, qualified, scope);
    if (!resolve_tag(element)) return false;
    ++at_;
    element.content = place();
    if (!plain_content(element, qualified))
      open_[depth_++] = {index, Tree::kNone, scope, qualified.data(), qualified.size()};
    return true;
  }

  /// The rest of a start tag that does not end with its name.
  bool tag_with_more(Tree::Element& element, Index index, std::string_view qualified, std::size_t scope) {
    as_canonical_ = true;
    if (!attributes(element, scope) || !resolve_tag(element)) return false;
    if (element.attribute_count > 0 && !resolve_attributes(element)) return false;
    const char* const tag_end = at_;
    const bool empty = *at_ == '/';
    if (empty) ++at_;
    if (*at_ != '>') return false;
    ++at_;
    element.content = place();
    if (!as_canonical_) {
      if (!make_canonical(element, qualified, scope, empty)) return false;
    } else if (empty && !edit(tag_end, qualified, true)) {
      return false;
    }
    if (empty) {
      element.content_end = element.end = element.content;
      close_scope(scope);
    } else {
      open_[depth_++] = {index, Tree::kNone, scope, qualified.data(), qualified.size()};
    }
    return true;
  }

  /// Text that means what it says up to the end tag, and that tag; nothing is done when something else is there.
  bool plain_content(Tree::Element& element, std::string_view qualified) {
    const char* const stop = past<Run::Text>(at_);
    if (stop[0] != '<' || stop[1] != '/') return false;
    const char* const end = stop + 2 + qualified.size();
    if (end >= end_ || *end != '>' || !are_same(stop + 2, qualified.data(), qualified.size())) return false;
    element.may_show_text = past<Run::Blank>(at_) != stop;
    element.content_end = place_of(stop);
    at_ = end + 1;
    element.end = place();
    return true;
  }

  /// Up to the end of a start tag.
  bool attributes(Tree::Element& element, std::size_t scope) {
    while (*at_ != '>' && *at_ != '/') {
      const char* const gap = at_;
      if (!skip_blanks()) return false;
      if (*at_ == '>' || *at_ == '/') {
        as_canonical_ = false;
        break;
      }
      if (at_ - gap != 1 || *gap != ' ') as_canonical_ = false;
      if (!attribute(element, scope)) return false;
    }
    return true;
  }

  void link(Tree::Element& element, Index index) {
    if (depth_ == 0) return;
    auto& parent = open_[depth_ - 1];
    element.parent = parent.element;
    auto& outer = tree_.elements[parent.element];
    ++outer.child_count;
    outer.is_bare = false;
    (parent.last_child == Tree::kNone ? outer.first_child : tree_.elements[parent.last_child].next) = index;
    parent.last_child = index;
  }

  bool end_tag() {
    const auto& open = open_[depth_ - 1];
    const Index content_end = place();
    at_ += 2;
    if (!are_same(at_, open.name, open.name_size)) return false;
    at_ += open.name_size;
    if (*at_ != '>') {
      const char* const gap = at_;
      if (!skip_blanks() || !edit(gap, {}) || *at_ != '>') return false;
    }
    ++at_;
    auto& element = tree_.elements[open.element];
    element.content_end = content_end;
    element.end = place();
    close_scope(open.scope);
    --depth_;
    return true;
  }

  void close_scope(std::size_t size) {
    if (scope_.size() == size) return;
    scope_.resize(size);
    usual_.size = 0;
  }

  bool attribute(Tree::Element& element, std::size_t scope) {
    QName name;
    if (!qname(at_, name)) return false;
    if (skip_blanks()) as_canonical_ = false;
    if (*at_ != '=') return false;
    ++at_;
    if (skip_blanks()) as_canonical_ = false;
    const char quote = *at_;
    if (quote != '"' && quote != '\'') return false;
    if (quote != '"') as_canonical_ = false;
    ++at_;
    std::string_view value;
    bool encoded = false;
    if (!attribute_value(quote, value, encoded)) return false;
    if (name.whole == "xmlns" || name.prefix == "xmlns") {
      if (element.attribute_count > 0) as_canonical_ = false;
      return !encoded && declare(element, name.prefix.empty() ? std::string_view() : name.local, value, scope);
    }
    if (++element.attribute_count > kMostAttributes) return false;
    tree_.attributes.push_back({{}, name.local, name.prefix, encoded ? tree_.keep(decoded(value)) : value});
    return true;
  }

  bool attribute_value(char quote, std::string_view& value, bool& encoded) {
    const char* const from = at_;
    for (;;) {
      at_ = past<Run::Value>(at_);
      const char c = *at_;
      if (c == quote) break;
      if (c == '&') {
        const auto reference = read_reference(rest());
        if (reference.size == 0) return false;
        const auto written = rest().substr(0, reference.size);
        if (written != "&amp;" && written != "&lt;" && written != "&quot;") as_canonical_ = false;
        encoded = true;
        at_ += reference.size;
      } else if (c == '"' || c == '\'') {
        ++at_;
      } else {
        const auto size = wide_character(rest());
        if (size == 0) return false;
        at_ += size;
      }
    }
    value = between(from, at_);
    ++at_;
    return true;
  }

  bool declare(Tree::Element& element, std::string_view prefix, std::string_view uri, std::size_t scope) {
    if (prefix == "xml" || prefix == "xmlns" || !is_plain_uri(uri) || uri == kXmlNamespace || uri == kXmlnsNamespace ||
        scope_.size() >= kMostNamespaces)
      return false;
    for (std::size_t i = 0; i < scope_.size(); ++i) {
      if (scope_[i].prefix != prefix) continue;
      if (i >= scope || scope_[i].uri != uri) return false;  // twice in this tag, or bound anew
      as_canonical_ = false;
    }
    if (element.namespace_count > 0 && tree_.namespaces.back().prefix > prefix) as_canonical_ = false;
    ++element.namespace_count;
    usual_.size = 0;
    tree_.namespaces.push_back({prefix, uri});
    scope_.push_back({prefix, uri});
    return true;
  }

  bool resolve_tag(Tree::Element& element) {
    if (usual_.size > 0) return element.namespace_uri = usual_.uri, true;
    const auto prefix = element.prefix;
    if (!resolve(prefix, element.namespace_uri)) return false;
    if (prefix.empty() || prefix.size() >= sizeof usual_.bytes) return true;
    usual_ = {prefix.size() + 1, 0, 0, element.namespace_uri};
    std::memset(&usual_.mask, 0xFF, usual_.size);
    std::memcpy(&usual_.bytes, prefix.data(), usual_.size);
    return true;
  }

  /// In scope each prefix stands for one namespace.
  bool resolve(std::string_view prefix, std::string_view& uri) {
    for (const auto& row : scope_) {
      if (row.prefix == prefix) return uri = row.uri, true;
    }
    return prefix.empty();
  }

  bool resolve_attributes(const Tree::Element& element) {
    const auto first = tree_.attributes.begin() + element.first_attribute;
    for (auto at = first; at != tree_.attributes.end(); ++at) {
      if (!at->prefix.empty() && !resolve(at->prefix, at->namespace_uri)) return false;
      for (auto other = first; other != at; ++other) {
        if (other->name == at->name && other->namespace_uri == at->namespace_uri) return false;
      }
      if (at != first && !canonical_before(*(at - 1), *at)) as_canonical_ = false;
    }
    return true;
  }

  /// Notes how the start tag that ends here is written in the canonical form: another way.
  bool make_canonical(const Tree::Element& element, std::string_view qualified, std::size_t scope, bool empty) {
    std::string out;
    std::vector<Tree::Namespace> fresh;
    const auto outer_end = scope_.begin() + static_cast<std::ptrdiff_t>(scope);
    for (std::size_t i = scope; i < scope_.size(); ++i) {
      const auto outer = std::find_if(scope_.begin(), outer_end,
                                      [&](const Tree::Namespace& row) { return row.prefix == scope_[i].prefix; });
      if (outer == outer_end) fresh.push_back(scope_[i]);
    }
    append_start_tag(out, qualified, std::move(fresh), tree_.attributes_of(element));
    if (empty) out.append("</").append(qualified).append(">");
    return edit(begin_ + element.begin, tree_.keep(std::move(out)));
  }

  Tree& tree_;
  const Limits& limits_;
  std::size_t most_depth_;
  const char* begin_;
  const char* end_;  ///< zero bytes follow (runs.h)
  const char* at_;
  std::array<Open, kMostDepth> open_;  ///< of which there are depth_
  std::size_t depth_ = 0;
  std::vector<Tree::Namespace> scope_;  ///< namespaces that hold here
  Usual usual_;
  bool as_canonical_ = true;  ///< the start tag at hand, so far
};

}  // namespace

std::unique_ptr<Tree> scan(std::string_view text, const Limits& limits) {
  if (text.empty() || text.size() > std::min(limits.size_bytes, kMostBytes)) return nullptr;
  auto tree = std::make_unique<Tree>();
  tree->buffer = std::make_unique_for_overwrite<char[]>(text.size() + kRunMargin);
  std::memcpy(tree->buffer.get(), text.data(), text.size());
  std::memset(tree->buffer.get() + text.size(), 0, kRunMargin);
  tree->source = {tree->buffer.get(), text.size()};
  return Scanner(*tree, limits).run() ? std::move(tree) : nullptr;
}

}  // namespace meterway::xml
