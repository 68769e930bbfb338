#include "standard/duis/sample_body.h"

#include <algorithm>
#include <optional>

#include "standard/duis/response_body.h"
#include "standard/duis/sample_value.h"
#include "standard/duis/schema_value.h"
#include "standard/duis/xml_text.h"

namespace meterway::duis {
namespace {

using schema::ContentKind;
using schema::Particle;
using schema::ParticleKind;

struct ValueRow {
  std::string_view path;
  std::string_view services;  ///< " 4.1.1 4.1.2 "; empty: all
  std::string_view value;
};
constexpr ValueRow kValues[] = {
#include "standard/duis/sample_values.inc"
};
constexpr int kDeepest = 16;  // below a body element; the schema has no more

std::string_view local_name(const Particle& element) { return schema::names()[element.name].local; }
const schema::ComplexType& complex(std::int16_t type) {
  return schema::complex_types()[static_cast<std::size_t>(type)];
}
const schema::SimpleType& simple(std::int16_t type) {
  return schema::simple_types()[static_cast<std::size_t>(-1 - type)];
}

/// `asked` is the path, or its end.
bool names(std::string_view asked, std::string_view path) {
  if (path.size() == asked.size()) return path == asked;
  return path.size() > asked.size() && path.ends_with(asked) && path[path.size() - asked.size() - 1] == '/';
}
std::string below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "/" + std::string(name);
}

bool holds_value(std::int16_t type, const std::string& path, std::string_view path_end, int depth) {
  if (type < 0 || complex(type).kind == ContentKind::Simple) return names(path_end, path);
  for (std::size_t at = complex(type).particle; at < complex(type).particle_end && depth < kDeepest; ++at) {
    const auto& here = schema::particles()[at];
    if (here.kind == ParticleKind::Element &&
        holds_value(here.type, below(path, local_name(here)), path_end, depth + 1))
      return true;
  }
  return false;
}

std::string meant_by(std::string_view value, const SampleOf& about) {
  constexpr std::chrono::hours kDay{24};
  if (value == "$device") return about.device.dashed_upper();
  if (value == "$now") return to_iso8601(about.now, 0);
  if (value == "$today") return to_iso8601(about.now, 0).substr(0, 10);
  if (value == "$yesterday") return to_iso8601(about.now - kDay, 0);
  if (value == "$tomorrow") return to_iso8601(about.now + kDay, 0);
  return std::string(value);
}

class Sampler {
 public:
  Sampler(const Service& service, BodyValues given, const SampleOf& about)
      : service_(service), given_(std::move(given)), about_(about) {}

  std::string body() {
    Element out;
    out.name = service_.body_element;
    const auto* particle = schema::body_particle(service_.body_element);
    if (particle != nullptr) fill(out, particle->type, "", 1, 0);
    for (auto& [path, text] : given_) out.children.push_back(text_element(path.substr(path.rfind('/') + 1), text));
    std::string text;
    append_element(text, out);
    return text;
  }

 private:
  /// What the element at this path is to hold: what was given for it, which is used up; else a row's value; else the
  /// smallest.
  std::string text_of(const schema::SimpleType& type, const std::string& path) {
    const auto asked =
        std::find_if(given_.begin(), given_.end(), [&](const auto& one) { return names(one.first, path); });
    if (asked != given_.end()) {
      auto text = std::move(asked->second);
      given_.erase(asked);
      return text;
    }
    return sample_text(service_, type, path, about_);
  }

  /// Something given stands at this element or within it.
  bool is_wanted(const Particle& element, const std::string& parent, int depth) const {
    if (depth > kDeepest || given_.empty()) return false;
    const auto path = below(parent, local_name(element));
    if (std::any_of(given_.begin(), given_.end(), [&](const auto& one) { return names(one.first, path); })) return true;
    return element.type >= 0 &&
           is_wanted_in(complex(element.type).particle, complex(element.type).particle_end, path, depth + 1);
  }
  bool is_wanted_in(std::size_t from, std::size_t end, const std::string& path, int depth) const {
    for (auto at = from; at < end; ++at) {
      const auto& here = schema::particles()[at];
      if (here.kind == ParticleKind::Element && is_wanted(here, path, depth)) return true;
    }
    return false;
  }
  bool is_wanted_at(std::size_t place, const std::string& path, int depth) const {
    const auto& here = schema::particles()[place];
    return here.kind == ParticleKind::Element ? is_wanted(here, path, depth)
                                              : is_wanted_in(place + 1, here.end, path, depth);
  }

