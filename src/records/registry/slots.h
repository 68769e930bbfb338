#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "records/registry/device.h"
#include "standard/pki/key_store.h"

/// What the platform has heard of the trust anchor cells of devices. The devices decide by what they hold themselves;
/// this is what their last answers said, and when.
///
/// Rows:  "slots"       device:8 -> format:1 { role:1 use:1 holder:8 at:8 key:1..8 }
///        "slots-look"  device:8 -> nothing: somebody should compare them with registration
///        "correction"  device:8 -> format:1 user:8 holder:8 until:8 case
///        "issuers"     subject key identifier -> DER of an authority's certificate
namespace meterway::registry {

struct Slot {
  PartyRole role = PartyRole::Root;
  pki::KeyUse use = pki::KeyUse::DigitalSignature;
  Eui64 holder;
  UtcTime at{};  ///< of the answer that said so
  Bytes key_id;
};

Result<std::vector<Slot>> slots_of(const store::ReadView& view, Eui64 device);
/// Those of the same role and use give way, unless they are known from a later answer. The device is to be looked at.
Status learn_slots(store::WriteView& view, Eui64 device, std::span<const Slot> slots);
/// From this device on, for a pass over all of them.
Result<std::vector<Eui64>> devices_with_slots(const store::ReadView& view, Eui64 from, std::size_t limit);

Status look_at_slots(store::WriteView& view, Eui64 device);
Result<std::vector<Eui64>> slots_to_look_at(const store::ReadView& view, std::size_t limit);
Status looked_at_slots(store::WriteView& view, Eui64 device);

/// Leave for the party in a device's network operator cell to hand it over to the rightful one, which registration
/// would not let it.
struct Correction {
  Eui64 user;    ///< who may send 6.15.1
  Eui64 holder;  ///< for whose certificates
  UtcTime until{};
  std::string reference;  ///< of the case
};
Result<std::optional<Correction>> find_correction(const store::ReadView& view, Eui64 device);
Status put_correction(store::WriteView& view, Eui64 device, const Correction& correction);
Status erase_correction(store::WriteView& view, Eui64 device);

/// Certificates of issuing authorities, for whoever prepares a request that has to carry them.
Status put_issuer(store::WriteView& view, ByteView key_identifier, ByteView der);
Result<std::optional<Bytes>> find_issuer(const store::ReadView& view, ByteView key_identifier);

}  // namespace meterway::registry
