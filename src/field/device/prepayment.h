#pragma once
#include "field/device/context.h"

namespace meterway::field {

/// Why a top-up was or was not taken.
enum class TopUp : std::uint8_t {
  Accepted,
  Malformed,         ///< not 20 digits with their check digit, or of a reserved class
  Duplicate,         ///< its counter is in the cache, or too old to be told from those that have left it
  WrongMac,          ///< not of this device's supplier for this device
  OverLimit,         ///< worth more than one top-up may be
  OverBalanceLimit,  ///< the balance would be more than it may be
};
std::string_view to_string(TopUp verdict);

struct TopUpResult {
  TopUp verdict = TopUp::Malformed;
  std::int64_t value = 0;  ///< 10^-5 GBP
};

/// A meter as a token meets it.
struct TokenSlot {
  const Identity& self;
  const TrustAnchors& anchors;
  DeviceState& state;
  UtcTime now;
  std::vector<Told>& told;
  std::vector<AlertRequest>& alerts;
};

/// Checks a 20-digit token, in the order of the device rules, and adds its value to the account. `counter` is the whole
/// counter that a command brings with its token; typed in, the meter works it out from the ten bits that a token holds:
/// the nearest to the highest that it has taken (TokenCache::reconstruct) or, where the MAC does not fit that one, a
/// second of the last week, as suppliers number tokens by the clock (ours: how far a meter looks is not public).
///
/// What is refused is told by its security alert: 8F51 duplicate, 8F63 not authentic, 8F5B over the most of a top-up;
/// 8F47, over the most that a balance may be, is logged alone. (Which refusal has which code: their names. 8F64, not
/// for this device, cannot be told from 8F63 by a MAC.)
TopUpResult take_token(std::string_view digits, std::optional<OriginatorCounter> counter, TokenSlot slot);

}  // namespace meterway::field