  void fill(Element& out, std::int16_t type, const std::string& path, std::size_t number, int depth) {
    if (type < 0) {
      out.text = text_of(simple(type), path);
      return;
    }
    const auto& form = complex(type);
    for (const auto& attribute : attributes_of(form)) {
      if (!attribute.required) continue;
      auto text = std::to_string(number);  // an index counts the repetitions
      if (attribute.name != "index" || schema::broken_rule(simple(attribute.type), text))
        text = schema::sample_value(simple(attribute.type), about_.now);
      out.attributes.emplace_back(attribute.name, text);
    }
    if (form.kind == ContentKind::Simple) {
      out.text = text_of(simple(form.of), path);
    } else if (form.particle != form.particle_end && depth < kDeepest) {
      repeat(out, form.particle, path, depth);
    }
  }

  void repeat(Element& out, std::size_t place, const std::string& path, int depth) {
    const auto& here = schema::particles()[place];
    for (std::size_t count = 0; count < here.most; ++count) {
      const auto left = given_.size();
      if (count >= here.least && !is_wanted_at(place, path, depth)) return;
      once(out, place, path, count + 1, depth);
      if (count + 1 >= here.least && given_.size() == left) return;  // nothing given was used up: no more of it
    }
  }

  void once(Element& out, std::size_t place, const std::string& path, std::size_t number, int depth) {
    const auto particles = schema::particles();
    const auto& here = particles[place];
    if (here.kind == ParticleKind::Element) {
      Element child;
      child.name = local_name(here);
      fill(child, here.type, below(path, child.name), number, depth + 1);
      out.children.push_back(std::move(child));
    } else if (here.kind == ParticleKind::Sequence) {
      for (auto at = place + 1; at < here.end; at = particles[at].end) repeat(out, at, path, depth);
    } else if (here.kind == ParticleKind::Choice) {
      if (const auto chosen = alternative(place, path, depth)) repeat(out, *chosen, path, depth);
    }
  }

  std::optional<std::size_t> alternative(std::size_t place, const std::string& path, int depth) const {
    const auto particles = schema::particles();
    std::optional<std::size_t> first, for_gas;
    for (auto at = place + 1; at < particles[place].end; at = particles[at].end) {
      if (particles[at].kind == ParticleKind::Any) continue;
      if (is_wanted_at(at, path, depth)) return at;
      if (!first) first = at;
      if (!for_gas && particles[at].kind == ParticleKind::Element &&
          local_name(particles[at]).find("Gas") != std::string_view::npos)
        for_gas = at;
    }
    return about_.gas && for_gas ? for_gas : first;
  }

  const Service& service_;
  BodyValues given_;
  const SampleOf about_;
};

}  // namespace

bool may_hold(const Service& service, std::string_view path_end) {
  const auto* particle = schema::body_particle(service.body_element);
  return particle != nullptr && holds_value(particle->type, std::string(service.body_element), path_end, 0);
}

std::string sample_text(const Service& service, const schema::SimpleType& type, const std::string& path,
                        const SampleOf& about) {
  for (const auto& row : kValues) {
    if (!names(row.path, path)) continue;
    if (!row.services.empty() && row.services.find(" " + std::string(service.variant) + " ") == row.services.npos)
      continue;
    auto text = meant_by(row.value, about);
    auto normalised = text;
    if (!schema::broken_rule(type, normalised)) return text;
  }
  return schema::sample_value(type, about.now);
}

std::string sample_body(const Service& service, BodyValues given, const SampleOf& about) {
  return Sampler(service, std::move(given), about).body();
}

}  // namespace meterway::duis
