#include "standard/duis/schema.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/xml/lexical.h"
#include "base/xml/tree.h"
#include "standard/duis/content_model.h"
#include "standard/duis/quick_reader.h"
#include "standard/duis/schema_value.h"

namespace meterway::duis {
namespace {

using namespace schema;

constexpr std::string_view kInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view kSchemaNamespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::int16_t kAnything = INT16_MAX;  ///< the type of an element that a lax wildcard passes over

/// Checks each element against its type and builds the tree on the way, all children of an element before the first of
/// theirs: the long way, which every document goes in which something is unusual or wrong, and which names it.
class Walker {
  using Place = xml::Tree::Index;

 public:
  explicit Walker(const xml::Tree& tree) : tree_(tree), elements_(tree.elements.data()) {}

  /// False when a rule is broken; `problem` then tells. `out` is null where the tree is not wanted.
  bool element(Place at, std::int16_t type, std::string_view default_text, Element* out) {
    if (out != nullptr) out->name = elements_[at].name;
    if (type == kAnything) return anything(node(at));
    const ComplexType* complex = type >= 0 ? &complex_types()[static_cast<std::size_t>(type)] : nullptr;
    if (elements_[at].attribute_count > 0 || (complex != nullptr && complex->attribute_count > 0)) {
      if (!attributes(at, complex, type, out)) return false;
    }
    if (complex == nullptr) return text(at, type, default_text, out);
    switch (complex->kind) {
      case ContentKind::Simple:
        return text(at, complex->of, default_text, out);
      case ContentKind::Empty:
        return nothing(node(at));
      case ContentKind::Elements:
        if (elements_[at].may_show_text && node(at).has_visible_text())
          return broken(ErrorCode::BadRequest, node(at), "content: elements only, no text between them");
        return children(at, *complex, out);
      case ContentKind::Mixed:
        return children(at, *complex, out);
    }
    return false;
  }

  bool broken(ErrorCode code, xml::Node at, std::string rule) {
    problem = Problem{code, path_of(at), at.line(), std::move(rule)};
    return false;
  }

  Problem problem;

 private:
  static const SimpleType& simple_of(std::int16_t type) { return simple_types()[static_cast<std::size_t>(-1 - type)]; }

  xml::Node node(Place at) const { return {&tree_, at}; }

  bool text(Place at, std::int16_t type, std::string_view default_text, Element* out) {
    if (elements_[at].first_child != xml::Tree::kNone)
      return broken(ErrorCode::BadRequest, node(at).first_element(), "order: text is expected, no element");
    std::string value = node(at).text();
    if (value.empty()) value = default_text;
    if (auto rule = broken_rule(simple_of(type), value)) return broken(ErrorCode::BadValue, node(at), *std::move(rule));
    if (out != nullptr) out->text = std::move(value);
    return true;
  }

  bool nothing(xml::Node at) {
    if (const auto child = at.first_element())
      return broken(ErrorCode::BadRequest, child, "order: " + std::string(at.name()) + " is empty");
    if (!at.text().empty()) return broken(ErrorCode::BadRequest, at, "content: nothing, not even white space");
    return true;
  }

  bool children(Place parent, const ComplexType& type, Element* out) {
    std::vector<Child> found;
    for (auto at = node(parent).first_element(); at; at = at.next_element()) found.push_back(child_of(at));
    ContentMatcher matcher(found);
    if (!matcher.match(type)) {
      const auto at = matcher.failed_at();
      if (at < found.size())
        return broken(ErrorCode::BadRequest, found[at].node, "order: expected " + matcher.expected());
      return broken(ErrorCode::BadRequest, node(parent), "order: expected " + matcher.expected() + " before the end");
    }
    if (out != nullptr) out->children.reserve(found.size());
    for (const auto& child : found) {
      if (!one_child(child, out)) return false;
    }
    return true;
  }

  Child child_of(xml::Node at) {
    Child child;
    child.node = at;
    child.space = space_of(at.namespace_uri());
    if (child.space != Space::Other) child.name = find_name(child.space, at.name());
    return child;
  }

  bool one_child(const Child& child, Element* parent) {
    const Particle& particle = particles()[child.particle];
    const Place at = child.node.place();
    Element* out = parent != nullptr && child.space != Space::Signature ? &parent->children.emplace_back() : nullptr;
    if (particle.kind == ParticleKind::Element) return element(at, particle.type, particle.default_text, out);
    const auto type = global_type(child);
    if (!type && particle.type == 0)
      return broken(ErrorCode::BadRequest, child.node, "order: an element that no schema describes");
    return element(at, type.value_or(kAnything), {}, out);
  }

  static std::optional<std::int16_t> global_type(const Child& child) {
    for (const auto& global : global_elements()) {
      if (child.name != kNoName && global.name == child.name) return global.type;
    }
    return std::nullopt;
  }

  /// Below an unknown element, known ones are still checked (lax assessment).
  bool anything(xml::Node parent) {
    for (const auto& attribute : parent.attributes()) {
      if (attribute.namespace_uri == kInstanceNamespace && attribute.name == "type") {
        return broken(ErrorCode::BadRequest, parent, "attribute xsi:type: not on an element that no schema describes");
      }
    }
    for (auto at = parent.first_element(); at; at = at.next_element()) {
      if (!element(at.place(), global_type(child_of(at)).value_or(kAnything), {}, nullptr)) return false;
    }
    return true;
  }

