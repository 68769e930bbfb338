#pragma once
#include "field/device/context.h"
#include "standard/gbcs/asn1.h"

/// Security credentials of a device: who sits in its cells (CS02a), and the replacement of certificates (CS02b).
///
/// Source:  GBCS 13.2 and 13.3; the reference messages. A command is refused whole, without a response, when its
/// control
///          does not fit its message code, its header or its authorising cell. Otherwise each certificate is judged by
///          itself: those that fail leave their cell as it was and do not undo the others.
namespace meterway::field {

/// One row of spec/device_replacements.tsv: a replacement mode that the emulated devices carry out.
struct ReplacementRule {
  MessageCode code;
  std::uint8_t mode;
  std::string_view devices;        ///< "all", "CHF", "except CHF"
  PartyRole authoriser;            ///< the cell whose key opens the others
  bool by_mac;                     ///< by the broker's MAC, without a signing cell that could be named
  std::array<PartyRole, 5> opens;  ///< roles whose cells it replaces; Root ends the list
  bool floor_when_moved;           ///< a role that goes to another party needs a new floor of its counter
  bool any_role;                   ///< the new certificate may be one of another role than the cell's
};
/// Null for what is no replacement of theirs: root replacement and contingency have no public rules.
const ReplacementRule* find_replacement_rule(DeviceType device, MessageCode code);

/// SEQ{ authorising cell, SEQ OF role } -> for each role: status, current counter, and who sits in its cells.
Result<gbcs::asn1::Node> credentials_details(const gbcs::asn1::Node& request, CommandContext& context);

/// SEQ{ control, replacements, issuers, [time] } -> SEQ{ NULL, [outcome] }. Dated, it waits among the state's pending
/// instructions. Errors: Unsupported; BadValue, BadTag when the command is refused whole.
Result<gbcs::asn1::Node> replace_credentials(const gbcs::asn1::Node& request, CommandContext& context);

/// What Pending::trigger says of a replacement that waits.
inline constexpr std::string_view kReplacementTrigger = "credentials";
/// Carries out the dated replacements whose time has come and says so: 8F66, or 8F67 when a cell kept what it had.
void activate_credentials(DeviceType device, TrustAnchors& anchors, DeviceState& state, UtcTime now,
                          std::vector<AlertRequest>& alerts);

/// The cells as delivered, with what was replaced since.
void restore_cells(const DeviceState& state, TrustAnchors& anchors);

}  // namespace meterway::field
