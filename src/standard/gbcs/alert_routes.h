#pragma once
#include <optional>
#include <span>

#include "standard/ids/ids.h"

namespace meterway::gbcs {

enum class AlertProtection : std::uint8_t { None, Mac, Signature };

/// How much of a row of spec/alert_routes.tsv is known: all of it; all but whom the DCC tells; nothing for certain.
enum class AlertSure : std::uint8_t { Firm, ToldUnconfirmed, Unconfirmed };
/// "firm", "told unconfirmed", "unconfirmed"
std::string_view to_string(AlertSure sure);

/// To whom a device of one of these types tells of one event: a row of spec/alert_routes.tsv.
///
/// Source:   GBCS alerts, as meter manuals and reference messages show them; the row names which.
struct AlertRoute {
  std::uint16_t alert;       ///< 8F36
  std::string_view devices;  ///< "ESME GSME"
  MessageCode message;       ///< of the header: 0067; 0 when no alert goes out
  AlertProtection protection;
  PartyRole addressee;  ///< Other: the signer of the command it is about, or nobody
  PartyRole second;     ///< supplementary remote party; Other: none
  bool to_signer;
  /// "addressee", or User roles ("IS GS") that are told by responsibility where the addressee is no User; "": nobody.
  std::string_view told;
  AlertSure sure;
  bool throttled;        ///< false: told one by one however many there are
  std::string_view log;  ///< "security", "event", "power", "alcs": where the device keeps it; "": nowhere
  std::string_view source;

  bool logged_only() const { return protection == AlertProtection::None; }
  /// True when the addressee is the access control broker or the WAN provider, neither of them a User.
  bool to_dcc() const { return addressee == PartyRole::AccessControlBroker || addressee == PartyRole::WanProvider; }
};

/// All rows, by code.
std::span<const AlertRoute> alert_routes();
/// Null when devices of this type have no such alert.
const AlertRoute* find_alert_route(std::uint16_t alert, DeviceType type);
/// A code some row of which is never throttled.
bool never_throttled(std::uint16_t alert);
/// What the rows call a party: "supplier", "network_operator", "broker", "wan_provider", "load_controller"; "" for
/// another.
std::string_view alert_party(PartyRole role);
std::optional<PartyRole> parse_alert_party(std::string_view name);

}  // namespace meterway::gbcs
