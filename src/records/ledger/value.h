#pragma once
#include <string>
#include <string_view>

#include "records/ledger/record.h"

/// The text of values: what is taken, and the one form it is kept in.
///
///   text, choice, reference  one line, no control characters      long      also line feeds and tabs
///   date                     2018-09-14                           instant   2018-09-14T09:30:00Z, seconds or finer
///   integer                  -12, no leading zeros                decimal   -82.74, to the sixth place
///   boolean                  true, false                          attachment  its id
namespace meterway::ledger {

inline constexpr std::size_t kMostTextBytes = 1000, kMostLongBytes = 1u << 20, kMostItems = 2000;

/// The canonical form of one item. Errors in words: what was expected. References are read here, and looked up by
/// whoever stores them.
Result<std::string, std::string> canonical_item(const Field& field, std::string_view text);
/// The same for all items of a value; one that is no list has one.
Result<Value, std::string> canonical(const Field& field, const Value& value);

}  // namespace meterway::ledger
