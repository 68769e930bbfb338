#include "standard/duis/content_paths.h"

#include <gtest/gtest.h>

#include "base/util/random.h"
#include "standard/duis/content_model.h"

namespace meterway::duis::schema {
namespace {

std::size_t below(Random& random, std::size_t bound) { return random.next_u64() % bound; }

/// Children that begin to fit a type, and then may not: each particle some times, a few of them left out or doubled.
class Author {
 public:
  explicit Author(std::uint64_t seed) : random_(seed) {}

  std::vector<Child> children(const ComplexType& type) {
    out_.clear();
    if (type.particle != type.particle_end) particle(type.particle);
    for (std::size_t changes = below(random_, 3); changes > 0 && !out_.empty(); --changes) {
      const auto at = out_.begin() + static_cast<std::ptrdiff_t>(below(random_, out_.size()));
      if (below(random_, 2) == 0) {
        out_.erase(at);
      } else {
        const Child again = *at;
        out_.insert(at, again);
      }
    }
    return out_;
  }

 private:
  void particle(std::size_t place) {
    const Particle& row = particles()[place];
    const std::size_t most = row.most == kUnbounded ? row.least + 3u : row.most;
    std::size_t times = row.least + below(random_, 2 + below(random_, 2));
    if (times > most && below(random_, 8) != 0) times = most;
    for (; times > 0 && out_.size() < 400; --times) once(row, place);
  }

  void once(const Particle& row, std::size_t place) {
    std::vector<std::size_t> inside;
    for (std::size_t at = place + 1; at < row.end; at = particles()[at].end) inside.push_back(at);
    if (row.kind == ParticleKind::Choice && !inside.empty()) return particle(inside[below(random_, inside.size())]);
    if (row.kind == ParticleKind::Sequence) {
      for (const auto at : inside) particle(at);
    }
    if (row.kind != ParticleKind::Element) return;
    Child child;
    child.space = static_cast<Space>(names()[row.name].space);
    child.name = row.name;
    out_.push_back(child);
  }

  SeededRandom random_;
  std::vector<Child> out_;
};

/// As ContentMatcher::match does it.
bool match_by_paths(std::size_t type, std::vector<Child>& children) {
  ContentPaths::Walk walk(ContentPaths::all(), type);
  for (auto& child : children) {
    const auto fit = walk.step(child.space, child.name == kNoName ? "Unheard" : names()[child.name].local);
    if (!fit) return false;
    child.particle = fit->particle;
  }
  return walk.may_end();
}

TEST(ContentPaths, FitAsTheMatcherOfGroupsDoesAndNameTheSameParticles) {
  Author author(11);
  std::size_t fitting = 0, refused = 0;
  for (std::size_t place = 0; place < complex_types().size(); ++place) {
    const auto& type = complex_types()[place];
    for (int i = 0; i < 60; ++i) {
      auto by_paths = author.children(type);
      auto by_groups = by_paths;
      const bool fits = match_by_paths(place, by_paths);
      const bool really = ContentMatcher(by_groups).match(type);
      ASSERT_TRUE(really || !fits) << type.name;
      refused += really ? 0 : 1;
      if (!fits) continue;
      ++fitting;
      for (std::size_t c = 0; c < by_paths.size(); ++c)
        ASSERT_EQ(by_paths[c].particle, by_groups[c].particle) << type.name;
    }
  }
  EXPECT_GT(fitting, 10'000u);
  EXPECT_GT(refused, 1'000u);
}

TEST(ContentPaths, KnowNearlyEveryTypeOfTheSchema) {
  Author author(12);
  std::size_t known = 0, all = 0;
  for (std::size_t place = 0; place < complex_types().size(); ++place) {
    for (int i = 0; i < 20; ++i) {
      auto children = author.children(complex_types()[place]);
      auto again = children;
      if (!ContentMatcher(again).match(complex_types()[place])) continue;
      ++all;
      known += match_by_paths(place, children);
    }
  }
  EXPECT_GT(known * 100, all * 97) << known << " of " << all;
}

TEST(ContentPaths, RefuseANameThatNoSchemaKnows) {
  std::vector<Child> children(1);
  for (std::size_t place = 0; place < complex_types().size(); ++place)
    EXPECT_FALSE(match_by_paths(place, children)) << complex_types()[place].name;
}

}  // namespace
}  // namespace meterway::duis::schema
