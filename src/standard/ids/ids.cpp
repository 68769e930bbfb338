#include "standard/ids/ids.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/util/hex.h"

namespace meterway {
namespace {

/// -1 for what is no digit.
constexpr auto kHexDigits = [] {
  std::array<std::int8_t, 256> out{};
  for (auto& value : out) value = -1;
  for (std::size_t i = 0; i < 10; ++i) out['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i) out['a' + i] = out['A' + i] = static_cast<std::int8_t>(10 + i);
  return out;
}();
int hex_digit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }

std::string dashed(const Eui64& eui, std::string_view digits) {
  std::string text;
  text.reserve(23);
  for (const auto byte : eui.wire()) {
    if (!text.empty()) text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

struct TypeName {
  DeviceType type;
  std::string_view name;
};
constexpr TypeName kTypes[] = {
    {DeviceType::Unknown, "unknown"}, {DeviceType::ESME, "ESME"}, {DeviceType::GSME, "GSME"},
    {DeviceType::CHF, "CHF"},         {DeviceType::GPF, "GPF"},   {DeviceType::PPMID, "PPMID"},
    {DeviceType::HCALCS, "HCALCS"},   {DeviceType::SAPC, "SAPC"}, {DeviceType::IHD, "IHD"},
    {DeviceType::CAD, "CAD"},
};

struct RoleName {
  UserRole role;
  std::string_view name;
};
constexpr RoleName kRoles[] = {{UserRole::IS, "IS"}, {UserRole::ES, "ES"}, {UserRole::GS, "GS"},
                               {UserRole::ED, "ED"}, {UserRole::GT, "GT"}, {UserRole::RSA, "RSA"},
                               {UserRole::OU, "OU"}, {UserRole::LC, "LC"}};

}  // namespace

Result<Eui64> Eui64::parse(std::string_view text) {
  const bool dashes = text.size() == 23;
  if (!dashes && text.size() != 16) return fail(ErrorCode::BadEui64, text.size(), "EUI-64");
  const std::size_t step = dashes ? 3 : 2;
  std::uint64_t value = 0;
  bool right = true;
  for (std::size_t octet = 0; octet < 8; ++octet) {
    const char* const at = text.data() + octet * step;
    const int both = hex_digit(at[0]) << 4 | hex_digit(at[1]);
    right = right && both >= 0 && (!dashes || octet == 7 || at[2] == '-');
    value = value << 8 | static_cast<std::uint8_t>(both);
  }
  if (right) return Eui64(value);
  const auto is_wrong = [&](std::size_t i) { return dashes && i % 3 == 2 ? text[i] != '-' : hex_digit(text[i]) < 0; };
  std::size_t first = 0;
  while (!is_wrong(first)) ++first;
  return fail(ErrorCode::BadEui64, first, "EUI-64");
}

Eui64 Eui64::from_wire(std::span<const std::uint8_t, 8> bytes) {
  std::uint64_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return Eui64(value);
}

Eui64 Eui64::from_wire_or_zero(ByteView bytes) { return bytes.size() == 8 ? from_wire(bytes.first<8>()) : Eui64(); }

std::array<std::uint8_t, 8> Eui64::wire() const {
  std::array<std::uint8_t, 8> bytes;
  for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value_ >> (56 - 8 * i));
  return bytes;
}

std::string Eui64::dashed_upper() const { return dashed(*this, "0123456789ABCDEF"); }
std::string Eui64::dashed_lower() const { return dashed(*this, "0123456789abcdef"); }
std::string Eui64::plain() const { return to_hex(wire()); }

std::string MessageCode::hex() const {
  char text[8];
  std::snprintf(text, sizeof text, "%04x", value);
  return text;
}

Result<RequestId> RequestId::parse(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return fail(ErrorCode::BadRequestId, 0, "RequestID");
  const auto originator = Eui64::parse(text.substr(0, first));
  const auto target = Eui64::parse(text.substr(first + 1, second - first - 1));
  if (!originator || !target || first != 23 || second != 47) return fail(ErrorCode::BadRequestId, 0, "RequestID");
  const auto digits = text.substr(second + 1);
  std::uint64_t counter = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), counter);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty() ||
      (digits.size() > 1 && digits[0] == '0')) {
    return fail(ErrorCode::BadRequestId, second + 1, "RequestID counter");
  }
  return RequestId{*originator, *target, {counter}};
}

std::string RequestId::text() const {
  return originator.dashed_upper() + ":" + target.dashed_upper() + ":" + std::to_string(counter.value);
}

Result<DeviceType> parse_device_type(std::string_view text) {
  for (const auto& row : kTypes) {
    if (row.name == text) return row.type;
  }
  return fail(ErrorCode::UnknownCode, 0, "device type");
}

std::string_view to_string(DeviceType type) {
  for (const auto& row : kTypes) {
    if (row.type == type) return row.name;
  }
  return "unknown";
}

Result<UserRole> parse_user_role(std::string_view text) {
  for (const auto& row : kRoles) {
    if (row.name == text) return row.role;
  }
  return fail(ErrorCode::UnknownCode, 0, "user role");
}

std::string_view to_string(UserRole role) {
  for (const auto& row : kRoles) {
    if (row.role == role) return row.name;
  }
  return "";
}

}  // namespace meterway
