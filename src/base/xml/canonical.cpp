#include "base/xml/canonical.h"

#include <libxml/c14n.h>
#include <libxml/tree.h>

namespace meterway::xml {
namespace {

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

Result<std::string> canonical_without(const Document& document, Node left_out) {
  if (left_out && !left_out.parent()) return fail(ErrorCode::BadXml, 0, "canonical form");
  const Unlinked hole(left_out.raw());
  return dump(document.raw(), XML_C14N_1_0);
}

Result<std::string> exclusive_canonical(Node element) {
  // The copy declares the namespaces that it uses at its own root, which is all that the exclusive form looks at.
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> doc(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")),
                                                           xmlFreeDoc);
  if (!doc) return fail(ErrorCode::TooLarge, 0, "canonical form");
  xmlNode* const copy = xmlDocCopyNode(element.raw(), doc.get(), 1);
  if (copy == nullptr) return fail(ErrorCode::BadXml, 0, "canonical form");
  xmlDocSetRootElement(doc.get(), copy);
  return dump(doc.get(), XML_C14N_EXCLUSIVE_1_0);
}

}  // namespace meterway::xml
