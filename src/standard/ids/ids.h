#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway {

/// IEEE EUI-64: the identifier of every party and device in a GBCS message.
///
/// Wire:  8 bytes, most significant first.
/// Text:  "90-B3-D5-1F-30-01-00-00" in DUIS, either case when read; 16 plain digits in file names.
class Eui64 {
 public:
  constexpr Eui64() = default;
  explicit constexpr Eui64(std::uint64_t value) : value_(value) {}
  /// With dashes or without. Errors: BadEui64 at the offset of the first wrong character.
  static Result<Eui64> parse(std::string_view text);
  static Eui64 from_wire(std::span<const std::uint8_t, 8> bytes);
  static Eui64 from_wire_or_zero(ByteView bytes);  ///< zero unless there are exactly 8 bytes
  constexpr std::uint64_t value() const { return value_; }
  std::array<std::uint8_t, 8> wire() const;
  std::string dashed_upper() const;  ///< 90-B3-D5-1F-30-01-00-00
  std::string dashed_lower() const;  ///< 90-b3-d5-1f-30-01-00-00
  std::string plain() const;         ///< 90b3d51f30010000
  friend constexpr auto operator<=>(const Eui64&, const Eui64&) = default;

 private:
  std::uint64_t value_ = 0;
};

/// The strictly increasing number that an originator gives each of its messages.
struct OriginatorCounter {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(const OriginatorCounter&, const OriginatorCounter&) = default;
};

/// Which GBCS use case a message belongs to (Message Code, 2 bytes).
struct MessageCode {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(const MessageCode&, const MessageCode&) = default;
  std::string hex() const;  ///< four lower-case digits, as `check` prints
};

/// DUIS RequestID or ResponseID: "ORIGINATOR:TARGET:COUNTER", identifiers with dashes in either case, counter decimal.
struct RequestId {
  Eui64 originator;
  Eui64 target;
  OriginatorCounter counter;
  /// Errors: BadRequestId.
  static Result<RequestId> parse(std::string_view text);
  std::string text() const;  ///< upper-case identifiers
  friend auto operator<=>(const RequestId&, const RequestId&) = default;
};

/// What a command variant asks for; DUIS CommandVariant 1..8 (9 is internal and refused).
enum class CommandVariant : std::uint8_t {
  SendCommand = 1,
  LocalCommand = 2,
  SendAndLocal = 3,
  Transform = 4,
  SendSigned = 5,
  LocalSigned = 6,
  SendAndLocalSigned = 7,
  NonDevice = 8,
};
/// The User gets the complete command, to take it to the device himself (CV 2, 3, 6, 7).
constexpr bool is_local(CommandVariant cv) {
  return cv == CommandVariant::LocalCommand || cv == CommandVariant::SendAndLocal ||
         cv == CommandVariant::LocalSigned || cv == CommandVariant::SendAndLocalSigned;
}
/// The command goes over the WAN (CV 1, 3, 5, 7).
constexpr bool is_sent(CommandVariant cv) {
  return cv == CommandVariant::SendCommand || cv == CommandVariant::SendAndLocal || cv == CommandVariant::SendSigned ||
         cv == CommandVariant::SendAndLocalSigned;
}
/// The body is a pre-command that the User has signed (CV 5, 6, 7).
constexpr bool is_signed(CommandVariant cv) {
  return cv == CommandVariant::SendSigned || cv == CommandVariant::LocalSigned ||
         cv == CommandVariant::SendAndLocalSigned;
}

/// Device types of the inventory. `Unknown` where a table does not say.
enum class DeviceType : std::uint8_t { Unknown, ESME, GSME, CHF, GPF, PPMID, HCALCS, SAPC, IHD, CAD };
Result<DeviceType> parse_device_type(std::string_view text);
std::string_view to_string(DeviceType type);

/// The remote party roles of certificates: decimal value of the organisational unit.
enum class PartyRole : std::uint8_t {
  Root = 0,
  Recovery = 1,
  Supplier = 2,
  NetworkOperator = 3,
  AccessControlBroker = 4,
  TransitionalCos = 5,
  WanProvider = 6,
  IssuingAuthority = 7,
  LoadController = 8,
  Other = 127,
  XmlSigning = 135,
  DspXmlSigning = 137,
};

/// The roles in which a User acts, as service-request eligibility names them; LC (load controller, 7.16) is none of the
/// seven that the code names, yet reference requests come from it.
enum class UserRole : std::uint8_t { IS, ES, GS, ED, GT, RSA, OU, LC };
Result<UserRole> parse_user_role(std::string_view text);
std::string_view to_string(UserRole role);

}  // namespace meterway

template <>
struct std::hash<meterway::Eui64> {
  std::size_t operator()(const meterway::Eui64& eui) const noexcept { return std::hash<std::uint64_t>{}(eui.value()); }
};
