#include "standard/forms/form.h"

#include <map>

namespace meterway::forms {
namespace {

using duis::schema::ContentKind;
using duis::schema::Particle;
using duis::schema::ParticleKind;

constexpr int kDeepest = 16;  // below a body element; the schema has no more (duis/sample_body.cpp)

const duis::schema::SimpleType& simple_at(std::int16_t type) {
  return duis::schema::simple_types()[static_cast<std::size_t>(-1 - type)];
}

void add_particles(std::vector<Part>& out, std::size_t from, std::size_t end, const std::string& path, int depth);

void describe_type(Part& part, std::int16_t type, int depth) {
  if (type < 0) {
    part.type = &simple_at(type);
    return;
  }
  const auto& form = duis::schema::complex_types()[static_cast<std::size_t>(type)];
  const auto rules = duis::schema::attributes_of(form);
  part.attributes.assign(rules.begin(), rules.end());
  if (form.kind == ContentKind::Simple) {
    part.type = &simple_at(form.of);
    return;
  }
  if (depth < kDeepest) add_particles(part.parts, form.particle, form.particle_end, part.path, depth + 1);
  part.kind = part.parts.empty() ? Part::Kind::Mark : Part::Kind::Group;
}

void add_particle(std::vector<Part>& out, std::size_t place, const std::string& path, int depth) {
  const auto& here = duis::schema::particles()[place];
  if (here.kind == ParticleKind::Any) return;
  Part part;
  part.path = path;
  part.least = here.least;
  part.most = here.most;
  if (here.kind == ParticleKind::Choice && here.hollow) part.least = 0;  // one of them may be nothing at all
  if (here.kind == ParticleKind::Element) {
    part.name = duis::schema::names()[here.name].local;
    part.path += (path.empty() ? "" : "/") + std::string(part.name);
    part.default_text = here.default_text;
    describe_type(part, here.type, depth);
    out.push_back(std::move(part));
    return;
  }
  add_particles(part.parts, place + 1, here.end, path, depth);
  if (part.parts.empty()) return;
  const bool is_choice = here.kind == ParticleKind::Choice;
  if (part.least == 1 && part.most == 1 && (!is_choice || part.parts.size() == 1)) {
    // Nothing to decide: what is in it stands here.
    for (auto& one : part.parts) out.push_back(std::move(one));
    return;
  }
  part.kind = is_choice ? Part::Kind::Choice : Part::Kind::Together;
  out.push_back(std::move(part));
}

void add_particles(std::vector<Part>& out, std::size_t from, std::size_t end, const std::string& path, int depth) {
  const auto particles = duis::schema::particles();
  for (auto at = from; at < end; at = particles[at].end) {
    const bool of_choice = from > 0 && particles[from - 1].kind == ParticleKind::Choice &&
                           particles[from - 1].end == end && particles[at].kind == ParticleKind::Sequence;
    if (!of_choice) {
      add_particle(out, at, path, depth);
      continue;
    }
    // An alternative of several elements stays together.
    Part together;
    together.kind = Part::Kind::Together;
    together.path = path;
    together.least = particles[at].least;
    together.most = particles[at].most;
    add_particles(together.parts, at + 1, particles[at].end, path, depth);
    if (together.parts.empty()) continue;
    const bool is_one = together.parts.size() == 1 && together.least == 1 && together.most == 1;
    out.push_back(is_one ? std::move(together.parts.front()) : std::move(together));
  }
}

Part make_form(const duis::Service& service) {
  Part out;
  out.kind = Part::Kind::Mark;
  out.name = service.body_element;
  const auto* particle = duis::schema::body_particle(service.body_element);
  if (particle != nullptr) describe_type(out, particle->type, 0);
  return out;
}

}  // namespace

const Part& form_of(const duis::Service& service) {
  static const auto all = [] {
    std::map<std::string_view, Part> made;
    for (const auto& one : duis::all_services()) made.emplace(one.variant, make_form(one));
    return made;
  }();
  return all.find(service.variant)->second;
}

const duis::schema::SimpleType& type_of(const duis::schema::AttributeRule& rule) { return simple_at(rule.type); }

}  // namespace meterway::forms
