#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "standard/duis/schema_tables.h"
#include "standard/duis/text_key.h"

namespace meterway::duis::schema {

/// The content models as steps from element to element: after which particle which may follow. XML Schema's rule of
/// unique particle attribution makes the next name decide, so children are matched in one pass without looking into
/// groups again (the positions of Glushkov's automaton, with a count for each run of the same element). Names are
/// compared with the few that may stand here, and need not be looked up.
///
/// Law (content_paths_test.cpp): children that fit here fit by ContentMatcher, with the same particles. What is
/// beyond this (children that only a wildcard fits, groups that repeat a limited number of times) fits nothing here,
/// and ContentMatcher, which also knows the words for what is wrong, has the last word.
/// Sharing: immutable, safe between threads.
class ContentPaths {
  struct Step {
    std::string_view local;
    Space space;
    std::uint16_t particle;
    bool is(Space other_space, std::string_view other) const {
      return space == other_space && is_same_text(local, other);
    }
  };
  /// What may come after a particle, or first.
  struct Steps {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool may_end = false;
  };

 public:
  /// Of the types in complex_types().
  static const ContentPaths& all();

  /// What a child was found to be. The name is that of the tables, and lasts as long as they do.
  struct Fit {
    std::string_view name;
    std::uint16_t particle;
  };

  /// Goes through the children of one element in their order.
  class Walk {
   public:
    Walk(const ContentPaths& paths, std::size_t type) : paths_(paths), next_(paths.start_[type]) {}
    /// The particle that the next child satisfies; nothing when none is known to.
    std::optional<Fit> step(Space space, std::string_view local) {
      const std::uint64_t key = text_key(local);
      if (count_ < most_ && key == paths_.keys_[here_] && paths_.steps_[here_].is(space, local)) {
        ++count_;
        return fit();
      }
      if (count_ < least_) return std::nullopt;
      const std::uint32_t end = next_.first + next_.count;
      for (std::uint32_t at = paths_.first_with(key, next_.first, end); at < end; ++at) {
        if (key != paths_.keys_[at] || !paths_.steps_[at].is(space, local)) continue;
        go_to(at);
        return fit();
      }
      return std::nullopt;
    }
    bool may_end() const { return count_ >= least_ && next_.may_end; }

   private:
    Fit fit() const { return {paths_.steps_[here_].local, paths_.steps_[here_].particle}; }
    void go_to(std::uint32_t at) {
      const auto place = paths_.steps_[at].particle;
      const Particle& particle = paths_.particles_[place];
      here_ = at;
      next_ = paths_.after_[place];
      count_ = 1;
      least_ = particle.least;
      most_ = particle.most == kUnbounded ? SIZE_MAX : particle.most;
    }

    const ContentPaths& paths_;
    Steps next_;
    std::uint32_t here_ = 0;
    std::size_t count_ = 0;  ///< how often it stood here without another between
    std::size_t least_ = 0;
    std::size_t most_ = 0;
  };

 private:
  friend class ContentPathsMaker;
  ContentPaths() = default;
  /// Steps from one place stand in the order of their keys: where those with this key may begin. A body is one of 130.
  std::uint32_t first_with(std::uint64_t key, std::uint32_t from, std::uint32_t end) const {
    if (end - from <= 8) return from;
    return static_cast<std::uint32_t>(std::lower_bound(keys_.begin() + from, keys_.begin() + end, key) - keys_.begin());
  }

  std::span<const Particle> particles_ = particles();
  std::vector<std::uint64_t> keys_;  ///< of the names of steps_, which are looked at first
  std::vector<Step> steps_;
  std::vector<Steps> start_;  ///< by place of the complex type
  std::vector<Steps> after_;  ///< by place of the particle
};

}  // namespace meterway::duis::schema
