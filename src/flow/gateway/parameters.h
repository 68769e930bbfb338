#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/util/clock.h"
#include "base/util/result.h"
#include "standard/ids/ids.h"

namespace meterway::flow::gateway {

/// The parameters of a query, percent-decoded, a plus as a blank. Each is taken once; what nobody has taken at the end
/// is a mistake of the caller's. Errors in words, beginning with the parameter.
class Parameters {
 public:
  explicit Parameters(std::string_view query);

  /// Empty when it is not there.
  std::string text(std::string_view name);
  Result<std::optional<Eui64>, std::string> eui(std::string_view name);
  /// Of `from` to `most`; the usual one when it is not there.
  Result<std::uint64_t, std::string> number(std::string_view name, std::uint64_t usual, std::uint64_t from,
                                            std::uint64_t most);
  Result<std::optional<UtcTime>, std::string> time(std::string_view name);
  /// "yes" or "no", which is usual.
  Result<bool, std::string> flag(std::string_view name);
  /// Errors: one that nobody has taken, or that stands there twice.
  Result<void, std::string> finish() const;

 private:
  std::map<std::string, std::string, std::less<>> left_;
  std::string twice_;
};

}  // namespace meterway::flow::gateway
