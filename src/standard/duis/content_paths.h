#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "standard/duis/schema_tables.h"

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

  /// Goes through the children of one element in their order.
  class Walk {
   public:
    Walk(const ContentPaths& paths, std::size_t type) : paths_(paths), next_(paths.start_[type]) {}
    /// The particle that the next child satisfies; nothing when none is known to.
    std::optional<std::uint16_t> step(Space space, std::string_view local);
    bool may_end() const { return count_ >= least_ && next_.may_end; }

   private:
    const ContentPaths& paths_;
    Steps next_;
    Step here_{{}, Space::Other, 0};
    std::size_t count_ = 0;  ///< how often it stood here without another between
    std::size_t least_ = 0;
    std::size_t most_ = 0;
  };

 private:
  friend class ContentPathsMaker;
  ContentPaths() = default;

  std::vector<Step> steps_;
  std::vector<Steps> start_;  ///< by place of the complex type
  std::vector<Steps> after_;  ///< by place of the particle
};

}  // namespace meterway::duis::schema
