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
///        "slots-unread"       device:8 -> nothing: it should have said who sits in its network operator cells, and has
///        not "slots-unread-count" "all" -> how many of these there are "correction"  device:8 -> format:2 { user:8
///        holder:8 from:8 until:8 case body }, the latest last "issuers"     subject key identifier -> DER of an
///        authority's certificate
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

/// Devices whose network operator cells nobody has read. Who keeps it so calls this whenever he has looked.
Status note_unread(store::WriteView& view, Eui64 device, bool unread);
Result<std::uint64_t> unread_count(const store::ReadView& view);
Result<std::vector<Eui64>> unread_from(const store::ReadView& view, Eui64 from, std::size_t limit);

/// Leave for the party in a device's network operator cell to hand it over to the rightful one, which registration
/// would not let it. It has a beginning and an end and is kept when it is over, so that it can be said later whether it
/// held at some moment.
struct Correction {
  Eui64 user;    ///< who may send 6.15.1
  Eui64 holder;  ///< for whose certificates
  UtcTime until{};
  std::string reference{};  ///< of the case
  UtcTime from{};
  std::string body{};  ///< what it may send, as access::body_digest gives it; empty: any for these certificates
  bool holds(UtcTime at) const { return from <= at && at < until; }
};
/// So many of a device are kept; the oldest go first.
inline constexpr std::size_t kMostCorrections = 64;
/// The one that holds, or held, at that moment.
Result<std::optional<Correction>> find_correction(const store::ReadView& view, Eui64 device, UtcTime at);
/// One that held until then ends with its beginning.
Status put_correction(store::WriteView& view, Eui64 device, const Correction& correction);
/// From that moment on there is none.
Status end_correction(store::WriteView& view, Eui64 device, UtcTime at);

/// Certificates of issuing authorities, for whoever prepares a request that has to carry them.
Status put_issuer(store::WriteView& view, ByteView key_identifier, ByteView der);
Result<std::optional<Bytes>> find_issuer(const store::ReadView& view, ByteView key_identifier);

}  // namespace meterway::registry
