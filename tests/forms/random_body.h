#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "flow/transform/body_rules.h"
#include "flow/transform/select.h"
#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"
#include "tests/schema/pattern_sample.h"

namespace meterway::tests {

/// Makes bodies of service requests that the schema allows and that make sense: every optional element, alternative and
/// number of repetitions has its turn, values are drawn from what their types allow, and then the rules of
/// spec/body_rules.tsv are put right. What the schema cannot know (certificates, devices of the home) is given.
class RandomBody {
 public:
  /// The text for an element of this name below that parent; none where any value of its type will do.
  using Given = std::function<std::optional<std::string>(std::string_view parent, std::string_view name)>;

  RandomBody(std::uint64_t seed, Given given) : random_(seed), sample_(random_), given_(std::move(given)) {}

  /// `gas`: of two forms the one for gas.
  duis::Element body(const duis::Service& service, bool gas) {
    gas_ = gas;
    duis::Element out{std::string(service.body_element), "", {}, {}};
    if (const auto* particle = body_particle(service.body_element)) fill(out, particle->type, "", 1, 0);
    make_sense(service, out);
    return out;
  }

  /// Another value for a leaf, as its type allows; nothing for an element that has no text of its own.
  std::optional<std::string> another(const duis::Service& service, const std::vector<std::string>& path) {
    const auto* here = body_particle(service.body_element);
    for (std::size_t i = 0; i < path.size() && here != nullptr; ++i) here = child_of(here->type, path[i]);
    if (here == nullptr) return std::nullopt;
    const auto parent = path.size() > 1 ? path[path.size() - 2] : std::string();
    if (here->type < 0) return text_of(simple(here->type), parent, path.back());
    const auto& form = complex(here->type);
    if (form.kind != duis::schema::ContentKind::Simple) return std::nullopt;
    return text_of(simple(form.of), parent, path.back());
  }

 private:
  using Particle = duis::schema::Particle;
  using Kind = duis::schema::ParticleKind;

  std::uint64_t below(std::uint64_t bound) { return random_.next_u64() % bound; }
  static std::string_view local_name(const Particle& element) { return duis::schema::names()[element.name].local; }
  static const duis::schema::ComplexType& complex(std::int16_t type) {
    return duis::schema::complex_types()[static_cast<std::size_t>(type)];
  }
  static const duis::schema::SimpleType& simple(std::int16_t type) {
    return duis::schema::simple_types()[static_cast<std::size_t>(-1 - type)];
  }
  static const Particle& at(std::size_t place) { return duis::schema::particles()[place]; }

  static const Particle* child_of(std::int16_t type, std::string_view name) {
    if (type < 0) return nullptr;
    for (std::size_t place = complex(type).particle; place < complex(type).particle_end; ++place) {
      if (at(place).kind == Kind::Element && local_name(at(place)) == name) return &at(place);
    }
    return nullptr;
  }
  static const Particle* body_particle(std::string_view name) {
    for (const auto& global : duis::schema::global_elements()) {
      if (duis::schema::names()[global.name].local != "Request") continue;
      const auto* body = child_of(global.type, "Body");
      return body != nullptr ? child_of(body->type, name) : nullptr;
    }
    return nullptr;
  }

  void fill(duis::Element& out, std::int16_t type, std::string_view parent, std::size_t number, int depth) {
    if (type < 0) {
      out.text = text_of(simple(type), parent, out.name);
      return;
    }
    const auto& form = complex(type);
    for (const auto& attribute : attributes_of(form)) {
      if (!attribute.required && below(2) == 0) continue;
      const bool counts = attribute.name == "index" || attribute.name == "identifier";
      out.attributes.emplace_back(attribute.name,
                                  counts ? std::to_string(number) : text_of(simple(attribute.type), out.name, ""));
    }
    if (form.kind == duis::schema::ContentKind::Simple) {
      out.text = text_of(simple(form.of), parent, out.name);
    } else if (form.particle != form.particle_end && depth < 20) {
      repeat(out, form.particle, depth);
    }
  }

  /// Mostly few, now and then as many as may be.
  void repeat(duis::Element& out, std::size_t place, int depth) {
    const std::size_t least = at(place).least, spare = at(place).most - least;
    std::size_t count = least;
    if (spare > 0)
      count += below(8) == 0 ? below(std::min<std::size_t>(spare, 50) + 1) : below(std::min<std::size_t>(spare, 3) + 1);
    for (std::size_t i = 0; i < count; ++i) once(out, place, i + 1, depth);
  }

  void once(duis::Element& out, std::size_t place, std::size_t number, int depth) {
    const auto& here = at(place);
    if (here.kind == Kind::Element) {
      auto& child = out.children.emplace_back();
      child.name = local_name(here);
      fill(child, here.type, out.name, number, depth + 1);
    } else if (here.kind == Kind::Sequence) {
      for (auto part = place + 1; part < here.end; part = at(part).end) repeat(out, part, depth);
    } else if (here.kind == Kind::Choice) {
      std::vector<std::size_t> alternatives, of_the_fuel;
      for (auto part = place + 1; part < here.end; part = at(part).end) {
        alternatives.push_back(part);
        const auto fuel = fuel_of(part);
        if (fuel == 0 || (fuel == 'g') == gas_) of_the_fuel.push_back(part);
      }
      if (!of_the_fuel.empty()) alternatives = of_the_fuel;
      if (!alternatives.empty()) repeat(out, alternatives[below(alternatives.size())], depth);
    }
  }

