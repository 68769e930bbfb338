#pragma once
#include <array>
#include <optional>

#include "base/util/clock.h"
#include "standard/gbcs/asn1.h"

namespace meterway::field {

/// DLMS date-time: year:2 month day day-of-week(FF) hour minute second hundredths(00) deviation:2(8000) status.
std::array<std::uint8_t, 12> dlms_date_time(UtcTime time, std::uint8_t status = 0xFF);

/// An activation time of a command. Now: the first nine bytes are zero. Never (cancels): they are all FF.
struct Activation {
  enum class Kind : std::uint8_t { Now, At, Never } kind = Kind::Now;
  UtcTime at{};
};
/// Errors: BadLength, BadDateTime (a wildcard, or no such day).
Result<Activation> read_activation(ByteView date_time);

/// GeneralizedTime, "yyyymmddhhmmssZ".
gbcs::asn1::Node generalized_time(UtcTime time);
Result<UtcTime> read_generalized_time(const gbcs::asn1::Node& node);
/// "99991231235959Z", which cancels a dated instruction.
bool is_never(const gbcs::asn1::Node& time);

}  // namespace meterway::field
