#pragma once
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::gbcs {

using Json = nlohmann::ordered_json;

/// Reads JSON of outside origin without exceptions: a missing or wrong member leaves the first error in the shared
/// place and gives empty values, as wire::Reader does.
class JsonView {
 public:
  JsonView(const Json& json, Result<void>& status) : json_(&json), status_(&status) {}

  bool ok() const { return status_->has_value(); }
  void fail(ErrorCode code, const char* member) const;
  bool has(const char* member) const;
  /// Members of objects and elements of arrays.
  JsonView at(const char* member) const;
  JsonView at(std::size_t index) const;
  /// Elements of this array; 0 when it is none.
  std::size_t length() const;
  /// Elements of the array `member`; 0 when it is missing.
  std::size_t size(const char* member) const;
  std::string text(const char* member) const;
  Bytes hex(const char* member) const;
  bool flag(const char* member) const;
  /// A whole number within the bounds.
  std::int64_t number(const char* member, std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                      std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  /// A number of `digits` hexadecimal digits in a string.
  std::uint64_t hex_number(const char* member, std::size_t digits) const;
  /// A decimal number in a string: counters have more digits than other readers of JSON keep.
  std::uint64_t decimal(const char* member) const;

 private:
  const Json* find(const char* member) const;
  const Json* json_;
  Result<void>* status_;
};

/// JSON of outside origin, or the place of the first wrong character.
Result<Json> parse_json(std::string_view text);

}  // namespace meterway::gbcs
