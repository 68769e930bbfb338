#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/xml/document.h"
#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// A child element and, once matched, the particle that it satisfies.
struct Child {
  xml::Node node;
  Space space = Space::Other;
  std::uint16_t name = kNoName;
  std::uint16_t particle = 0;
};

/// Matches children, in order, against the particles of a complex type. XML Schema demands that a content model be
/// deterministic (unique particle attribution), so the next child's name alone decides where to go: no backtracking.
class ContentMatcher {
 public:
  explicit ContentMatcher(std::span<Child> children) : children_(children) {}

  /// True when the children fit the type, each with its particle filled in.
  bool match(const ComplexType& type);

  /// After a failed match: the place among the children where it went wrong (their number: something is missing at
  /// the end), and the names that would have fitted there.
  std::size_t failed_at() const { return at_; }
  std::string expected() const;

 private:
  bool match_all(const ComplexType& type);
  bool match_particle(std::size_t place);
  bool match_once(std::size_t place);
  bool can_start(std::size_t place) const;
  void collect_first(std::size_t place, std::vector<std::string>& out) const;

  std::span<Child> children_;
  std::size_t at_ = 0;
  bool keeps_account_ = false;              ///< only once it is known that something does not fit
  std::vector<std::uint16_t> passed_over_;  ///< particles that the child at at_ did not fit
};

}  // namespace meterway::duis::schema
