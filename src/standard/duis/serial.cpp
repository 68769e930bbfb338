#include "standard/duis/serial.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/util/hex.h"
#include "base/xml/lexical.h"

namespace meterway::duis {
namespace {

constexpr std::size_t kMostOctets = 20;

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += name[i];
      if (name[i] == '\\' && i + 1 < name.size()) parts.back() += name[++i];
    }
  }
  for (auto& part : parts) {
    part = xml::collapse(part);
    const auto equals = std::min(part.find('='), part.size());
    std::transform(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(equals), part.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

}  // namespace

Result<std::string> serial_to_hex(std::string_view decimal) {
  if (decimal.empty()) return fail(ErrorCode::BadNumber, 0, "serial number");
  Bytes octets;  // least significant first
  for (std::size_t i = 0; i < decimal.size(); ++i) {
    if (decimal[i] < '0' || decimal[i] > '9') return fail(ErrorCode::BadNumber, i, "serial number");
    unsigned carry = static_cast<unsigned>(decimal[i] - '0');
    for (auto& octet : octets) {
      carry += octet * 10u;
      octet = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) octets.push_back(static_cast<std::uint8_t>(carry));
    if (octets.size() > kMostOctets) return fail(ErrorCode::BadNumber, i, "serial number");
  }
  if (octets.empty()) octets.push_back(0);
  std::reverse(octets.begin(), octets.end());
  return to_hex(octets);
}

Result<std::string> serial_to_decimal(std::string_view hex) {
  const auto octets = from_hex(hex.size() % 2 == 0 ? std::string(hex) : "0" + std::string(hex));
  if (!octets || octets->empty()) return fail(ErrorCode::BadNumber, 0, "serial number");
  std::string digits;  // least significant first
  const auto first = std::find_if(octets->begin(), octets->end(), [](std::uint8_t octet) { return octet != 0; });
  if (static_cast<std::size_t>(octets->end() - first) > kMostOctets)
    return fail(ErrorCode::BadNumber, 0, "serial number");
  for (auto at = first; at != octets->end(); ++at) {
    unsigned carry = *at;
    for (auto& digit : digits) {
      carry += static_cast<unsigned>(digit - '0') * 256u;
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry != 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  }
  if (digits.empty()) digits = "0";
  std::reverse(digits.begin(), digits.end());
  return digits;
}

bool same_issuer(std::string_view a, std::string_view b) { return parts_of(a) == parts_of(b); }

}  // namespace meterway::duis