  /// 'g', 'e' or 0: what the name of the (first) element says.
  static char fuel_of(std::size_t place) {
    while (at(place).kind != Kind::Element) {
      if (place + 1 >= at(place).end) return 0;
      ++place;
    }
    const auto name = local_name(at(place));
    if (name.find("Gas") != std::string_view::npos || name == "ImportMPRN" || name == "UncontrolledGasFlowRate")
      return 'g';
    return name.find("Elec") != std::string_view::npos || name == "ImportMPANs" ? 'e' : '\0';
  }

  // ---- values

  std::string text_of(const duis::schema::SimpleType& type, std::string_view parent, std::string_view name) {
    using duis::schema::Builtin;
    if (auto given = given_(parent, name)) return *std::move(given);
    if (const auto allowed = values_of(type); !allowed.empty()) return std::string(allowed[below(allowed.size())]);
    if (name == "SpecifiedYear") return std::to_string(2014 + below(80));
    if (name.starts_with("Specified")) return whole(type, 2);
    if (type.pattern_count > 0) return sample_.of(duis::schema::patterns()[type.first_pattern]);
    switch (type.base) {
      case Builtin::Boolean:
        return below(2) == 0 ? "true" : "false";
      case Builtin::DateTime:
        return name == "ExecutionDateTime" && below(4) == 0 ? "3000-12-31T00:00:00Z" : date() + "T" + time() + "Z";
      case Builtin::Date:
        return date();
      case Builtin::Time:
        return time() + ".00Z";
      case Builtin::HexBinary:
        return letters(2 * length(type, 12), "0123456789ABCDEF");
      case Builtin::Decimal:
        return decimal(type);
      case Builtin::String:
      case Builtin::Token:
      case Builtin::AnyUri:
      case Builtin::Id:
      case Builtin::Base64Binary:
        return letters(length(type, 12), "abcdefghijklmnop0123456789");
      default:
        return whole(type, 0);
    }
  }

  std::string letters(std::size_t count, std::string_view from) {
    std::string text;
    while (text.size() < count) text += from[below(from.size())];
    return text;
  }
  std::string two(std::uint64_t low, std::uint64_t high) {
    const auto value = low + below(high - low + 1);
    return (value < 10 ? "0" : "") + std::to_string(value);
  }
  std::string date() { return "20" + two(26, 80) + "-" + two(1, 12) + "-" + two(1, 28); }
  std::string time() { return two(0, 23) + ":" + two(0, 59) + ":" + two(0, 59); }
  std::size_t length(const duis::schema::SimpleType& type, std::size_t usual) {
    const std::size_t least = type.shortest < 0 ? 1 : static_cast<std::size_t>(std::max(type.shortest, 1));
    const std::size_t most = type.longest < 0 ? std::max(least, usual) : static_cast<std::size_t>(type.longest);
    return least + below(std::min(most, least + 40) - least + 1);
  }

  /// What the built-in type and its bounds allow: at a bound, small, or anywhere.
  std::string whole(const duis::schema::SimpleType& type, std::size_t digits) {
    using duis::schema::Builtin;
    std::int64_t low = 0, high = 2147483647;
    if (type.base == Builtin::Int || type.base == Builtin::Integer) low = -2147483648LL;
    if (type.base == Builtin::Short) low = -32768, high = 32767;
    if (type.base == Builtin::UnsignedShort) high = 65535;
    if (type.base == Builtin::UnsignedInt) high = 4294967295LL;
    if (type.base == Builtin::UnsignedLong) high = 281474976710655LL;
    if (type.base == Builtin::PositiveInteger) low = 1;
    if (type.base == Builtin::NonPositiveInteger) low = -1000, high = 0;
    if (!type.low.empty()) low = std::stoll(std::string(type.low)) + type.low_excluded;
    if (!type.high.empty()) high = std::stoll(std::string(type.high)) - type.high_excluded;
    for (std::int64_t limit = 1, i = 0; type.total_digits > 0 && i <= type.total_digits && i < 18; limit *= 10, ++i) {
      if (i == type.total_digits) high = std::min(high, limit - 1);
    }
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    std::int64_t value = low + static_cast<std::int64_t>(below(span));
    if (below(8) == 0) value = below(2) == 0 ? low : high;
    if (below(3) == 0) value = std::clamp<std::int64_t>(static_cast<std::int64_t>(below(100)), low, high);
    auto text = std::to_string(value);
    while (text.size() < digits) text.insert(0, "0");
    return text;
  }

