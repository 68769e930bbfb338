#pragma once
#include "field/device/prepayment.h"

namespace meterway::field {

/// What a person does at a meter, at its own keys or at a display of the home (PPMID) that passes it on.
///
/// Source:  SMETS2's prepayment functions at the user interface, in our own words; local acts of an ESME stand in its
///          event log: at its keys as 8161 and 8162, from a display as 8154 and 8155 with the message codes of PECS01
///          to 03 (GBCS device rules). A gas meter takes its display's as commands: PCS01 and PCS02 (device.h).
enum class LocalAct : std::uint8_t { TopUp, EmergencyCredit, EnableSupply };

struct LocalOrder {
  LocalAct act = LocalAct::TopUp;
  std::string token{};  ///< of a top-up: the 20 digits
};
std::string_view to_string(LocalAct act);

struct LocalResult {
  std::string_view why = "";  ///< why nothing was done; "" when it was
  std::int64_t value = 0;     ///< of a token, 10^-5 GBP
  bool done() const { return why.empty(); }
};

/// Carries it out on a meter's own state. Supply can be switched on where it is armed, and nowhere else. Credit that
/// was added locally is told to the supplier (810E).
LocalResult act_locally(const LocalOrder& order, bool by_display, TokenSlot slot);

/// 810E, credit added locally.
void tell_of_local_credit(const Identity& self, const TrustAnchors& anchors, std::vector<AlertRequest>& alerts);

}  // namespace meterway::field
