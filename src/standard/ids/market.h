#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway {

enum class Fuel : std::uint8_t { Electricity, Gas };
std::string_view to_string(Fuel fuel);

/// A metering point: the 13 digits of an MPAN, whose last is a check digit and whose first two are the distributor's,
/// or the 1 to 10 digits of an MPRN, which is a number (leading zeros are no part of it).
///
/// Key:     fuel:1 number:5, the number of an MPAN without its check digit: the points of a distributor lie together.
/// Errors:  BadLength, BadNumber; BadValue for a wrong check digit.
class Mpxn {
 public:
  static constexpr std::size_t kKeyBytes = 6;
  constexpr Mpxn() = default;
  static Result<Mpxn> parse(std::string_view text);
  static Result<Mpxn> from_key(std::string_view key);
  /// The MPAN with these first 12 digits.
  static Mpxn mpan(std::uint64_t first_twelve);
  static Mpxn mprn(std::uint64_t number);

  Fuel fuel() const { return fuel_; }
  std::string text() const;
  std::string key() const;
  /// The first two digits of an MPAN, "10" to "99"; empty for gas.
  std::string distributor() const;
  friend auto operator<=>(const Mpxn&, const Mpxn&) = default;

 private:
  constexpr Mpxn(Fuel fuel, std::uint64_t number) : fuel_(fuel), number_(number) {}
  Fuel fuel_ = Fuel::Gas;
  std::uint64_t number_ = 0;  ///< of an MPAN without its check digit
};

/// Who takes part in a market, as registration data name him: up to four capitals and digits ("EDFE", "BGT").
/// The empty one is nobody. Errors: BadLength, BadValue.
class MarketParticipant {
 public:
  constexpr MarketParticipant() = default;
  static Result<MarketParticipant> parse(std::string_view text);
  static constexpr MarketParticipant from_wire(std::uint32_t value) { return MarketParticipant(value); }
  std::uint32_t wire() const { return value_; }
  std::string text() const;
  bool empty() const { return value_ == 0; }
  friend constexpr auto operator<=>(const MarketParticipant&, const MarketParticipant&) = default;

 private:
  explicit constexpr MarketParticipant(std::uint32_t value) : value_(value) {}
  std::uint32_t value_ = 0;  ///< its characters, the first in the highest octet, then zeros
};

}  // namespace meterway
