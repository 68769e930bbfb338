#pragma once
#include <algorithm>
#include <iterator>
#include <string_view>

#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// The integers of XML Schema: bounds of each; unsigned ones take no sign.
struct IntegerKind {
  Builtin base;
  const char* name;
  std::string_view low;  ///< decimal; empty for no bound
  std::string_view high;
  bool takes_sign = true;
};
inline constexpr IntegerKind kIntegers[] = {
    {Builtin::Integer, "an integer", "", ""},
    {Builtin::PositiveInteger, "an integer of at least 1", "1", ""},
    {Builtin::NonNegativeInteger, "an integer of at least 0", "0", ""},
    {Builtin::NonPositiveInteger, "an integer of at most 0", "", "0"},
    {Builtin::Int, "an integer of 32 bits", "-2147483648", "2147483647"},
    {Builtin::Short, "an integer of 16 bits", "-32768", "32767"},
    {Builtin::UnsignedLong, "an unsigned integer of 64 bits", "0", "18446744073709551615", false},
    {Builtin::UnsignedInt, "an unsigned integer of 32 bits", "0", "4294967295", false},
    {Builtin::UnsignedShort, "an unsigned integer of 16 bits", "0", "65535", false},
};

/// Null when the type is no integer.
inline const IntegerKind* integer_kind(Builtin base) {
  const auto* at = std::find_if(std::begin(kIntegers), std::end(kIntegers),
                                [base](const IntegerKind& row) { return row.base == base; });
  return at == std::end(kIntegers) ? nullptr : at;
}

}  // namespace meterway::duis::schema
