#pragma once
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/util/random.h"
#include "standard/duis/schema_tables.h"

namespace meterway::tests {

/// Makes mutants of a document: one to three small changes each, repeatable from a seed. Half of the changes aim at
/// what stays valid (another value within its range, another value seen under the same name, comments, blanks).
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {
    const auto names = duis::schema::names();
    for (const auto& particle : duis::schema::particles()) {
      if (particle.kind != duis::schema::ParticleKind::Element || particle.type >= 0) continue;
      const auto& type = duis::schema::simple_types()[static_cast<std::size_t>(-1 - particle.type)];
      auto& values = values_[std::string(names[particle.name].local)];
      boundaries(type, values);
    }
  }

  /// Takes the values of a document into the pool.
  void learn(const std::string& xml) {
    const Doc doc(parse(xml));
    for (const auto* node : elements(doc.get())) {
      if (xmlChildElementCount(const_cast<xmlNode*>(node)) == 0) values_[name_of(node)].push_back(text_of(node));
    }
  }

  std::string mutant(const std::string& xml) {
    const Doc doc(parse(xml));
    const std::size_t changes = 1 + below(6) / 4;
    for (std::size_t i = 0; i < changes; ++i) change(doc.get());
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemory(doc.get(), &text, &size);
    std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    xmlFree(text);
    return out;
  }

 private:
  struct FreeDoc {
    void operator()(xmlDoc* doc) const { xmlFreeDoc(doc); }
  };
  using Doc = std::unique_ptr<xmlDoc, FreeDoc>;

