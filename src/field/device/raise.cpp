#include "base/util/hex.h"
#include "field/device/alert_contents.h"
#include "field/device/alert_routing.h"
#include "field/device/behaviours.h"
#include "field/device/device.h"
#include "field/device/logs.h"
#include "standard/gbcs/alerts.h"

namespace meterway::field {
namespace {

using gbcs::AlertSure;
using Why = Unexpected<std::string>;

constexpr const char* kTo = "to";        // the parameter that names another addressee
constexpr const char* kForce = "force";  // the one that sends what is switched off

std::string code_of(std::uint16_t alert) { return MessageCode{alert}.hex(); }

/// A party's word, or its identifier.
Result<Eui64, std::string> addressee_of(const std::string& word, const TrustAnchors& anchors) {
  if (const auto role = gbcs::parse_alert_party(word)) {
    const auto holder = holder_of(anchors, *role);
    if (holder == Eui64()) return Why{"the device knows no " + word};
    return holder;
  }
  const auto eui = Eui64::parse(word);
  if (!eui) return Why{"to=" + word + ": supplier, network_operator, broker, wan_provider, or an EUI-64"};
  if (anchors.roles_of(*eui).empty()) return Why{"the device does not know " + eui->plain()};
  return *eui;
}

}  // namespace

Eui64 holder_of(const TrustAnchors& anchors, PartyRole role) {
  for (const auto& cell : anchors.cells()) {
    if (cell.role == role) return cell.holder;
  }
  return Eui64();
}

AlertRequest routed(const gbcs::AlertRoute& route, const TrustAnchors& anchors, Eui64 signer) {
  AlertRequest alert;
  alert.alert = route.alert;
  alert.code = route.message;
  alert.recipient = route.to_signer ? signer : holder_of(anchors, route.addressee);
  alert.signed_by_device = route.protection == gbcs::AlertProtection::Signature;
  if (route.second != PartyRole::Other) {
    const auto second = holder_of(anchors, route.second);
    if (second != Eui64() && second != alert.recipient) alert.supplementary_party = second;
  }
  return alert;
}

Result<Raised, std::string> Device::raise(std::uint16_t code, const AlertParameters& parameters, UtcTime now) {
  const auto type = std::string(to_string(identity_.type));
  if (gbcs::alert_name(code).empty()) return Why{"no alert has the code " + code_of(code)};
  const auto* route = gbcs::find_alert_route(code, identity_.type);
  if (route == nullptr) return Why{"no " + type + " raises " + code_of(code)};
  Raised out;
  out.route = route;
  const auto behaviour = behaviour_of(identity_.type, state_, code);
  out.logged = behaviour.logs && !route->log.empty();
  if (route->logged_only()) {
    if (!parameters.empty()) return Why{code_of(code) + " carries nothing: no alert goes out"};
    state_.log(now, code, "event, no alert");
    record_event(identity_.type, state_, now, code);
    return out;
  }

  auto alert = routed(*route, anchors_, holder_of(anchors_, PartyRole::Supplier));
  auto contents = parameters;
  if (const auto force = contents.extract(kForce)) {
    if (force.mapped() != "yes") return Why{"force=" + force.mapped() + ": yes, or left out"};
    alert.forced = true;
  }
  if (const auto to = contents.extract(kTo)) {
    if (!route->to_signer && route->sure != AlertSure::Unconfirmed)
      return Why{"the addressee of " + code_of(code) + " is firm: " + std::string(gbcs::alert_party(route->addressee))};
    auto addressee = addressee_of(to.mapped(), anchors_);
    if (!addressee) return Why{addressee.error()};
    alert.recipient = *addressee;
    if (alert.supplementary_party == alert.recipient) alert.supplementary_party.reset();
  }
  if (alert.recipient == Eui64())
    return Why{"nobody sits in the device's cell of the " + std::string(gbcs::alert_party(route->addressee))};
  if (!alert.signed_by_device && anchors_.held_by(alert.recipient, pki::KeyUse::KeyAgreement) == nullptr)
    return Why{"the device has no key agreement key of " + alert.recipient.plain() + " for a MAC"};
  const auto filled =
      fill_alert(alert, contents, identity_, anchors_, state_, OriginatorCounter{state_.alert_counter + 1}, now);
  if (!filled) return Why{code_of(code) + " " + filled.error()};
  out.switched_off = !behaviour.alerts && !alert.forced;
  if (out.switched_off) {
    (void)send({std::move(alert)}, now);
    return out;
  }
  out.addressee = alert.recipient;
  out.second = alert.supplementary_party;
  auto sent = send({std::move(alert)}, now);
  if (sent.empty()) return Why{code_of(code) + " could not be protected"};
  out.counter = OriginatorCounter{state_.alert_counter};
  out.message = std::move(sent.front());
  return out;
}

}  // namespace meterway::field
