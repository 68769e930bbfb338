#pragma once
#include <algorithm>
#include <map>
#include <string>

#include "base/util/random.h"
#include "standard/duis/schema_tables.h"
#include "tests/schema/pattern_sample.h"

namespace meterway::tests {

/// Makes documents that should be valid, from our schema tables alone: if the official schema accepts them, the tables
/// say nothing that it does not. Choices go round, so that every alternative has its turn. Wildcards are left out.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string document(std::string_view root) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sr:" + std::string(root) +
           " xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
           "xmlns:ra=\"http://www.dccinterface.co.uk/ResponseAndAlert\" "
           "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    for (const auto& global : duis::schema::global_elements()) {
      if (duis::schema::names()[global.name].local == root) content(global.type, 0);
    }
    out_ += "</sr:" + std::string(root) + ">\n";
    return out_;
  }

 private:
  std::size_t below(std::size_t bound) { return random_.next_u64() % bound; }

  static const duis::schema::SimpleType& simple(std::int16_t type) {
    return duis::schema::simple_types()[static_cast<std::size_t>(-1 - type)];
  }

  /// Writes attributes, ">" and what is inside.
  void content(std::int16_t type, int depth) {
    if (type < 0) {
      out_ += ">" + value(simple(type));
      return;
    }
    const auto& complex = duis::schema::complex_types()[static_cast<std::size_t>(type)];
    for (const auto& attribute : attributes_of(complex)) {
      if (!attribute.required && below(2) == 0) continue;
      out_ += " " + std::string(attribute.name) + "=\"" + value(simple(attribute.type)) + "\"";
    }
    out_ += ">";
    if (complex.kind == duis::schema::ContentKind::Simple) {
      out_ += value(simple(complex.of));
    } else if (complex.particle != complex.particle_end) {
      particle(complex.particle, depth);
    }
  }

  void particle(std::size_t place, int depth) {
    using duis::schema::ParticleKind;
    const auto& here = duis::schema::particles()[place];
    std::size_t count = here.least;
    const std::size_t spare = static_cast<std::size_t>(here.most - here.least);
    if (depth < 14 && spare > 0 && here.kind != ParticleKind::Any) count += below(std::min<std::size_t>(spare, 2) + 1);
    for (std::size_t i = 0; i < count; ++i) once(place, depth);
  }

  void once(std::size_t place, int depth) {
    using duis::schema::ParticleKind;
    const auto& here = duis::schema::particles()[place];
    if (here.kind == ParticleKind::Element) {
      const auto& name = duis::schema::names()[here.name];
      const std::string text =
          std::string(prefix_of(static_cast<duis::schema::Space>(name.space))) + ":" + std::string(name.local);
      out_ += "<" + text;
      content(here.type, depth + 1);
      out_ += "</" + text + ">";
    } else if (here.kind == ParticleKind::Sequence) {
      for (std::size_t at = place + 1; at < here.end; at = duis::schema::particles()[at].end) particle(at, depth);
    } else if (here.kind == ParticleKind::Choice) {
      std::vector<std::size_t> alternatives;
      for (std::size_t at = place + 1; at < here.end; at = duis::schema::particles()[at].end) {
        if (duis::schema::particles()[at].kind != ParticleKind::Any) alternatives.push_back(at);
      }
      if (!alternatives.empty()) particle(alternatives[turn_[place]++ % alternatives.size()], depth);
    }
  }

  std::string value(const duis::schema::SimpleType& type) {
    using duis::schema::Builtin;
    if (const auto allowed = values_of(type); !allowed.empty())
      return escaped(std::string(allowed[below(allowed.size())]));
    if (type.pattern_count > 0) {
      return escaped(PatternSample(random_).of(duis::schema::patterns()[type.first_pattern]));
    }
    switch (type.base) {
      case Builtin::Boolean:
        return below(2) == 0 ? "true" : "0";
      case Builtin::DateTime:
        return "20" + two(14, 60) + "-" + two(1, 12) + "-" + two(1, 28) + "T" + two(0, 23) + ":" + two(0, 59) + ":" +
               two(0, 59) + zone();
      case Builtin::Date:
        return "20" + two(14, 60) + "-" + two(1, 12) + "-" + two(1, 28);
      case Builtin::Time:
        return two(0, 23) + ":" + two(0, 59) + ":" + two(0, 59) + zone();
      case Builtin::HexBinary:
        return repeated("a5", length(type, 6));
      case Builtin::Base64Binary:
        return below(2) == 0 ? "ZGVmYXVsdA==" : "AAAA";
      case Builtin::AnyUri:
        return "http://www.w3.org/2000/09/xmldsig#sha1";
      case Builtin::Id:
        return "id" + std::to_string(ids_++);
      case Builtin::String:
      case Builtin::Token:
        return repeated("x", length(type, 12));
      default:
        return number(type);
    }
  }

  std::string two(std::size_t low, std::size_t high) {
    const std::size_t value = low + below(high - low + 1);
    return (value < 10 ? "0" : "") + std::to_string(value);
  }
  std::string zone() {
    static constexpr const char* kZones[] = {"Z", ".00Z", "", "+01:00", ".125-05:30"};
    return kZones[below(5)];
  }
  std::size_t length(const duis::schema::SimpleType& type, std::size_t usual) {
    const std::size_t least = type.shortest < 0 ? 1 : static_cast<std::size_t>(type.shortest);
    const std::size_t most =
        type.longest < 0 ? std::max(least, usual) : std::min(static_cast<std::size_t>(type.longest), least + usual);
    return least + below(most - least + 1);
  }
  static std::string repeated(std::string_view unit, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += unit;
    return text;
  }

  /// One of the bounds, or a step inside from one.
  std::string number(const duis::schema::SimpleType& type) {
    const bool decimal = type.base == duis::schema::Builtin::Decimal;
    if (decimal && type.low_excluded) return "2.0";
    if (!type.low.empty() && (type.high.empty() || below(2) == 0)) {
      if (decimal) return std::string(type.low);
      return std::to_string(std::stoll(std::string(type.low)) + (type.low_excluded || below(2) == 0 ? 1 : 0));
    }
    if (!type.high.empty()) return std::string(type.high);
    return type.base == duis::schema::Builtin::NonPositiveInteger ? "-3" : std::to_string(1 + below(90));
  }

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
    }
    return out;
  }

  SeededRandom random_;
  std::string out_;
  std::map<std::size_t, std::size_t> turn_;
  int ids_ = 0;
};

}  // namespace meterway::tests