  std::string decimal(const duis::schema::SimpleType& type) {
    const int places = type.fraction_digits < 0 ? 1 : type.fraction_digits;
    std::int64_t scale = 1;
    for (int i = 0; i < places; ++i) scale *= 10;
    const auto bound = [&](std::string_view text, double otherwise) {
      return static_cast<std::int64_t>(
          (text.empty() ? otherwise : std::stod(std::string(text))) * static_cast<double>(scale) + 0.5);
    };
    const auto low = bound(type.low, 0) + type.low_excluded, high = bound(type.high, 100) - type.high_excluded;
    const auto value = low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    auto text = std::to_string(value);
    if (places == 0) return text;
    while (text.size() <= static_cast<std::size_t>(places)) text.insert(0, "0");
    return text.insert(text.size() - static_cast<std::size_t>(places), ".");
  }

  // ---- sense

  /// Puts right what breaks a rule, until none is broken: one repair can undo another.
  void make_sense(const duis::Service& service, duis::Element& body);
  void repair(const flow::transform::BodyRule& rule, duis::Element& body);
  static void mark(duis::Element& schedule, std::size_t days);

  SeededRandom random_;
  PatternSample sample_;
  Given given_;
  bool gas_ = false;
};

/// The elements of a path, to be changed.
inline std::vector<duis::Element*> changeable(duis::Element& at, std::string_view path) {
  std::vector<duis::Element*> out;
  for (const auto* element : flow::transform::select(at, path.substr(0, path.find('@')))) {
    out.push_back(const_cast<duis::Element*>(element));
  }
  return out;
}

/// The text, or the attribute that the path names.
inline std::string& value_at(duis::Element& element, std::string_view path) {
  const auto mark = path.find('@');
  if (mark == std::string_view::npos) return element.text;
  for (auto& [name, value] : element.attributes) {
    if (name == path.substr(mark + 1)) return value;
  }
  return element.text;
}

inline void RandomBody::make_sense(const duis::Service& service, duis::Element& body) {
  for (int round = 0; round < 20 && !flow::transform::check_body(service.variant, body); ++round) {
    for (const auto& rule : flow::transform::body_rules()) {
      const auto words = " " + std::string(rule.services) + " ";
      if (rule.services != "*" && words.find(" " + std::string(service.variant) + " ") == std::string::npos) continue;
      if (!flow::transform::judge(rule, body)) repair(rule, body);
    }
  }
}

/// What marks special days names each once, and at most those that there are.
inline void RandomBody::mark(duis::Element& schedule, std::size_t days) {
  auto& entries = schedule.children;
  std::size_t seen = 0;
  std::erase_if(entries, [&](auto& child) {
    if (child.name != "SpecialDaysApplicability") return false;
    if (!child.attributes.empty()) {
      child.attributes.front().second = std::to_string(++seen);
      return seen > days;
    }
    std::size_t inside = 0;
    std::erase_if(child.children, [&](auto& one) {
      one.children.front().text = std::to_string(++inside);
      return inside > days;
    });
    return false;
  });
}

inline void RandomBody::repair(const flow::transform::BodyRule& rule, duis::Element& body) {
  using flow::transform::RuleKind;
  const std::string_view path = rule.what;
  for (auto* at : changeable(body, rule.at)) {
    auto what = changeable(*at, path);
    const auto against = rule.against == "-" ? std::vector<duis::Element*>() : changeable(*at, rule.against);
    const auto applicability = path.find("/SpecialDaysApplicability");
    switch (rule.kind) {
      case RuleKind::Unique:
      case RuleKind::Unlike:
      case RuleKind::Numbered:
        for (std::size_t i = 0; i < what.size(); ++i) value_at(*what[i], path) = std::to_string(i + 1);
        break;
      case RuleKind::Refers:
        if (applicability != std::string_view::npos) {
          for (auto* schedule : changeable(*at, path.substr(0, applicability))) mark(*schedule, against.size());
        } else {
          for (auto* one : what) value_at(*one, path) = value_at(*against[below(against.size())], rule.against);
        }
        break;
      case RuleKind::Ascending:
        for (std::size_t i = 0; i < what.size(); ++i) {
          const auto minute = i * 24 * 60 / what.size();
          what[i]->text = two(minute / 60, minute / 60) + ":" + two(minute % 60, minute % 60) + ":00.00Z";
        }
        break;
      case RuleKind::Ordered:
      case RuleKind::Before:
        if (what.empty() || against.empty()) break;
        if (what.front()->text.size() > against.front()->text.size() ||
            (what.front()->text.size() == against.front()->text.size() && what.front()->text > against.front()->text)) {
          std::swap(what.front()->text, against.front()->text);  // numbers, or dates of one form
        }
        if (what.front()->text == against.front()->text && rule.kind == RuleKind::Before)
          against.front()->text = "2099-12-31T00:00:00Z";
        break;
      case RuleKind::OneFewer:
        if (against.size() < 2) {
          auto second = *against.front();
          second.attributes.front().second = "2";
          at->children.insert(at->children.begin() + 1, std::move(second));
        }
        changeable(*at, path).front()->text = std::to_string(std::max<std::size_t>(against.size(), 2) - 1);
        break;
      case RuleKind::NotBoth:
      case RuleKind::LeadsUp:
        break;  // given, not drawn
    }
  }
}

}  // namespace meterway::tests
