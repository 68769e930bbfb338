#pragma once
#include "field/device/context.h"
#include "standard/gbcs/asn1.h"

/// Pair-wise authorisation: whom a device of the home takes into its own device log (CS03A1, CS03A2, CS03B, CS03C),
/// lets go of (CS04AC, CS04B), and what it says of it (CS07). A gas proxy tells the broker of every change (8071), so
/// that a replacement can be given its log.
///
/// Source:  the reference messages; spec/device_joins.tsv says which pairs there are, and what of it is unconfirmed.
/// The
///          order in which faults are looked for is that of their numbers, entries of the log before keys.
namespace meterway::field {

/// How many others a device can be joined with. The sizes of device logs are not public: ours.
inline constexpr std::size_t kJoinedLog = 16;

/// SEQ{ method, id, type, [certificate] } -> INTEGER 0..13. Repeated with the same type it succeeds and changes nothing
/// but the certificate. Errors: BadTag, BadValue for what is no such content.
Result<gbcs::asn1::Node> join(const gbcs::asn1::Node& request, CommandContext& context);

/// id -> INTEGER 0 done, 1 not in the log, 2 failure: the entry is there by a method that this command is not for, as
/// the one that only a signed command opens cannot be ended by an unsigned one.
Result<gbcs::asn1::Node> unjoin(const gbcs::asn1::Node& request, CommandContext& context);

/// NULL -> SEQ{ INTEGER 0, SEQ OF SEQ{ id, type } }
Result<gbcs::asn1::Node> join_details(const gbcs::asn1::Node& request, CommandContext& context);

/// Of a gas proxy (GCS59): SEQ{ SEQ OF SEQ{ id, type } } -> SEQ{ SEQ OF { entry, INTEGER } }, the log of the hub that
/// was here before. Each entry goes in by method B or is refused with the number a join has for it, by itself; what
/// stands in the log already stays. That nothing leaves the log, and which numbers there are besides 0, is ours: the
/// reference message has success alone.
Result<gbcs::asn1::Node> restore_joins(const gbcs::asn1::Node& request, CommandContext& context);

/// The entries of the log, as CS07 and alert 8071 have them: SEQ OF SEQ{ id, type }.
gbcs::asn1::Node joined_entries(const DeviceState& state);

}  // namespace meterway::field
