#pragma once
#include "standard/forms/form.h"
#include "standard/forms/values.h"

namespace meterway::forms {

/// A body as it was filled in. With `wrong` empty it fits schema 5.4 (fill_test.cpp: duis::read_request takes it).
struct Filled {
  duis::Element body;
  std::vector<Wrong> wrong;  ///< everything that is, in the order of the form, then what the form has no place for
};

/// Puts values into the form of a service: in the order of the schema, with an attribute that numbers repetitions
/// written where it is not given. Of a choice, the part is taken that holds what was given. What must be there and
/// needs no word from a person (an element that holds nothing, or only what is optional) is there.
Filled fill(const duis::Service& service, const Values& values);

}  // namespace meterway::forms
