#pragma once
#include <span>
#include <vector>

#include "standard/duis/content_model.h"
#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// The content models as steps from element to element: after which particle which may follow. XML Schema's rule of
/// unique particle attribution makes the next name decide, so children are matched in one pass without looking into
/// groups again (the positions of Glushkov's automaton, with a count for each run of the same element).
///
/// Law (content_paths_test.cpp): children that fit here fit by ContentMatcher, with the same particles. Models beyond
/// this (wildcards, groups that repeat a limited number of times) fit nothing here, and ContentMatcher, which also
/// knows the words for what is wrong, has the last word.
/// Sharing: immutable, safe between threads.
class ContentPaths {
 public:
  /// Of the types in complex_types().
  static const ContentPaths& all();

  /// True when the children fit the type at that place, each with its particle filled in.
  bool match(std::size_t type, std::span<Child> children) const;

 private:
  struct Step {
    std::uint16_t name;
    std::uint16_t particle;
  };
  /// What may come after a particle, or first.
  struct Steps {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool may_end = false;
  };
  friend class ContentPathsMaker;

  ContentPaths() = default;
  const Step* find(const Steps& from, std::uint16_t name) const;

  std::vector<Step> steps_;
  std::vector<Steps> start_;  ///< by place of the complex type
  std::vector<Steps> after_;  ///< by place of the particle
};

}  // namespace meterway::duis::schema