  bool attributes(Place at, const ComplexType* type, std::int16_t reference, Element* out) {
    const auto found = tree_.attributes_of(elements_[at]);
    const auto rules = type == nullptr ? std::span<const AttributeRule>() : attributes_of(*type);
    for (const auto& attribute : found) {
      if (attribute.namespace_uri == kInstanceNamespace) {
        if (!instance_attribute(node(at), attribute, reference)) return false;
        continue;
      }
      const auto rule = std::find_if(rules.begin(), rules.end(),
                                     [&](const AttributeRule& row) { return row.name == attribute.name; });
      if (!attribute.namespace_uri.empty() || rule == rules.end()) {
        return broken(ErrorCode::BadRequest, node(at),
                      "attribute " + std::string(attribute.name) + " is not known here");
      }
      const SimpleType& simple = simple_of(rule->type);
      std::string value(attribute.value);
      if (auto bad = broken_rule(simple, value)) {
        return broken(ErrorCode::BadValue, node(at), "attribute " + std::string(attribute.name) + ": " + *bad);
      }
      if (simple.base == Builtin::Id && !fresh_id(value)) {
        return broken(ErrorCode::BadValue, node(at),
                      "attribute " + std::string(attribute.name) + ": the same name twice");
      }
      if (out != nullptr) out->attributes.emplace_back(attribute.name, std::move(value));
    }
    for (const auto& rule : rules) {
      const bool present = std::any_of(found.begin(), found.end(), [&](const xml::Attribute& row) {
        return row.name == rule.name && row.namespace_uri.empty();
      });
      if (rule.required && !present)
        return broken(ErrorCode::BadRequest, node(at), "attribute " + std::string(rule.name) + " is missing");
    }
    return true;
  }

  /// schemaLocation is a hint we do not follow; nil fits no element of the schema; type may only say what holds anyway.
  bool instance_attribute(xml::Node at, const xml::Attribute& attribute, std::int16_t reference) {
    if (attribute.name == "schemaLocation" || attribute.name == "noNamespaceSchemaLocation") return true;
    if (attribute.name != "type")
      return broken(ErrorCode::BadRequest, at, "attribute xsi:" + std::string(attribute.name) + " is not accepted");
    const std::string value = xml::collapse(attribute.value);
    const auto colon = value.find(':');
    const auto prefix = colon == std::string::npos ? std::string_view() : std::string_view(value).substr(0, colon);
    const auto local = std::string_view(value).substr(colon == std::string::npos ? 0 : colon + 1);
    const auto uri = at.namespace_of(prefix);
    const auto known = uri == kSchemaNamespace ? std::string_view("xs") : prefix_of(space_of(uri));
    const auto declared =
        reference >= 0 ? complex_types()[static_cast<std::size_t>(reference)].name : simple_of(reference).name;
    if (std::string(known) + ":" + std::string(local) == declared) return true;
    return broken(ErrorCode::BadRequest, at, "attribute xsi:type: only the declared type " + std::string(declared));
  }

  bool fresh_id(const std::string& id) {
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return false;
    ids_.push_back(id);
    return true;
  }

  const xml::Tree& tree_;
  const xml::Tree::Element* const elements_;
  std::vector<std::string> ids_;
};

enum class Way { Any, Long };

Result<Element, Problem> validate_as(const xml::Document& document, Space space, std::string_view root,
                                     Way way = Way::Any) {
  const auto node = document.root();
  const auto name = find_name(space_of(node.namespace_uri()), node.name());
  const auto globals = global_elements();
  const auto global =
      std::find_if(globals.begin(), globals.end(), [name](const GlobalElement& row) { return row.name == name; });
  Element out;
  if (space_of(node.namespace_uri()) != space || node.name() != root || global == globals.end()) {
    Walker walker(document.tree());
    walker.broken(ErrorCode::BadRequest, node,
                  "order: the root must be " + std::string(prefix_of(space)) + ":" + std::string(root));
    return Unexpected{std::move(walker.problem)};
  }
  if (way == Way::Any) {
    out.name = ElementName::lasting(names()[name].local);
    if (QuickReader(document.tree()).read(node.place(), global->type, {}, &out)) return out;
    out = {};
  }
  Walker walker(document.tree());
  if (!walker.element(node.place(), global->type, {}, &out)) return Unexpected{std::move(walker.problem)};
  return out;
}

}  // namespace

Result<Element, Problem> validate(const xml::Document& document, std::string_view root) {
  return validate_as(document, Space::Gateway, root);
}

Result<Element, Problem> validate_the_long_way(const xml::Document& document, std::string_view root) {
  return validate_as(document, Space::Gateway, root, Way::Long);
}

Result<Element, Problem> validate_mapped(const xml::Document& document) {
  return validate_as(document, Space::ResponseAndAlert, "GBCSResponse");
}

std::string path_of(xml::Node node) {
  std::string path;
  for (; node; node = node.parent()) {
    const auto prefix = prefix_of(space_of(node.namespace_uri()));
    std::string step = prefix.empty() ? std::string(node.name()) : std::string(prefix) + ":" + std::string(node.name());
    path = path.empty() ? std::move(step) : std::move(step) + "/" + path;
  }
  return path;
}

Problem to_problem(const xml::Problem& problem) { return {problem.code, "", problem.line, problem.why}; }

}  // namespace meterway::duis
