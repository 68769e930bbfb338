#pragma once
#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "standard/gbcs/dlms.h"

namespace meterway::field {

/// What a COSEM specification names: attribute, or method of an action.
struct ObjectKey {
  std::uint16_t class_id = 0;
  gbcs::dlms::Obis instance{};
  std::uint8_t index = 0;
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
  std::string text() const;  ///< "113/0-0:19.20.0.255/5": the key under which values are stored
};

enum Access : std::uint8_t { kRead = 1, kWrite = 2, kAction = 4 };

/// What a device has to be, besides of its type, for a row to hold: "ESME+twin" in the table.
enum class Needs : std::uint8_t { Nothing, Twin, Polyphase };

/// One row of spec/device_objects.tsv.
struct ObjectRow {
  DeviceType device;
  std::uint16_t class_id;
  gbcs::dlms::Obis instance;
  std::uint8_t index;
  std::uint8_t access;
  std::string_view source;
  std::string_view value_hex;  ///< an encoded Data element
  Needs needs = Needs::Nothing;
  constexpr ObjectKey key() const { return {class_id, instance, index}; }
};

/// Null when the device has no such object, or it does not allow that access.
const ObjectRow* find_object(DeviceType device, const ObjectKey& key, Access access);
/// True when the device has the object at all, whatever the attribute: tells object-undefined from read-write-denied.
bool has_attribute(DeviceType device, const ObjectKey& key);

/// One row of spec/device_activations.tsv.
struct ActivationRow {
  DeviceType device;
  ObjectKey trigger, from, to;
};
std::span<const ActivationRow> activations();

/// One row of spec/device_attributes.tsv.
struct AttributeRow {
  std::string_view devices;
  std::uint16_t cluster;
  std::uint16_t attribute;
  std::uint8_t type;
  std::string_view source;
  std::string_view value;
};
const AttributeRow* find_attribute(DeviceType device, std::uint16_t cluster, std::uint16_t attribute);

/// One row of spec/device_use_cases.tsv.
struct UseCaseRow {
  MessageCode code;
  std::string_view devices;
  std::string_view roles;
  /// True when the row's letters name the role.
  bool allows(PartyRole role) const;
  /// True when they name a display of the same home.
  bool for_display() const { return roles.find('P') != std::string_view::npos; }
};
/// Null when devices of this type do not know the command.
const UseCaseRow* find_use_case_row(DeviceType device, MessageCode code);

}  // namespace meterway::field
