#include "base/xml/scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/xml/canonical_tag.h"
#include "base/xml/lexical.h"
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

enum : std::uint8_t { kNameStart = 1, kName = 2, kPlainText = 4, kPlainValue = 8, kBlank = 16 };

constexpr std::array<std::uint8_t, 256> make_kinds() {
  std::array<std::uint8_t, 256> out{};
  for (unsigned c = 0x20; c < 0x80; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    std::uint8_t kind = 0;
    if (letter || c == '_') kind |= kNameStart | kName;
    if (digit || c == '.' || c == '-') kind |= kName;
    if (c != '<' && c != '&' && c != '>') kind |= kPlainText;
    if (c != '<' && c != '&' && c != '"' && c != '\'') kind |= kPlainValue;
    out[c] = kind;
  }
  out[' '] |= kBlank;
  out['\t'] = out['\n'] = kBlank | kPlainText;
  return out;
}
constexpr auto kKinds = make_kinds();

bool is(char c, std::uint8_t kind) { return (kKinds[static_cast<unsigned char>(c)] & kind) != 0; }

class Scanner {
 public:
  Scanner(Tree& tree, const Limits& limits)
      : tree_(tree), text_(tree.source), data_(tree.source.c_str()), limits_(limits) {}

  bool run() {
    if (text_.size() > kMostLines &&
        static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n')) > kMostLines)
      return false;
    // A tag with its text is rarely shorter than this; two runs of text come with an element, one of them blank.
    tree_.elements.reserve(8 + text_.size() / 64);
    tree_.texts.reserve(8 + text_.size() / 32);
    open_.reserve(16);
    scope_.reserve(4);
    tree_.attributes.reserve(16);
    tree_.namespaces.reserve(8);
    if (!declaration()) return false;
    if (!around_root() || here() != '<' || !start_tag()) return false;
    while (!open_.empty()) {
      if (!character_data() || !markup()) return false;
    }
    return around_root() && at_ == text_.size();
  }

 private:
  struct Open {
    Index element;
    Index last_child;
    Index last_text;
    std::size_t scope;  ///< namespaces in scope outside of it
    std::string_view qualified;
  };
  struct QName {
    std::string_view prefix, local, whole;
  };

  /// The source ends in a zero byte, which belongs to no kind: nothing runs past its end.
  char here() const { return data_[at_]; }
  Index place() const { return static_cast<Index>(at_); }
  bool skip_blanks() {
    const std::size_t from = at_;
    while (is(here(), kBlank)) ++at_;
    return at_ != from;
  }
  /// For names of a few letters, for which a call costs more than the comparison.
  static bool is_same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  bool literal(std::string_view wanted) {
    if (wanted.size() > text_.size() - at_ || std::memcmp(data_ + at_, wanted.data(), wanted.size()) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  /// False when there are too many: a byte of the source could cost fifty of memory.
  bool edit(std::size_t from, std::size_t to, std::string_view by) {
    tree_.edits.push_back({static_cast<Index>(from), static_cast<Index>(to - from), by});
    return tree_.edits.size() <= kMostEdits;
  }

  bool declaration() {
    if (here() != '<') return false;
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
      if (here() != '<' || data_[at_ + 1] != '!') return true;
      if (!comment()) return false;
    }
  }

  bool markup() {
    switch (data_[at_ + 1]) {
      case '/':
        return end_tag();
      case '!': {
        const std::size_t begin = at_;
        if (!comment()) return false;
        return edit(begin, at_, {});
      }
      default:
        return start_tag();
    }
  }

  bool comment() {
    if (!literal("<!--")) return false;
    const auto end = text_.find("--", at_);
    if (end == std::string_view::npos || data_[end + 2] != '>') return false;
    const auto inside = text_.substr(at_, end - at_);
    if (!is_character_data(inside) || inside.find('\r') != std::string_view::npos) return false;
    at_ = end + 3;
    return true;
  }

  bool ncname(std::string_view& out) {
    const std::size_t from = at_;
    if (!is(here(), kNameStart)) return false;
    while (is(here(), kName)) ++at_;
    out = text_.substr(from, at_ - from);
    return true;
  }

  bool qname(QName& out) {
    const std::size_t from = at_;
    out.prefix = {};
    if (!ncname(out.local)) return false;
    if (here() == ':') {
      ++at_;
      out.prefix = out.local;
      if (!ncname(out.local)) return false;
    }
    out.whole = text_.substr(from, at_ - from);
    return here() != ':';
  }

  /// Up to the next "<".
  bool character_data() {
    const std::size_t from = at_;
    bool encoded = false;
    skip_blanks();
    const bool blank = here() == '<';
    for (;;) {
      while (is(here(), kPlainText)) ++at_;
      const char c = here();
      if (c == '<') break;
      if (c == '&') {
        if (!text_reference()) return false;
        encoded = true;
      } else if (c == '>') {
        if (at_ - from >= 2 && text_.substr(at_ - 2, 2) == "]]") return false;
        if (!edit(at_, at_ + 1, "&gt;")) return false;
        ++at_;
      } else {
        const auto size = wide_character(text_.substr(at_));
        if (size == 0) return false;
        at_ += size;
      }
    }
    if (at_ > from) add_text(text_.substr(from, at_ - from), encoded);
    if (!blank) tree_.elements[open_.back().element].may_show_text = true;
    return true;
  }

  bool text_reference() {
    const auto reference = read_reference(text_.substr(at_));
    if (reference.size == 0) return false;
    const auto written = text_.substr(at_, reference.size);
    if (written != "&amp;" && written != "&lt;" && written != "&gt;" && written != "&#xD;") {
      std::string canonical;
      append_text(canonical, decoded(written));
      if (!edit(at_, at_ + reference.size, tree_.keep(std::move(canonical)))) return false;
    }
    at_ += reference.size;
    return true;
  }

  void add_text(std::string_view text, bool encoded) {
    const auto index = static_cast<Index>(tree_.texts.size());
    tree_.texts.push_back({text, encoded, Tree::kNone});
    auto& open = open_.back();
    (open.last_text == Tree::kNone ? tree_.elements[open.element].first_text : tree_.texts[open.last_text].next) =
        index;
    open.last_text = index;
  }

  bool start_tag() {
    const std::size_t begin = at_++;
    if (open_.size() >= std::min(static_cast<std::size_t>(std::max(limits_.depth, 0)), kMostDepth) ||
        tree_.elements.size() >= limits_.elements)
      return false;
    QName name;
    if (!qname(name)) return false;
    const auto index = static_cast<Index>(tree_.elements.size());
    Tree::Element element;
    element.begin = static_cast<Index>(begin);
    element.may_show_text = false;
    element.first_attribute = static_cast<Index>(tree_.attributes.size());
    element.first_namespace = static_cast<Index>(tree_.namespaces.size());
    const std::size_t scope = scope_.size();
    as_canonical_ = true;
    while (here() != '>' && here() != '/') {
      const std::size_t gap = at_;
      if (!skip_blanks()) return false;
      if (here() == '>' || here() == '/') {
        as_canonical_ = false;
        break;
      }
      if (at_ - gap != 1 || text_[gap] != ' ') as_canonical_ = false;
      if (!attribute(element, scope)) return false;
    }
    element.tag_end = place();
    element.name = name.local;
    element.prefix = name.prefix;
    if (!resolve(name.prefix, element.namespace_uri) || !resolve_attributes(element)) return false;
    const bool empty = here() == '/';
    if (empty) ++at_;
    if (here() != '>') return false;
    ++at_;
    if (!make_canonical(element, name.whole, scope, empty)) return false;
    link(element, index);
    if (empty) {
      element.end = place();
      scope_.resize(scope);
    } else {
      open_.push_back({index, Tree::kNone, Tree::kNone, scope, name.whole});
    }
    tree_.elements.push_back(element);
    return true;
  }

  void link(Tree::Element& element, Index index) {
    if (open_.empty()) return;
    auto& parent = open_.back();
    element.parent = parent.element;
    (parent.last_child == Tree::kNone ? tree_.elements[parent.element].first_child
                                      : tree_.elements[parent.last_child].next) = index;
    parent.last_child = index;
  }

  bool end_tag() {
    const std::size_t begin = at_;
    at_ += 2;
    const auto& open = open_.back();
    if (!literal(open.qualified)) return false;
    const bool gap = skip_blanks();
    if (here() != '>') return false;
    if (gap && !edit(begin + 2 + open.qualified.size(), at_, {})) return false;
    ++at_;
    tree_.elements[open.element].end = place();
    scope_.resize(open.scope);
    open_.pop_back();
    return true;
  }

  bool attribute(Tree::Element& element, std::size_t scope) {
    QName name;
    if (!qname(name)) return false;
    if (skip_blanks()) as_canonical_ = false;
    if (!literal("=")) return false;
    if (skip_blanks()) as_canonical_ = false;
    const char quote = here();
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
    const std::size_t from = at_;
    for (;;) {
      while (is(here(), kPlainValue)) ++at_;
      const char c = here();
      if (c == quote) break;
      if (c == '&') {
        const auto reference = read_reference(text_.substr(at_));
        if (reference.size == 0) return false;
        const auto written = text_.substr(at_, reference.size);
        if (written != "&amp;" && written != "&lt;" && written != "&quot;") as_canonical_ = false;
        encoded = true;
        at_ += reference.size;
      } else if (c == '"' || c == '\'') {
        ++at_;
      } else {
        const auto size = wide_character(text_.substr(at_));
        if (size == 0) return false;
        at_ += size;
      }
    }
    value = text_.substr(from, at_ - from);
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
    tree_.namespaces.push_back({prefix, uri});
    scope_.push_back({prefix, uri});
    return true;
  }

  bool resolve(std::string_view prefix, std::string_view& uri) const {
    for (const auto& row : scope_) {
      if (is_same(row.prefix, prefix)) return uri = row.uri, true;
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

  /// Notes how the start tag that ends here is written in the canonical form, when that is another way.
  bool make_canonical(const Tree::Element& element, std::string_view qualified, std::size_t scope, bool empty) {
    if (as_canonical_ && !empty) return true;
    std::string out;
    if (!as_canonical_) {
      std::vector<Tree::Namespace> fresh;
      for (std::size_t i = scope; i < scope_.size(); ++i) {
        const auto outer = std::find_if(scope_.begin(), scope_.begin() + static_cast<std::ptrdiff_t>(scope),
                                        [&](const Tree::Namespace& row) { return row.prefix == scope_[i].prefix; });
        if (outer == scope_.begin() + static_cast<std::ptrdiff_t>(scope)) fresh.push_back(scope_[i]);
      }
      append_start_tag(out, qualified, std::move(fresh), tree_.attributes_of(element));
    } else {
      out += '>';
    }
    if (empty) out.append("</").append(qualified).append(">");
    return edit(as_canonical_ ? element.tag_end : element.begin, at_, tree_.keep(std::move(out)));
  }

  Tree& tree_;
  std::string_view text_;
  const char* data_;  ///< the same
  const Limits& limits_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  std::vector<Tree::Namespace> scope_;  ///< namespaces that hold here
  bool as_canonical_ = true;            ///< the start tag at hand, so far
};

}  // namespace

std::unique_ptr<Tree> scan(std::string_view text, const Limits& limits) {
  if (text.empty() || text.size() > std::min(limits.size_bytes, kMostBytes)) return nullptr;
  auto tree = std::make_unique<Tree>();
  tree->source = text;
  return Scanner(*tree, limits).run() ? std::move(tree) : nullptr;
}

}  // namespace meterway::xml
