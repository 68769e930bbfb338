#include "standard/duis/content_model.h"

#include <algorithm>

namespace meterway::duis::schema {
namespace {

constexpr std::size_t kMostNamesTold = 8;

bool is_emptiable(const Particle& particle) { return particle.least == 0 || particle.hollow; }

/// ##other: any namespace but that of the schema the wildcard stands in, and not the absence of one. All wildcards of
/// the tables stand in the signature schema.
bool fits_wildcard(const Particle& any, const Child& child) {
  return any.name == 0 || (child.space != Space::Signature && !child.node.namespace_uri().empty());
}

}  // namespace

bool ContentMatcher::match(const ComplexType& type) {
  if (match_all(type)) return true;
  keeps_account_ = true;
  return match_all(type);
}

bool ContentMatcher::match_all(const ComplexType& type) {
  at_ = 0;
  if (type.particle != type.particle_end && !match_particle(type.particle)) return false;
  return at_ == children_.size();
}

bool ContentMatcher::match_particle(std::size_t place) {
  const Particle& particle = particles()[place];
  std::size_t count = 0;
  while (particle.most == kUnbounded || count < particle.most) {
    if (!can_start(place)) {
      if (keeps_account_) passed_over_.push_back(static_cast<std::uint16_t>(place));
      break;
    }
    const std::size_t before = at_;
    if (!match_once(place)) return false;
    ++count;
    if (at_ == before) break;
  }
  return count >= particle.least || particle.hollow;
}

bool ContentMatcher::match_once(std::size_t place) {
  const Particle& particle = particles()[place];
  switch (particle.kind) {
    case ParticleKind::Element:
    case ParticleKind::Any:
      children_[at_].particle = static_cast<std::uint16_t>(place);
      ++at_;
      passed_over_.clear();
      return true;
    case ParticleKind::Sequence:
      for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end) {
        if (!match_particle(inside)) return false;
      }
      return true;
    case ParticleKind::Choice:
      for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end) {
        if (can_start(inside)) return match_particle(inside);
      }
      return particle.hollow;
  }
  return false;
}

bool ContentMatcher::can_start(std::size_t place) const {
  if (at_ >= children_.size()) return false;
  const Particle& particle = particles()[place];
  switch (particle.kind) {
    case ParticleKind::Element:
      return children_[at_].name == particle.name;
    case ParticleKind::Any:
      return fits_wildcard(particle, children_[at_]);
    case ParticleKind::Sequence:
    case ParticleKind::Choice:
      break;
  }
  for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end) {
    if (can_start(inside)) return true;
    if (particle.kind == ParticleKind::Sequence && !is_emptiable(particles()[inside])) return false;
  }
  return false;
}

void ContentMatcher::collect_first(std::size_t place, std::vector<std::string>& out) const {
  const Particle& particle = particles()[place];
  if (particle.kind == ParticleKind::Any) {
    out.emplace_back("an element of another namespace");
  } else if (particle.kind == ParticleKind::Element) {
    const Name& name = names()[particle.name];
    std::string text = std::string(prefix_of(static_cast<Space>(name.space))) + ":" + std::string(name.local);
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  } else {
    for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end) {
      collect_first(inside, out);
      if (particle.kind == ParticleKind::Sequence && !is_emptiable(particles()[inside])) return;
    }
  }
}

std::string ContentMatcher::expected() const {
  std::vector<std::string> all;
  for (const auto place : passed_over_) collect_first(place, all);
  std::string out;
  for (std::size_t i = 0; i < all.size() && i < kMostNamesTold; ++i) out += (i > 0 ? " or " : "") + all[i];
  if (all.size() > kMostNamesTold) out += " or one of " + std::to_string(all.size() - kMostNamesTold) + " more";
  return out.empty() ? "no further element" : out;
}

}  // namespace meterway::duis::schema
