#pragma once
#include "base/util/clock.h"
#include "standard/duis/element.h"

namespace meterway::flow::transform {

/// Values out of a validated body. All errors are BadRequest and name the path, which must have static storage
/// duration. A path may be "" for the element itself.

Result<const duis::Element*> element_at(const duis::Element& in, const char* path);
Result<std::uint64_t> unsigned_at(const duis::Element& in, const char* path, std::uint64_t max);
/// A 32-bit number as its two's complement.
Result<std::uint32_t> signed_at(const duis::Element& in, const char* path);
/// A decimal times 10^digits; more digits than that are refused, not rounded.
Result<std::uint64_t> decimal_at(const duis::Element& in, const char* path, unsigned digits, std::uint64_t max);
/// xs:boolean: true, false, 1, 0.
Result<bool> boolean_at(const duis::Element& in, const char* path);
Result<UtcTime> time_at(const duis::Element& in, const char* path);

/// When a device is to act: at once (no ExecutionDateTime), at a time, or never: DUIS cancels a future dated request
/// by repeating it with the execution date 3000-12-31T00:00:00Z.
struct Execution {
  enum class Kind : std::uint8_t { Immediate, Dated, Cancelled } kind = Kind::Immediate;
  UtcTime time;
};
Result<Execution> execution_of(const duis::Element& body);

/// The largest moment a ZCL field can hold; one more means "never".
inline constexpr std::uint32_t kZclLast = 0xFFFFFFFE;
inline constexpr std::uint32_t kZclNever = 0xFFFFFFFF;

/// ZCL UTCTime: whole seconds since 2000-01-01T00:00:00Z; what lies beyond the field becomes its last moment.
/// Errors: BadRequest for a time before 2000.
Result<std::uint32_t> zcl_time(UtcTime time, const char* field);

}  // namespace meterway::flow::transform
