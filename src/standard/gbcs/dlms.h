#pragma once
#include <array>
#include <variant>

#include "standard/gbcs/dlms_data.h"
#include "standard/ids/ids.h"

namespace meterway::gbcs::dlms {

/// What one entry of an access request asks; GetSelected carries an access selector.
enum class Choice : std::uint8_t { Get = 1, Set = 2, Action = 3, GetSelected = 4 };

/// A COSEM instance: six value groups, "0-0:1.0.0.255".
using Obis = std::array<std::uint8_t, 6>;
std::string to_string(const Obis& obis);

struct Specification {
  Choice choice = Choice::Get;
  std::uint16_t class_id = 0;
  Obis instance{};
  std::uint8_t index = 0;     ///< attribute, or method of an Action
  std::uint8_t selector = 0;  ///< of GetSelected
  Data selection;             ///< of GetSelected
  friend bool operator==(const Specification&, const Specification&) = default;
};

/// 20 and the low three bytes of the originator counter.
constexpr std::uint32_t invoke_id(OriginatorCounter counter) {
  return 0x20000000u | static_cast<std::uint32_t>(counter.value & 0xFFFFFF);
}

/// Content of a command:  D9 | invoke id:4 | 00 | n specification.. | n data..   (a Get carries null data)
struct AccessRequest {
  std::uint32_t invoke_id = 0;
  std::vector<Specification> specifications;
  std::vector<Data> data;
  friend bool operator==(const AccessRequest&, const AccessRequest&) = default;
};

struct AccessResult {
  Choice choice = Choice::Get;
  std::uint8_t code = 0;  ///< 0 success; see result_name
  friend bool operator==(const AccessResult&, const AccessResult&) = default;
};
/// "success", "object-undefined", ...; empty when the standard has no name for it.
std::string_view result_name(std::uint8_t code);

/// Content of a response:  DA | invoke id:4 | 00 | 00 | n data.. | n result..   (null data where there is no value)
struct AccessResponse {
  std::uint32_t invoke_id = 0;
  std::vector<Data> data;
  std::vector<AccessResult> results;
  friend bool operator==(const AccessResponse&, const AccessResponse&) = default;
};

/// Content of an alert:  0F | invoke id:4 | 00 | data, a structure that begins with alert code and time
struct DataNotification {
  std::uint32_t invoke_id = 0;
  Data body;
  friend bool operator==(const DataNotification&, const DataNotification&) = default;
};

using Apdu = std::variant<AccessRequest, AccessResponse, DataNotification>;

/// Reads a whole content; it is consumed exactly. Errors: as take_data, and BadTag, BadValue (a choice), BadLength
/// (the lists differ in length), TrailingBytes.
Result<Apdu> read_apdu(ByteView content);
Bytes write_apdu(const Apdu& apdu);

/// Encrypted attributes (class 001E, method get protected attributes): who made them, for whom, in which message.
struct ProtectionParameters {
  OriginatorCounter counter;  ///< of the header, also when the key uses the supplementary one
  Eui64 originator;
  Eui64 recipient;
};
/// The array of one protection-parameters structure, type 2 (authentication and encryption), agreed key.
Data protection_parameters(const ProtectionParameters& parameters);
/// What a device answers: structure { protection parameters, octet string 31 00000000 | ciphertext | tag }.
Data protected_attributes(const ProtectionParameters& parameters, ByteView block);
/// The protected block of such an answer (or of the last elements of an alert); empty when `data` is not one.
ByteView protected_block(const Data& data);

}  // namespace meterway::gbcs::dlms
