#include "standard/ids/market.h"

#include <algorithm>

namespace meterway {
namespace {

constexpr std::size_t kMpanDigits = 13, kMostMprnDigits = 10, kMostParticipant = 4;
/// Of the first twelve digits, each its prime; the sum modulo 11, then modulo 10, is the thirteenth.
constexpr unsigned kPrimes[] = {3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43};
constexpr std::uint64_t kTenToTwelve = 1'000'000'000'000, kTenToTen = 10'000'000'000;

unsigned check_digit(std::uint64_t first_twelve) {
  unsigned sum = 0;
  for (std::size_t i = std::size(kPrimes); i-- > 0; first_twelve /= 10)
    sum += static_cast<unsigned>(first_twelve % 10) * kPrimes[i];
  return sum % 11 % 10;
}

std::string digits(std::uint64_t number, std::size_t width) {
  auto out = std::to_string(number);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

}  // namespace

std::string_view to_string(Fuel fuel) { return fuel == Fuel::Gas ? "gas" : "electricity"; }

Result<Mpxn> Mpxn::parse(std::string_view text) {
  if (text.empty() || (text.size() > kMostMprnDigits && text.size() != kMpanDigits))
    return fail(ErrorCode::BadLength, text.size(), "metering point: 13 digits, or up to 10");
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return fail(ErrorCode::BadNumber, i, "metering point");
    number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  if (text.size() != kMpanDigits) {
    if (number == 0) return fail(ErrorCode::BadNumber, 0, "metering point");
    return Mpxn(Fuel::Gas, number);
  }
  if (number % 10 != check_digit(number / 10)) return fail(ErrorCode::BadValue, 12, "check digit of the MPAN");
  return Mpxn(Fuel::Electricity, number / 10);
}

Result<Mpxn> Mpxn::from_key(std::string_view key) {
  if (key.size() != kKeyBytes) return fail(ErrorCode::BadLength, key.size(), "metering point");
  if (static_cast<std::uint8_t>(key[0]) > 1) return fail(ErrorCode::BadValue, 0, "fuel");
  std::uint64_t number = 0;
  for (const char c : key.substr(1)) number = number << 8 | static_cast<std::uint8_t>(c);
  const auto fuel = static_cast<Fuel>(key[0]);
  if (number >= (fuel == Fuel::Gas ? kTenToTen : kTenToTwelve)) return fail(ErrorCode::BadValue, 1, "metering point");
  return Mpxn(fuel, number);
}

Mpxn Mpxn::mpan(std::uint64_t first_twelve) { return {Fuel::Electricity, first_twelve % kTenToTwelve}; }
Mpxn Mpxn::mprn(std::uint64_t number) { return {Fuel::Gas, number % kTenToTen}; }

std::string Mpxn::text() const {
  if (fuel_ == Fuel::Gas) return std::to_string(number_);
  return digits(number_, kMpanDigits - 1) + static_cast<char>('0' + check_digit(number_));
}

std::string Mpxn::key() const {
  std::string out(kKeyBytes, static_cast<char>(fuel_));
  auto left = number_;
  for (std::size_t i = kKeyBytes; i-- > 1; left >>= 8) out[i] = static_cast<char>(left & 0xFF);
  return out;
}

std::string Mpxn::distributor() const {
  return fuel_ == Fuel::Gas ? std::string() : digits(number_, kMpanDigits - 1).substr(0, 2);
}

Result<MarketParticipant> MarketParticipant::parse(std::string_view text) {
  if (text.empty() || text.size() > kMostParticipant)
    return fail(ErrorCode::BadLength, text.size(), "market participant");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kMostParticipant; ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    if (i < text.size() && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
      return fail(ErrorCode::BadValue, i, "market participant");
    value = value << 8 | static_cast<std::uint8_t>(c);
  }
  return MarketParticipant(value);
}

std::string MarketParticipant::text() const {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (const char c = static_cast<char>(value_ >> shift & 0xFF); c != '\0') out += c;
  }
  return out;
}

}  // namespace meterway
