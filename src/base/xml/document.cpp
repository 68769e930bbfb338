#include "base/xml/document.h"

#include <libxml/SAX2.h>
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

xmlNode* element_from(xmlNode* at) {
  while (at != nullptr && at->type != XML_ELEMENT_NODE) at = at->next;
  return at;
}

bool is_text(const xmlNode* node) { return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE; }

}  // namespace

void Document::Free::operator()(_xmlDoc* doc) const { xmlFreeDoc(doc); }

Result<Document, Problem> Document::parse(std::string_view text, const Limits& limits) {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });
  if (text.size() > limits.size_bytes) {
    return Unexpected{Problem{ErrorCode::TooLarge, 0,
                              std::to_string(text.size()) + " bytes, at most " + std::to_string(limits.size_bytes)}};
  }
  if (text.empty()) return Unexpected{Problem{ErrorCode::BadXml, 0, "the document is empty"}};
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
  Document document(
      xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()), nullptr, nullptr, kOptions));
  if (watch.stopped) return Unexpected{std::move(*watch.stopped)};
  const xmlDoc* doc = document.raw();
  if (doc == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0 ||
      xmlDocGetRootElement(doc) == nullptr) {
    return Unexpected{parser_problem(context.get())};
  }
  if (!is_utf8(view(doc->encoding))) return Unexpected{Problem{ErrorCode::BadXml, 1, "the encoding is not UTF-8"}};
  if (view(doc->version) != "1.0") return Unexpected{Problem{ErrorCode::BadXml, 1, "the XML version is not 1.0"}};
  return document;
}

Node Document::root() const { return Node(xmlDocGetRootElement(doc_.get())); }

std::string_view Node::name() const { return view(at_->name); }
std::string_view Node::namespace_uri() const { return at_->ns == nullptr ? std::string_view() : view(at_->ns->href); }
std::string_view Node::prefix() const { return at_->ns == nullptr ? std::string_view() : view(at_->ns->prefix); }
int Node::line() const { return static_cast<int>(xmlGetLineNo(at_)); }

Node Node::parent() const {
  return at_->parent != nullptr && at_->parent->type == XML_ELEMENT_NODE ? Node(at_->parent) : Node();
}

Node Node::first_element() const { return Node(element_from(at_->children)); }
Node Node::next_element() const { return Node(element_from(at_->next)); }

std::string Node::text() const {
  std::string out;
  for (const xmlNode* child = at_->children; child != nullptr; child = child->next) {
    if (is_text(child)) out += view(child->content);
  }
  return out;
}

bool Node::has_visible_text() const {
  for (const xmlNode* child = at_->children; child != nullptr; child = child->next) {
    if (is_text(child) && view(child->content).find_first_not_of(" \t\r\n") != std::string_view::npos) return true;
  }
  return false;
}

std::vector<Attribute> Node::attributes() const {
  std::vector<Attribute> out;
  for (const xmlAttr* at = at_->properties; at != nullptr; at = at->next) {
    Attribute attribute{at->ns == nullptr ? std::string_view() : view(at->ns->href), view(at->name), {}};
    for (const xmlNode* child = at->children; child != nullptr; child = child->next) {
      if (is_text(child)) attribute.value += view(child->content);
    }
    out.push_back(std::move(attribute));
  }
  return out;
}

std::string_view Node::namespace_of(std::string_view prefix) const {
  const std::string name(prefix);
  const xmlNs* ns = xmlSearchNs(at_->doc, at_, name.empty() ? nullptr : reinterpret_cast<const xmlChar*>(name.c_str()));
  return ns == nullptr ? std::string_view() : view(ns->href);
}

}  // namespace meterway::xml
