#include "standard/duis/quick_reader.h"

#include <algorithm>

#include "base/xml/document.h"
#include "standard/duis/schema_value.h"

namespace meterway::duis::schema {
namespace {

constexpr std::string_view kInstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";

std::size_t place_of(std::int16_t simple_type) { return static_cast<std::size_t>(-1 - simple_type); }

}  // namespace

bool QuickReader::read(Place at, std::int16_t type, std::string_view default_text, Element* out) {
  const auto& here = elements_[at];
  if (type < 0) return here.attribute_count == 0 && text(at, type, default_text, out);
  const auto place = static_cast<std::size_t>(type);
  const ComplexType& complex = complex_types()[place];
  if ((here.attribute_count > 0 || complex.attribute_count > 0) && !attributes(here, complex, out)) return false;
  switch (complex.kind) {
    case ContentKind::Simple:
      return text(at, complex.of, default_text, out);
    case ContentKind::Elements:
      return !here.may_show_text && children(at, place, out);
    case ContentKind::Mixed:
      return children(at, place, out);
    case ContentKind::Empty:
      return here.content == here.content_end && here.first_text == xml::Tree::kNone && here.child_count == 0;
  }
  return false;
}

/// Each is known and right, and as many of them are required as the type requires.
bool QuickReader::attributes(const xml::Tree::Element& here, const ComplexType& type, Element* out) {
  const auto rules = attributes_of(type);
  auto missing = std::count_if(rules.begin(), rules.end(), [](const AttributeRule& row) { return row.required; });
  for (const auto& attribute : tree_.attributes_of(here)) {
    if (attribute.namespace_uri == kInstanceNamespace && attribute.name == "schemaLocation") continue;
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&](const AttributeRule& row) { return row.name == attribute.name; });
    if (!attribute.namespace_uri.empty() || rule == rules.end()) return false;
    const std::size_t simple = place_of(rule->type);
    if (plain_values_[simple].is_valid(attribute.value)) {
      if (out != nullptr) out->attributes.emplace_back(attribute.name, attribute.value);
    } else {
      if (simple_types()[simple].base == Builtin::Id) return false;  // each may be there once in a document
      std::string value(attribute.value);
      if (broken_rule(simple_types()[simple], value)) return false;
      if (out != nullptr) out->attributes.emplace_back(attribute.name, std::move(value));
    }
    missing -= rule->required ? 1 : 0;
  }
  return missing == 0;
}

bool QuickReader::text(Place at, std::int16_t type, std::string_view default_text, Element* out) {
  const auto& here = elements_[at];
  if (here.child_count > 0) return false;
  const auto plain = tree_.plain_text(here);
  if (!plain.empty() && plain_values_[place_of(type)].is_valid(plain)) {
    if (out != nullptr) out->text = plain;
    return true;
  }
  std::string value;
  xml::Node(&tree_, at).append_text(value);
  if (value.empty()) value = default_text;
  if (broken_rule(simple_types()[place_of(type)], value)) return false;
  if (out != nullptr) out->text = std::move(value);
  return true;
}

bool QuickReader::children(Place parent, std::size_t type, Element* out) {
  if (out != nullptr) out->children.reserve(elements_[parent].child_count);
  ContentPaths::Walk walk(paths_, type);
  for (auto at = elements_[parent].first_child; at != xml::Tree::kNone; at = elements_[at].next) {
    const Space space = space_of_element(elements_[at]);
    const auto fit = walk.step(space, elements_[at].name);
    if (!fit) return false;
    const Particle& particle = particles()[fit->particle];
    Element* child = nullptr;
    if (out != nullptr && space != Space::Signature) {
      child = &out->children.emplace_back();
      child->name = ElementName::lasting(fit->name);
    }
    if (!read(at, particle.type, particle.default_text, child)) return false;
  }
  return walk.may_end();
}

/// Elements of one namespace mostly share the text that declares it, so its place tells.
Space QuickReader::space_of_element(const xml::Tree::Element& element) {
  const auto uri = element.namespace_uri;
  if (uri.data() != uri_.data() || uri.size() != uri_.size()) {
    uri_ = uri;
    space_ = space_of(uri);
  }
  return space_;
}

}  // namespace meterway::duis::schema
