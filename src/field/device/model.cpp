#include "field/device/model.h"

#include <algorithm>
#include <array>

namespace meterway::field {
namespace {

constexpr ObjectRow kObjects[] = {
#include "field/device/objects.inc"
};
static_assert(std::ranges::is_sorted(kObjects, {}, &ObjectRow::key));
constexpr ActivationRow kActivations[] = {
#include "field/device/activations.inc"
};
constexpr AttributeRow kAttributes[] = {
#include "field/device/attributes.inc"
};
constexpr UseCaseRow kUseCases[] = {
#include "field/device/use_cases.inc"
};

/// True when the word stands in a list separated by blanks.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) return false;
    list.remove_prefix(blank + 1);
  }
  return false;
}

/// The rows of one object's attribute or method, of whatever device.
std::span<const ObjectRow> rows_of(const ObjectKey& key) {
  const auto* first =
      std::lower_bound(std::begin(kObjects), std::end(kObjects), key,
                       [](const ObjectRow& row, const ObjectKey& wanted) { return row.key() < wanted; });
  const auto* last = std::upper_bound(first, std::end(kObjects), key,
                                      [](const ObjectKey& wanted, const ObjectRow& row) { return wanted < row.key(); });
  return {first, last};
}

char letter(PartyRole role) {
  switch (role) {
    case PartyRole::Supplier:
      return 'S';
    case PartyRole::NetworkOperator:
      return 'N';
    case PartyRole::AccessControlBroker:
      return 'A';
    case PartyRole::TransitionalCos:
      return 'T';
    case PartyRole::WanProvider:
      return 'W';
    case PartyRole::Recovery:
      return 'R';
    case PartyRole::LoadController:
      return 'L';
    default:
      return '-';
  }
}

}  // namespace

std::string ObjectKey::text() const {
  return std::to_string(class_id) + "/" + gbcs::dlms::to_string(instance) + "/" + std::to_string(index);
}

const ObjectRow* find_object(DeviceType device, const ObjectKey& key, Access access) {
  for (const auto& row : rows_of(key)) {
    if (row.device == device && (row.access & access) != 0) return &row;
  }
  return nullptr;
}

bool has_attribute(DeviceType device, const ObjectKey& key) {
  const auto rows = rows_of(key);
  return std::any_of(rows.begin(), rows.end(), [&](const ObjectRow& row) { return row.device == device; });
}

std::span<const ActivationRow> activations() { return kActivations; }

const AttributeRow* find_attribute(DeviceType device, std::uint16_t cluster, std::uint16_t attribute) {
  for (const auto& row : kAttributes) {
    if (row.cluster == cluster && row.attribute == attribute && lists(row.devices, to_string(device))) return &row;
  }
  return nullptr;
}

bool UseCaseRow::allows(PartyRole role) const { return roles.find(letter(role)) != std::string_view::npos; }

const UseCaseRow* find_use_case_row(DeviceType device, MessageCode code) {
  for (const auto& row : kUseCases) {
    if (row.code == code && lists(row.devices, to_string(device))) return &row;
  }
  return nullptr;
}

}  // namespace meterway::field