  static xmlDoc* parse(const std::string& xml) {
    return xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET);
  }
  static const xmlChar* chars(const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); }
  static const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }
  static std::string name_of(const xmlNode* node) { return reinterpret_cast<const char*>(node->name); }
  static std::string text_of(const xmlNode* node) {
    xmlChar* text = xmlNodeGetContent(node);
    std::string out = reinterpret_cast<const char*>(text);
    xmlFree(text);
    return out;
  }

  std::size_t below(std::size_t bound) { return random_.next_u64() % bound; }

  static void collect(xmlNode* at, std::vector<xmlNode*>& out) {
    for (; at != nullptr; at = at->next) {
      if (at->type != XML_ELEMENT_NODE) continue;
      out.push_back(at);
      collect(at->children, out);
    }
  }
  static std::vector<xmlNode*> elements(xmlDoc* doc) {
    std::vector<xmlNode*> out;
    collect(xmlDocGetRootElement(doc), out);
    return out;
  }

  static void boundaries(const duis::schema::SimpleType& type, std::vector<std::string>& out) {
    for (const auto value : duis::schema::values_of(type)) out.emplace_back(value);
    for (const auto bound : {type.low, type.high}) {
      if (bound.empty()) continue;
      out.emplace_back(bound);
      out.push_back(std::string(bound) + "1");
      out.push_back("0" + std::string(bound));
      if (bound.find('.') == std::string_view::npos && bound.size() < 18) {
        out.push_back(std::to_string(std::stoll(std::string(bound)) + 1));
        out.push_back(std::to_string(std::stoll(std::string(bound)) - 1));
      }
    }
    for (const auto length : {type.shortest, type.longest}) {
      if (length < 0 || length > 300) continue;
      out.push_back(std::string(static_cast<std::size_t>(length), '7'));
      out.push_back(std::string(static_cast<std::size_t>(length) + 1, '7'));
      if (length > 0) out.push_back(std::string(static_cast<std::size_t>(length) - 1, 'x'));
    }
  }

  void change(xmlDoc* doc) {
    const auto all = elements(doc);
    xmlNode* const node = all[below(all.size())];
    switch (below(20)) {
      case 0:
        return drop(node, doc);
      case 1:
        return twice(node, doc);
      case 2:
        return swap(node, doc);
      case 3:
        return rename(node);
      case 4:
        return copy_elsewhere(all, doc);
      case 5:
        return attribute(node);
      case 6:
        return foreign_text(node);
      case 7:
        return instance_attribute(node, doc);
      case 8:
        return other_namespace(node, doc);
      case 9:
        return leaf(all, [&](xmlNode* at) { set_text(at, spoilt(text_of(at))); });
      case 10:
        return leaf(all, [&](xmlNode* at) { set_text(at, odd_value()); });
      case 11:
        return leaf(all, [&](xmlNode* at) { set_text(at, " \n" + text_of(at) + "\t "); });
      case 12:
        xmlAddPrevSibling(node, xmlNewDocComment(doc, chars(" a comment ")));
        return;
      case 13:
        xmlAddChild(node, xmlNewDocPI(doc, chars("pi"), chars("x")));
        return;
      case 14:
        return leaf(all, [&](xmlNode* at) { split_text(at, doc); });
      case 15:
        return leaf(all, [&](xmlNode* at) { set_text(at, other_digits(text_of(at))); });
      default:
        return leaf(all, [&](xmlNode* at) { set_text(at, known_value(at)); });
    }
  }

  template <class Work>
  void leaf(const std::vector<xmlNode*>& all, const Work& work) {
    for (int tries = 0; tries < 50; ++tries) {
      xmlNode* const node = all[below(all.size())];
      if (xmlChildElementCount(node) == 0 && node->children != nullptr) return work(node);
    }
  }

  static void set_text(xmlNode* node, const std::string& text) {
    xmlNodeSetContent(node, chars(""));
    xmlNodeAddContent(node, chars(text));
  }
  static bool is_root(const xmlNode* node, xmlDoc* doc) { return node == xmlDocGetRootElement(doc); }

  void drop(xmlNode* node, xmlDoc* doc) {
    if (is_root(node, doc)) return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
  }
  void twice(xmlNode* node, xmlDoc* doc) {
    if (!is_root(node, doc)) xmlAddNextSibling(node, xmlDocCopyNode(node, doc, 1));
  }
  void swap(xmlNode* node, xmlDoc* doc) {
    xmlNode* const next = xmlNextElementSibling(node);
    if (is_root(node, doc) || next == nullptr) return;
    xmlUnlinkNode(node);
    xmlAddNextSibling(next, node);
  }
  void rename(xmlNode* node) {
    const auto names = duis::schema::names();
    const std::string other = below(3) == 0 ? name_of(node) + "X" : std::string(names[below(names.size())].local);
    xmlNodeSetName(node, chars(other));
  }
  void copy_elsewhere(const std::vector<xmlNode*>& all, xmlDoc* doc) {
    xmlNode* const from = all[below(all.size())];
    xmlNode* const to = all[below(all.size())];
    if (is_root(from, doc) || is_root(to, doc)) return;
    xmlAddNextSibling(to, xmlDocCopyNode(from, doc, 1));
  }
  void attribute(xmlNode* node) {
    static constexpr std::array kValues{"1", "2",   "48",  "49",   "0",          "-1", "x",
                                        "",  " 3 ", "5.4", "5.10", "http://a/b", "+1", "01"};
    if (node->properties == nullptr) {
      if (below(2) == 0) xmlSetProp(node, chars("index"), chars(kValues[below(kValues.size())]));
      return;
    }
    if (below(4) == 0) {
      xmlRemoveProp(node->properties);
    } else {
      xmlSetProp(node, node->properties->name, chars(kValues[below(kValues.size())]));
    }
  }
  void foreign_text(xmlNode* node) {
    static constexpr std::array kTexts{"x", " ", "\n\t", "7"};
    xmlAddChild(node, xmlNewText(chars(kTexts[below(kTexts.size())])));
  }
  void instance_attribute(xmlNode* node, xmlDoc* doc) {
    static constexpr std::array kNames{"nil", "schemaLocation", "type", "other"};
    static constexpr std::array kValues{"true", "false", "http://a b.xsd", "sr:EUI", "1"};
    xmlNs* ns = xmlSearchNsByHref(doc, node, chars("http://www.w3.org/2001/XMLSchema-instance"));
    if (ns == nullptr)
      ns = xmlNewNs(xmlDocGetRootElement(doc), chars("http://www.w3.org/2001/XMLSchema-instance"), chars("xsi"));
    if (ns != nullptr && ns->prefix != nullptr)
      xmlSetNsProp(node, ns, chars(kNames[below(kNames.size())]), chars(kValues[below(kValues.size())]));
  }
  void other_namespace(xmlNode* node, xmlDoc* doc) {
    if (is_root(node, doc)) return;
    static constexpr std::array kSpaces{"urn:other", "http://www.w3.org/2000/09/xmldsig#",
                                        "http://www.dccinterface.co.uk/ResponseAndAlert"};
    xmlSetNs(node, xmlNewNs(node, chars(kSpaces[below(kSpaces.size())]), chars("o")));
  }
  void split_text(xmlNode* node, xmlDoc* doc) {
    const std::string text = text_of(node);
    const std::size_t at = below(text.size() + 1);
    set_text(node, text.substr(0, at));
    xmlAddChild(node, below(2) == 0 ? xmlNewDocComment(doc, chars("here")) : xmlNewCDataBlock(doc, chars(""), 0));
    xmlAddChild(node, xmlNewCDataBlock(doc, chars(text.substr(at)), static_cast<int>(text.size() - at)));
  }

  std::string spoilt(std::string text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        return text.insert(at, 1, "0aZ-:. +"[below(8)]);
      case 1:
        return at < text.size() ? text.erase(at, 1) : text;
      case 2:
        return text + text;
      default:
        return at < text.size() ? text.replace(at, 1, 1, "9fG:T,"[below(6)]) : text;
    }
  }
  std::string other_digits(std::string text) {
    for (auto& c : text) {
      if (c >= '1' && c <= '9' && below(3) == 0) c = static_cast<char>('1' + below(9));
    }
    return text;
  }
  std::string odd_value() {
    static constexpr std::array kOdd{"",
                                     "0",
                                     "-0",
                                     "+0",
                                     "-1",
                                     "1",
                                     "+1",
                                     "01",
                                     "1.0",
                                     "1.",
                                     ".5",
                                     "1e1",
                                     "true",
                                     "TRUE",
                                     "false",
                                     "0x1",
                                     "65535",
                                     "65536",
                                     "32767",
                                     "32768",
                                     "-32768",
                                     "2147483648",
                                     "4294967295",
                                     "4294967296",
                                     "18446744073709551615",
                                     "18446744073709551616",
                                     "99999999999999999999999",
                                     "NaN",
                                     "2030-01-15T09:00:00Z",
                                     "2030-01-15T09:00:00",
                                     "2030-02-30T09:00:00Z",
                                     "2028-02-29T24:00:00Z",
                                     "2030-01-15T09:00:00+14:00",
                                     "2030-01-15T09:00:00+14:01",
                                     "2030-01-15T09:00:00-13:59",
                                     "12030-01-15T09:00:00.123456789Z",
                                     "2030-01-15T9:00:00Z",
                                     "09:00:00Z",
                                     "24:00:00",
                                     "23:59:60Z",
                                     "2030-01-15",
                                     "0000-01-15",
                                     "-0044-03-15",
                                     "8f66",
                                     "8F67",
                                     "8F6",
                                     "abcd",
                                     "ZGVmYXVsdA==",
                                     "ZGVmYXVsdA=",
                                     "ZGVmYXVsdB==",
                                     "ZGVt",
                                     "ZG Vt",
                                     "90-b3-d5-1f-30-01-00-00",
                                     "90-B3-D5-1F-30-01-00-0G",
                                     "caf\xC3\xA9",
                                     "a b",
                                     "  "};
    return kOdd[below(kOdd.size())];
  }
  std::string known_value(const xmlNode* node) {
    const auto at = values_.find(name_of(node));
    return at == values_.end() || at->second.empty() ? text_of(node) : at->second[below(at->second.size())];
  }

  SeededRandom random_;
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace meterway::tests
