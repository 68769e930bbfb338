#pragma once
#include <vector>

#include "standard/pki/key_store.h"

namespace meterway::field {

/// A trust anchor cell: whom the device believes in one role for one use.
///
/// Source:  GBCS credential slots. A cell is (remote party role, key usage, cell usage); cell usage is management
///          except for the supplier's top-up key, which is KeyUse::PrepaymentKeyAgreement here.
struct Cell {
  PartyRole role = PartyRole::Root;
  pki::KeyUse use = pki::KeyUse::DigitalSignature;
  Eui64 holder;  ///< the party named in the certificate; zero for the root
  crypto::PublicKey key;
  Bytes certificate;  ///< DER; empty when only the key is known
};

/// The cells of one device. Data, not code: which cells a device has depends on its type (kCellsOf), who sits in them
/// on how it was delivered and on the credential updates since.
/// Sharing: owned by one device, not shared between threads.
class TrustAnchors {
 public:
  void put(Cell cell);  ///< replaces the cell of the same role and use
  const Cell* find(PartyRole role, pki::KeyUse use) const;
  /// The first cell of that use in which `holder` sits; null when there is none.
  const Cell* held_by(Eui64 holder, pki::KeyUse use) const;
  /// Every role in which the party holds a cell, in role order without repeats. A party may hold several: a gas proxy
  /// is delivered with the access control broker in the supplier's and the network operator's cells.
  std::vector<PartyRole> roles_of(Eui64 holder) const;
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::vector<Cell> cells_;
};

struct CellKind {
  PartyRole role;
  pki::KeyUse use;
};

/// The cells that a device of this type has when it leaves the factory, empty or not.
std::vector<CellKind> cells_of(DeviceType type);

}  // namespace meterway::field
