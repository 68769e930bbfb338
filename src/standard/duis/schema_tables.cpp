#include "standard/duis/schema_tables.h"

#include <algorithm>
#include <utility>

namespace meterway::duis::schema {
namespace {

#include "standard/duis/schema.inc"

constexpr std::string_view kSpaces[] = {"http://www.dccinterface.co.uk/ServiceUserGateway",
                                        "http://www.dccinterface.co.uk/ResponseAndAlert",
                                        "http://www.w3.org/2000/09/xmldsig#"};
constexpr std::string_view kPrefixes[] = {"sr", "ra", "ds", ""};

bool before(const Name& a, const Name& b) { return std::pair(a.space, a.local) < std::pair(b.space, b.local); }

}  // namespace

std::span<const Name> names() { return kNames; }
std::span<const Particle> particles() { return kParticles; }
std::span<const AttributeRule> attributes_of(const ComplexType& type) {
  return std::span(kAttributes).subspan(type.first_attribute, type.attribute_count);
}
std::span<const ComplexType> complex_types() { return kComplexTypes; }
std::span<const SimpleType> simple_types() { return kSimpleTypes; }
std::span<const std::string_view> values_of(const SimpleType& type) {
  return std::span(kValues).subspan(type.first_value, type.value_count);
}
std::span<const std::string_view> patterns() { return kPatterns; }
std::span<const GlobalElement> global_elements() { return kGlobals; }

Space space_of(std::string_view namespace_uri) {
  for (std::size_t i = 0; i < std::size(kSpaces); ++i) {
    if (kSpaces[i] == namespace_uri) return static_cast<Space>(i);
  }
  return Space::Other;
}

std::string_view prefix_of(Space space) { return kPrefixes[static_cast<std::size_t>(space)]; }

std::uint16_t find_name(Space space, std::string_view local) {
  const Name wanted{static_cast<std::uint8_t>(space), local};
  const auto* at = std::lower_bound(std::begin(kNames), std::end(kNames), wanted, before);
  if (at == std::end(kNames) || before(wanted, *at)) return kNoName;
  return static_cast<std::uint16_t>(at - std::begin(kNames));
}

}  // namespace meterway::duis::schema
