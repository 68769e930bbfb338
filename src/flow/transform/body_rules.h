#pragma once
#include <span>
#include <string_view>

#include "base/util/result.h"
#include "standard/duis/element.h"

namespace meterway::flow::transform {

/// What a rule asks of the elements it names; see the head of spec/body_rules.tsv.
enum class RuleKind : std::uint8_t {
  Unique,
  Unlike,
  Numbered,
  Refers,
  Ascending,
  Ordered,
  Before,
  NotBoth,
  OneFewer,
  LeadsUp
};

/// One row of spec/body_rules.tsv.
struct BodyRule {
  std::string_view services;  ///< separated by blanks, or "*"
  RuleKind kind;
  std::string_view at;  ///< judged at each such element
  const char* what;     ///< path, from there
  std::string_view against;
  std::string_view how_sure;
};

std::span<const BodyRule> body_rules();

/// Whether one rule holds of a body. Errors: BadRequest, the field is the rule's `what`.
Status judge(const BodyRule& rule, const duis::Element& body);

/// Whether a body, valid by schema, makes sense: all rules of its service. Nothing is known of the device here.
/// Errors: BadRequest for the first rule that does not hold.
Status check_body(std::string_view service, const duis::Element& body);

}  // namespace meterway::flow::transform
