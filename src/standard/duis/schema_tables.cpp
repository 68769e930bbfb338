#include "standard/duis/schema_tables.h"

#include <array>
#include <cstring>

namespace meterway::duis::schema {
namespace {

#include "standard/duis/schema.inc"

constexpr std::string_view kSpaces[] = {"http://www.dccinterface.co.uk/ServiceUserGateway",
                                        "http://www.dccinterface.co.uk/ResponseAndAlert",
                                        "http://www.w3.org/2000/09/xmldsig#"};
constexpr std::string_view kPrefixes[] = {"sr", "ra", "ds", ""};

/// Places of names, by hash: every element of every document is looked up once.
class NameTable {
 public:
  NameTable() {
    slots_.fill(kNoName);
    for (std::size_t place = 0; place < std::size(kNames); ++place) {
      std::size_t at = slot_of(kNames[place]);
      while (slots_[at] != kNoName) at = (at + 1) % kSlots;
      slots_[at] = static_cast<std::uint16_t>(place);
    }
  }

  std::uint16_t find(const Name& wanted) const {
    for (std::size_t at = slot_of(wanted); slots_[at] != kNoName; at = (at + 1) % kSlots) {
      const Name& name = kNames[slots_[at]];
      if (name.space == wanted.space && name.local == wanted.local) return slots_[at];
    }
    return kNoName;
  }

 private:
  static constexpr std::size_t kSlots = 8192;
  static_assert(std::size(kNames) < kSlots / 2);

  static std::uint64_t eight_at(const char* text) {
    std::uint64_t out = 0;
    std::memcpy(&out, text, sizeof out);
    return out;
  }

  static std::size_t slot_of(const Name& name) {
    // Length, both ends and the middle tell nearly all names apart: at most three share a slot.
    constexpr std::uint64_t kOdd = 0xD6E8FEB86659FD93u;
    const auto size = name.local.size();
    const char* text = name.local.data();
    std::uint64_t hash = 0x9E3779B97F4A7C15u * (size << 2 | name.space);
    if (size < 8) {
      for (const char c : name.local) hash = hash << 7 ^ hash >> 57 ^ static_cast<unsigned char>(c);
    } else {
      for (const auto place : {std::size_t{0}, (size - 8) / 2, size - 8}) {
        hash = (hash ^ eight_at(text + place)) * kOdd;
        hash ^= hash >> 29;
      }
    }
    hash *= kOdd;
    return (hash ^ hash >> 32) % kSlots;
  }

  std::array<std::uint16_t, kSlots> slots_;
};

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
  static const NameTable table;
  return table.find({static_cast<std::uint8_t>(space), local});
}

namespace {

/// The element of this name among those anywhere in a type; null when there is none.
const Particle* element_of(std::int16_t type, std::string_view name) {
  if (type < 0) return nullptr;
  const auto& parent = complex_types()[static_cast<std::size_t>(type)];
  for (std::size_t at = parent.particle; at < parent.particle_end; ++at) {
    const auto& here = particles()[at];
    if (here.kind == ParticleKind::Element && names()[here.name].local == name) return &here;
  }
  return nullptr;
}

}  // namespace

const Particle* body_particle(std::string_view body_element) {
  for (const auto& global : global_elements()) {
    if (names()[global.name].local != "Request") continue;
    const auto* body = element_of(global.type, "Body");
    return body != nullptr ? element_of(body->type, body_element) : nullptr;
  }
  return nullptr;
}

}  // namespace meterway::duis::schema
