#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/result.h"
#include "standard/duis/element.h"

namespace meterway::forms {

/// What somebody has filled in: text by place. A place is a path below the body element with the number of the
/// repetition, from 1, where it is not the first; an attribute has @ before its name:
///
///     SwitchingTable/DayProfiles/DayProfile[2]/DayName      PriceElements/TOUTariff/TOUPrice[2]/@index
///
/// An empty text marks an element that holds nothing but is there. Places need not stand in order.
using Values = std::map<std::string, std::string>;
inline constexpr std::size_t kMostValues = 20'000;
inline constexpr unsigned kMostRepetitions = 50'000;

/// The same as a tree: children by name and number.
struct Given {
  std::string text;
  bool has_text = false;
  std::map<std::string, std::string, std::less<>> attributes;
  std::map<std::string, std::map<unsigned, Given>, std::less<>> children;
};

/// One thing that is wrong, and where.
struct Wrong {
  std::string field;  ///< a place as above; empty: the whole
  std::string detail;
  std::string wants;  ///< what the schema wants there
};

/// Errors: the places that are none, or that name one thing twice.
Result<Given, std::vector<Wrong>> read_values(const Values& values);

/// The other way: the places and texts of a body that was read. Elements that hold nothing have an empty text.
Values values_of(const duis::Element& body);

}  // namespace meterway::forms
