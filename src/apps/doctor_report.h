#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace meterway::apps {

/// One thing that the doctor has looked at. A finding that stops work says what to do about it.
struct Finding {
  enum class Kind : unsigned char { Good, Note, Problem } kind = Kind::Good;
  std::string what;
  std::string remedy{};
};
using Findings = std::vector<Finding>;

inline Finding good(std::string what) { return {Finding::Kind::Good, std::move(what)}; }
inline Finding note(std::string what) { return {Finding::Kind::Note, std::move(what)}; }
inline Finding problem(std::string what, std::string remedy) {
  return {Finding::Kind::Problem, std::move(what), std::move(remedy)};
}

}  // namespace meterway::apps
