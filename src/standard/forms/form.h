#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"

namespace meterway::forms {

/// What the schema has at one place of a body, as a person fills it in.
struct Part {
  enum class Kind : std::uint8_t {
    Field,     ///< an element that holds a text
    Mark,      ///< an element that holds nothing: it is there or it is not
    Group,     ///< an element that holds other parts
    Choice,    ///< exactly one of its parts
    Together,  ///< its parts, all or none of them, or several times: no element of its own
  };
  Kind kind = Kind::Field;
  std::string path;       ///< names from the body element down, without numbers of repetitions: "Seasons/Season"
  std::string_view name;  ///< the element's; empty for Choice and Together
  std::uint16_t least = 1, most = 1;               ///< most: schema::kUnbounded where nothing limits it
  const duis::schema::SimpleType* type = nullptr;  ///< of a Field's text
  std::string_view default_text;
  std::vector<duis::schema::AttributeRule> attributes;
  std::vector<Part> parts;

  bool repeats() const { return most > 1; }
};

/// The body element of a service: a Group, or a Mark where it holds nothing. Made from the tables of schema 5.4; forms
/// of all services are made once. Sharing: immutable, safe between threads.
const Part& form_of(const duis::Service& service);

/// Of an attribute's rule.
const duis::schema::SimpleType& type_of(const duis::schema::AttributeRule& rule);

}  // namespace meterway::forms
