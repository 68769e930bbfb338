#include "base/xml/libxml.h"

#include <libxml/SAX2.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include <mutex>
#include <optional>

namespace meterway::xml {
namespace {

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

/// What the callbacks of one parse watch; libxml2 carries it in _private.
struct Watch {
  const Limits* limits = nullptr;
  int depth = 0;
  std::size_t elements = 0;
  std::optional<Problem> stopped;
};

void stop(xmlParserCtxtPtr context, ErrorCode code, std::string why) {
  auto& watch = *static_cast<Watch*>(context->_private);
  if (!watch.stopped)
    watch.stopped = Problem{code, context->input == nullptr ? 0 : context->input->line, std::move(why)};
  xmlStopParser(context);
}

void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  stop(static_cast<xmlParserCtxtPtr>(user), ErrorCode::BadXml, "a document type declaration is not accepted");
}

void on_start(void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int ns_count,
              const xmlChar** ns, int attribute_count, int defaulted, const xmlChar** attributes) {
  auto* context = static_cast<xmlParserCtxtPtr>(user);
  auto& watch = *static_cast<Watch*>(context->_private);
  if (++watch.depth > watch.limits->depth) {
    return stop(context, ErrorCode::TooDeep,
                "more than " + std::to_string(watch.limits->depth) + " elements inside each other");
  }
  if (++watch.elements > watch.limits->elements) {
    return stop(context, ErrorCode::TooLarge, "more than " + std::to_string(watch.limits->elements) + " elements");
  }
  xmlSAX2StartElementNs(user, name, prefix, uri, ns_count, ns, attribute_count, defaulted, attributes);
}

void on_end(void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri) {
  --static_cast<Watch*>(static_cast<xmlParserCtxtPtr>(user)->_private)->depth;
  xmlSAX2EndElementNs(user, name, prefix, uri);
}

bool is_utf8(std::string_view name) {
  static constexpr std::string_view kName = "utf-8";
  if (name.size() != kName.size()) return name.empty();
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((name[i] | 0x20) != (kName[i] | 0x20)) return false;
  }
  return true;
}

Problem parser_problem(xmlParserCtxtPtr context) {
  const xmlErrorPtr last = xmlCtxtGetLastError(context);
  if (last == nullptr || last->message == nullptr) return {ErrorCode::BadXml, 0, "not well-formed"};
  std::string why = last->message;
  while (!why.empty() && (why.back() == '\n' || why.back() == ' ')) why.pop_back();
  return {ErrorCode::BadXml, last->line, std::move(why)};
}

struct FreeContext {
  void operator()(xmlParserCtxtPtr context) const { xmlFreeParserCtxt(context); }
};

bool is_text(const xmlNode* node) { return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE; }

/// Lists libxml2's elements in our tree.
class Filler {
 public:
  explicit Filler(Tree& tree) : tree_(tree) {}

  void run(xmlNode* root) {
    auto index = add(root, Tree::kNone);
    for (xmlNode* at = root; at != nullptr;) {
      if (auto* child = element_from(at->children)) {
        at = child;
        index = tree_.elements[index].first_child = add(child, index);
        continue;
      }
      while (at != root && element_from(at->next) == nullptr) {
        at = at->parent;
        index = tree_.elements[index].parent;
      }
      if (at == root) return;
      at = element_from(at->next);
      index = tree_.elements[index].next = add(at, tree_.elements[index].parent);
    }
  }

 private:
  static xmlNode* element_from(xmlNode* at) {
    while (at != nullptr && at->type != XML_ELEMENT_NODE) at = at->next;
    return at;
  }

  Tree::Index add(xmlNode* node, Tree::Index parent) {
    Tree::Element element;
    element.name = view(node->name);
    if (node->ns != nullptr) {
      element.prefix = view(node->ns->prefix);
      element.namespace_uri = view(node->ns->href);
    }
    element.parent = parent;
    if (parent != Tree::kNone) ++tree_.elements[parent].child_count;
    element.raw = node;
    element.first_namespace = static_cast<Tree::Index>(tree_.namespaces.size());
    for (const xmlNs* ns = node->nsDef; ns != nullptr; ns = ns->next, ++element.namespace_count)
      tree_.namespaces.push_back({view(ns->prefix), view(ns->href)});
    element.first_attribute = static_cast<Tree::Index>(tree_.attributes.size());
    for (const xmlAttr* at = node->properties; at != nullptr; at = at->next, ++element.attribute_count) {
      tree_.attributes.push_back({at->ns == nullptr ? std::string_view() : view(at->ns->href), view(at->name),
                                  at->ns == nullptr ? std::string_view() : view(at->ns->prefix), value_of(at)});
    }
    auto* link = &element.first_text;
    for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
      if (!is_text(child)) continue;
      *link = static_cast<Tree::Index>(tree_.texts.size());
      link = &tree_.texts.emplace_back(Tree::Text{view(child->content), Tree::kNone}).next;
    }
    tree_.elements.push_back(element);
    return static_cast<Tree::Index>(tree_.elements.size() - 1);
  }

  std::string_view value_of(const xmlAttr* attribute) {
    const xmlNode* only = attribute->children;
    if (only == nullptr) return {};
    if (only->next == nullptr && is_text(only)) return view(only->content);
    std::string joined;
    for (const xmlNode* child = only; child != nullptr; child = child->next) {
      if (is_text(child)) joined += view(child->content);
    }
    return tree_.keep(std::move(joined));
  }

  Tree& tree_;
};

