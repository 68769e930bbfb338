#include "field/device/trust_anchors.h"

#include <algorithm>

namespace meterway::field {
namespace {

using Use = pki::KeyUse;
using Role = PartyRole;

struct CellRow {
  Role role;
  Use use;
  bool meter;  ///< ESME, GSME and GPF hold the same cells
  bool chf;
  bool home;  ///< PPMID, HCALCS: they take signed orders from the broker
};

constexpr CellRow kCells[] = {
    // role                    use                          meter  chf    home
    {Role::Root, Use::DigitalSignature, true, true, true},
    {Role::Recovery, Use::DigitalSignature, true, true, true},
    {Role::Supplier, Use::DigitalSignature, true, false, false},
    {Role::Supplier, Use::KeyAgreement, true, false, false},
    {Role::Supplier, Use::PrepaymentKeyAgreement, true, false, false},
    {Role::NetworkOperator, Use::DigitalSignature, true, false, false},
    {Role::NetworkOperator, Use::KeyAgreement, true, false, false},
    {Role::AccessControlBroker, Use::DigitalSignature, false, true, true},
    {Role::AccessControlBroker, Use::KeyAgreement, true, true, true},
    {Role::TransitionalCos, Use::DigitalSignature, true, false, false},
    {Role::WanProvider, Use::DigitalSignature, false, true, false},
    {Role::LoadController, Use::DigitalSignature, false, false, false},
    {Role::LoadController, Use::KeyAgreement, false, false, false},
};

}  // namespace

std::vector<CellKind> cells_of(DeviceType type) {
  // That an SAPC has a meter's cells, and whether its prepayment cell is among them, is inferred.
  const bool auxiliary = type == DeviceType::ESME || type == DeviceType::SAPC;
  const bool meter = auxiliary || type == DeviceType::GSME || type == DeviceType::GPF;
  const bool chf = type == DeviceType::CHF;
  std::vector<CellKind> out;
  for (const auto& row : kCells) {
    // A load switch obeys the supplier's signature as well; a display knows no supplier.
    const bool home =
        row.home || (type == DeviceType::HCALCS && row.role == Role::Supplier && row.use == Use::DigitalSignature);
    const bool load = auxiliary && row.role == Role::LoadController;
    if (load || (meter ? row.meter : chf ? row.chf : home)) out.push_back({row.role, row.use});
  }
  return out;
}

void TrustAnchors::put(Cell cell) {
  for (auto& old : cells_) {
    if (old.role == cell.role && old.use == cell.use) {
      old = std::move(cell);
      return;
    }
  }
  cells_.push_back(std::move(cell));
}

const Cell* TrustAnchors::find(PartyRole role, pki::KeyUse use) const {
  for (const auto& cell : cells_) {
    if (cell.role == role && cell.use == use) return &cell;
  }
  return nullptr;
}

const Cell* TrustAnchors::held_by(Eui64 holder, pki::KeyUse use) const {
  for (const auto& cell : cells_) {
    if (cell.holder == holder && cell.use == use) return &cell;
  }
  return nullptr;
}

std::vector<PartyRole> TrustAnchors::roles_of(Eui64 holder) const {
  std::vector<PartyRole> roles;
  for (const auto& cell : cells_) {
    if (cell.holder == holder) roles.push_back(cell.role);
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

}  // namespace meterway::field
