#pragma once
#include <cstdint>
#include <span>
#include <string_view>

/// Schema 5.4 as arrays, generated from spec/duis_types.tsv and spec/duis_simple_types.tsv (docs/wire/duis.md explains
/// the columns). A type reference is the place of a complex type, or -1 - the place of a simple type.
namespace meterway::duis::schema {

enum class Builtin : std::uint8_t {
  String,
  Token,
  AnyUri,
  Id,
  Boolean,
  Decimal,
  Integer,
  PositiveInteger,
  NonNegativeInteger,
  NonPositiveInteger,
  Int,
  Short,
  UnsignedLong,
  UnsignedInt,
  UnsignedShort,
  DateTime,
  Date,
  Time,
  HexBinary,
  Base64Binary,
};

enum class Space : std::uint8_t { Gateway, ResponseAndAlert, Signature, Other };
enum class ParticleKind : std::uint8_t { Sequence, Choice, Element, Any };
enum class ContentKind : std::uint8_t { Empty, Simple, Elements, Mixed };

inline constexpr std::uint16_t kUnbounded = 65535;
inline constexpr std::uint16_t kNoName = 65535;

struct Name {
  std::uint8_t space;
  std::string_view local;
};

struct Particle {
  ParticleKind kind;
  bool hollow;         ///< a group that nothing at all can satisfy
  std::uint16_t name;  ///< Element: place in names; Any: 1 when only foreign namespaces are meant
  std::int16_t type;   ///< Element: type reference; Any: 1 when unknown elements are passed over
  std::uint16_t least;
  std::uint16_t most;
  std::uint16_t end;  ///< place after the last particle inside
  std::string_view default_text;
};

struct AttributeRule {
  std::string_view name;
  std::int16_t type;
  bool required;
};

struct ComplexType {
  std::string_view name;
  ContentKind kind;
  std::int16_t of;  ///< Simple: the type of its text
  std::uint16_t first_attribute;
  std::uint16_t attribute_count;
  std::uint16_t particle;  ///< the top one; none when it equals particle_end
  std::uint16_t particle_end;
};

struct SimpleType {
  std::string_view name;
  Builtin base;
  std::int32_t shortest;  ///< characters, or octets of binary types; -1 for no bound
  std::int32_t longest;
  std::string_view low;  ///< decimal; empty for no bound
  bool low_excluded;
  std::string_view high;
  bool high_excluded;
  std::int16_t total_digits;  ///< -1 for any
  std::int16_t fraction_digits;
  std::uint16_t first_pattern;
  std::uint16_t pattern_count;
  std::uint16_t first_value;
  std::uint16_t value_count;
};

struct GlobalElement {
  std::uint16_t name;
  std::int16_t type;
};

std::span<const Name> names();
std::span<const Particle> particles();
std::span<const AttributeRule> attributes_of(const ComplexType& type);
std::span<const ComplexType> complex_types();
std::span<const SimpleType> simple_types();
std::span<const std::string_view> values_of(const SimpleType& type);
std::span<const std::string_view> patterns();
std::span<const GlobalElement> global_elements();

Space space_of(std::string_view namespace_uri);
/// "sr", "ra" or "ds"; empty for another namespace.
std::string_view prefix_of(Space space);
/// The place of a name in names(), kNoName when the schema has no element of that name.
std::uint16_t find_name(Space space, std::string_view local);
/// The element of this name inside the Body of a Request; null when there is none.
const Particle* body_particle(std::string_view body_element);

}  // namespace meterway::duis::schema
