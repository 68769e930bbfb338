#include <algorithm>

#include "standard/duis/schema_tables.h"
#include "standard/mmc/body.h"

namespace meterway::mmc {
namespace {

using namespace duis::schema;

/// The place of the particle of that name; beyond all of them when the type has none.
std::size_t rank(const ComplexType& type, std::string_view name) {
  for (std::size_t place = type.particle; place < type.particle_end; ++place) {
    const auto& particle = particles()[place];
    if (particle.kind == ParticleKind::Element && names()[particle.name].local == name) return place;
  }
  return particles().size();
}

void sort_children(duis::Element& element, const ComplexType& type) {
  // A device may name an alert code or a channel that the schema does not have.
  std::erase_if(element.children, [&](const auto& child) { return rank(type, child.name) == particles().size(); });
  std::stable_sort(element.children.begin(), element.children.end(),
                   [&](const auto& a, const auto& b) { return rank(type, a.name) < rank(type, b.name); });
  for (auto& child : element.children) {
    const auto place = rank(type, child.name);
    if (particles()[place].type < 0) continue;
    sort_children(child, complex_types()[static_cast<std::size_t>(particles()[place].type)]);
  }
}

}  // namespace

void in_schema_order(duis::Element& element, std::string_view type) {
  for (const auto& candidate : complex_types()) {
    if (candidate.name == type) return sort_children(element, candidate);
  }
}

}  // namespace meterway::mmc
