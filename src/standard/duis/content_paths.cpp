#include "standard/duis/content_paths.h"

#include <algorithm>

namespace meterway::duis::schema {
namespace {

using Places = std::vector<std::uint16_t>;

/// What a particle can begin and end with.
struct Ends {
  Places first, last;
  bool may_be_empty = true;
};

void append(Places& to, const Places& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

/// Makes the steps of one type after the other.
class ContentPathsMaker {
 public:
  ContentPaths run() {
    out_.after_.resize(particles().size());
    followers_.resize(particles().size());
    for (const auto& type : complex_types()) out_.start_.push_back(start_of(type));
    return std::move(out_);
  }

 private:
  ContentPaths::Steps start_of(const ComplexType& type) {
    simple_ = true;
    Ends ends;
    if (type.particle != type.particle_end) ends = ends_of(type.particle);
    for (std::size_t place = type.particle; place < type.particle_end; ++place) {
      if (particles()[place].kind == ParticleKind::Element) simple_ = simple_ && is_decided(place);
    }
    if (!simple_ || !are_distinct(ends.first)) return {};
    for (std::size_t place = type.particle; place < type.particle_end; ++place) {
      const bool is_last = std::find(ends.last.begin(), ends.last.end(), place) != ends.last.end();
      out_.after_[place] = add(followers_[place], is_last);
    }
    return add(ends.first, ends.may_be_empty);
  }

  Ends ends_of(std::size_t place) {
    const Particle& particle = particles()[place];
    Ends out;
    switch (particle.kind) {
      case ParticleKind::Any:  // no step: a content that makes use of it is left to others
        out.may_be_empty = particle.least == 0;
        return out;
      case ParticleKind::Element:
        simple_ = simple_ && particle.most > 0;
        out.first = out.last = {static_cast<std::uint16_t>(place)};
        out.may_be_empty = particle.least == 0;
        return out;
      case ParticleKind::Sequence:
        for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end)
          continue_with(out, ends_of(inside));
        break;
      case ParticleKind::Choice:
        out.may_be_empty = particle.end == place + 1;
        for (std::size_t inside = place + 1; inside < particle.end; inside = particles()[inside].end) {
          const Ends other = ends_of(inside);
          append(out.first, other.first);
          append(out.last, other.last);
          out.may_be_empty = out.may_be_empty || other.may_be_empty;
        }
        break;
    }
    const bool repeats = particle.most == kUnbounded && particle.least <= 1;
    simple_ = simple_ && (repeats || (particle.most == 1 && particle.least <= 1));
    if (repeats) connect(out.last, out.first);
    out.may_be_empty = out.may_be_empty || particle.least == 0;
    return out;
  }

  void continue_with(Ends& sequence, const Ends& next) {
    connect(sequence.last, next.first);
    if (sequence.may_be_empty) append(sequence.first, next.first);
    if (!next.may_be_empty) sequence.last.clear();
    append(sequence.last, next.last);
    sequence.may_be_empty = sequence.may_be_empty && next.may_be_empty;
  }

  void connect(const Places& from, const Places& to) {
    for (const auto place : from) append(followers_[place], to);
  }

  /// True when the name of the next child alone tells where to go from here.
  bool is_decided(std::size_t place) const {
    const auto& next = followers_[place];
    const auto repeats = [&](std::uint16_t other) { return particles()[other].name == particles()[place].name; };
    return are_distinct(next) && (particles()[place].most == 1 || std::none_of(next.begin(), next.end(), repeats));
  }

  static bool are_distinct(const Places& places) {
    Places names;
    for (const auto place : places) names.push_back(particles()[place].name);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) == names.end();
  }

  ContentPaths::Steps add(const Places& next, bool may_end) {
    const ContentPaths::Steps out{static_cast<std::uint32_t>(out_.steps_.size()),
                                  static_cast<std::uint32_t>(next.size()), may_end};
    const auto key_of = [](std::uint16_t place) { return text_key(names()[particles()[place].name].local); };
    Places in_order = next;
    std::sort(in_order.begin(), in_order.end(), [&](auto a, auto b) { return key_of(a) < key_of(b); });
    for (const auto place : in_order) {
      const Name& name = names()[particles()[place].name];
      out_.keys_.push_back(key_of(place));
      out_.steps_.push_back({name.local, static_cast<Space>(name.space), place});
    }
    return out;
  }

  ContentPaths out_;
  std::vector<Places> followers_;  ///< by place of the particle
  bool simple_ = true;             ///< the type at hand, so far
};

const ContentPaths& ContentPaths::all() {
  static const ContentPaths paths = ContentPathsMaker().run();
  return paths;
}

}  // namespace meterway::duis::schema