Result<std::string> dump(xmlDoc* doc, int mode) {
  xmlChar* text = nullptr;
  const int size = xmlC14NDocDumpMemory(doc, nullptr, mode, nullptr, 0, &text);
  if (size < 0) return fail(ErrorCode::BadXml, 0, "canonical form");
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  xmlFree(text);
  return out;
}

/// Takes a node out of its siblings and, at the end, puts it back where it was. xmlUnlinkNode forgets the place.
class Unlinked {
 public:
  explicit Unlinked(xmlNode* node) : node_(node) {
    if (node_ == nullptr) return;
    (node_->prev != nullptr ? node_->prev->next : node_->parent->children) = node_->next;
    (node_->next != nullptr ? node_->next->prev : node_->parent->last) = node_->prev;
  }
  ~Unlinked() {
    if (node_ == nullptr) return;
    (node_->prev != nullptr ? node_->prev->next : node_->parent->children) = node_;
    (node_->next != nullptr ? node_->next->prev : node_->parent->last) = node_;
  }
  Unlinked(const Unlinked&) = delete;
  Unlinked& operator=(const Unlinked&) = delete;

 private:
  xmlNode* node_;
};

}  // namespace

void Tree::FreeDoc::operator()(_xmlDoc* owned) const { xmlFreeDoc(owned); }

Result<std::unique_ptr<Tree>, Problem> libxml_read(std::string_view text, const Limits& limits) {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });
  const std::unique_ptr<xmlParserCtxt, FreeContext> context(xmlNewParserCtxt());
  if (!context) return Unexpected{Problem{ErrorCode::TooLarge, 0, "out of memory"}};
  Watch watch;
  watch.limits = &limits;
  context->_private = &watch;
  context->sax->internalSubset = on_doctype;
  context->sax->startElementNs = on_start;
  context->sax->endElementNs = on_end;
  // HUGE lifts libxml2's bound of 10 MB a text node, which a firmware image exceeds; our own limits stand instead.
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                           XML_PARSE_HUGE | XML_PARSE_BIG_LINES;
  auto tree = std::make_unique<Tree>();
  tree->doc.reset(
      xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()), nullptr, nullptr, kOptions));
  if (watch.stopped) return Unexpected{std::move(*watch.stopped)};
  const xmlDoc* doc = tree->doc.get();
  if (doc == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0 ||
      xmlDocGetRootElement(doc) == nullptr) {
    return Unexpected{parser_problem(context.get())};
  }
  if (!is_utf8(view(doc->encoding))) return Unexpected{Problem{ErrorCode::BadXml, 1, "the encoding is not UTF-8"}};
  if (view(doc->version) != "1.0") return Unexpected{Problem{ErrorCode::BadXml, 1, "the XML version is not 1.0"}};
  Filler(*tree).run(xmlDocGetRootElement(doc));
  return tree;
}

Result<std::string> libxml_canonical(const Tree& tree, _xmlNode* left_out) {
  const Unlinked hole(left_out);
  return dump(tree.doc.get(), XML_C14N_1_0);
}

Result<std::string> libxml_exclusive_canonical(_xmlNode* element) {
  // The copy declares the namespaces that it uses at its own root, which is all that the exclusive form looks at.
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> doc(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")),
                                                           xmlFreeDoc);
  if (!doc) return fail(ErrorCode::TooLarge, 0, "canonical form");
  xmlNode* const copy = xmlDocCopyNode(element, doc.get(), 1);
  if (copy == nullptr) return fail(ErrorCode::BadXml, 0, "canonical form");
  xmlDocSetRootElement(doc.get(), copy);
  return dump(doc.get(), XML_C14N_EXCLUSIVE_1_0);
}

int libxml_line(const _xmlNode* element) { return static_cast<int>(xmlGetLineNo(element)); }

}  // namespace meterway::xml
