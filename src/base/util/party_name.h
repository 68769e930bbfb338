#pragma once
#include <string>
#include <string_view>

namespace meterway {

/// A party's name as it is kept: without blanks at its ends, and one between words.
std::string one_line(std::string_view name);
/// How names are compared: so, and without the case of Latin letters.
std::string folded(std::string_view name);

}  // namespace meterway
