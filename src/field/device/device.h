#pragma once
#include <optional>
#include <string>

#include "field/device/alert_contents.h"
#include "field/device/context.h"
#include "field/device/faults.h"
#include "field/device/local.h"
#include "standard/gbcs/alert_routes.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::field {

/// What comes out of a device for one command, or with the passing of time.
struct Outcome {
  std::optional<Bytes> response;
  std::vector<Bytes> alerts;  ///< in the order of their counters
  RequestId command{};        ///< originator, target and counter; zero when the message could not be read
  const char* refusal = "";   ///< why there is no response, for the emulator's own log; "" when there is one
};

/// How the transfer of an image to a device of the network ended; the values are those of CCS08, whose order is not
/// public beyond 0.
enum class TransferOutcome : std::uint8_t { Success = 0, Discarded = 1, HardwareMismatch = 2, Failure = 3 };

/// What came of an alert that was raised by hand.
struct Raised {
  const gbcs::AlertRoute* route = nullptr;
  Bytes message;                ///< empty when the event is only logged, or the alert switched off
  OriginatorCounter counter{};  ///< of the alert
  Eui64 addressee;
  std::optional<Eui64> second;  ///< named as supplementary remote party
  bool switched_off = false;    ///< by 6.22: no alert went out
  bool logged = false;          ///< the route's log has kept it
};

/// A meter, hub or other home device that answers GBCS commands with its own keys, clock and memory.
///
/// A command is checked in this order, and the first failure ends it without a response (it is logged, and alert 8F1E
/// goes out): it can be read; it is for this device; the device knows the use case; the originator holds a role that
/// may ask for it, or is a display that the device has joined with, where the row names one; its counter is greater
/// than the last one of that role or display (prepayment tokens: not in the token cache); the access control broker's
/// MAC fits; a critical one carries the signature of the originator. Then it is carried out, and what it asks in vain
/// is answered with the failure code of its use case. An authentic command that the device does not know or cannot
/// carry out in any form raises 8F85.
///
/// Source:  device-side rules of GBCS; docs/wire/gbcs.md for the messages.
/// Sharing: one thread at a time.
class Device {
 public:
  Device(Identity identity, TrustAnchors anchors, LoadProfile profile, DeviceState state);

  const Identity& identity() const { return identity_; }
  const TrustAnchors& anchors() const { return anchors_; }
  const DeviceState& state() const { return state_; }

  /// Takes one message addressed to the device, which finds `network` around it.
  Outcome take(ByteView message, UtcTime now, const Network& network = {});
  /// What it would answer to a command that it has had before: carried out by a copy of the device as it is now, which
  /// is then forgotten. Nothing of this device changes. The copy takes a counter that was used up; everything else is
  /// checked as ever.
  Outcome rehearse(ByteView message, UtcTime now, const Network& network = {}) const;
  /// Lets time pass: registers advance, dated instructions fall due.
  std::vector<Bytes> pass(UtcTime now);

  /// When time alone will next give a meter something to tell: credit that runs low or out, a debt that is paid, a load
  /// limit, a billing period that ends. At the latest a day on, as no more is worked out at once; none where nothing of
  /// the kind is set.
  std::optional<UtcTime> notices_next() const;

  /// The supply was gone from `lost` to `restored`: nothing was drawn, and an ESME says so to the network operator,
  /// 8F35 and for three minutes or more 8F36 as well. pass(lost) came before.
  std::vector<Bytes> supply_returns(UtcTime lost, UtcTime restored, UtcTime now);

  /// The device tells of an event as if it had happened: to whom, in which message and protected how its row of
  /// spec/alert_routes.tsv says, with its own counter and keys. Parameters are those of spec/device_alert_contents.tsv,
  /// and "to" (a party or EUI-64) where the row is unconfirmed or names the signer of a command; "force" ("yes") sends
  /// what 6.22 has switched off (behaviours.h), which otherwise is logged at most.
  /// pass(now) came before. Errors: a sentence; nothing has changed.
  Result<Raised, std::string> raise(std::uint16_t alert, const AlertParameters& parameters, UtcTime now);

  /// Something breaks, or is mended: code 0, and everything when no place is named.
  void set_fault(const Fault& fault);

  struct Hearing {
    bool may_talk = false;
    std::vector<Bytes> alerts;  ///< 8F12 when the device has just joined
  };
  /// Of a hub: a device with this install code speaks on its network.
  Hearing hears(Eui64 device, ByteView install_code, UtcTime now);
  /// A person does something at this meter, or at a display beside it that has no message for it (an ESME's). Who is no
  /// meter has no keys. pass(now) comes first, as for a command.
  struct Acted {
    LocalResult result;
    std::vector<Bytes> messages;
  };
  Acted act(const LocalOrder& order, bool by_display, UtcTime now);
  /// Of a display: the message that has a gas meter do it; Errors: NotFound when they were not joined, those of
  /// order_of_display.
  Result<Bytes> order_gas_meter(const LocalOrder& order, Eui64 meter);
  /// Of a display: what the meter has answered. Errors: NotFound, those of read_gas_answer.
  Result<LocalResult> hear_gas_meter(ByteView response, Eui64 meter);

  /// A firmware image has come over the network, whole: the alerts that say what became of it (firmware.h).
  std::vector<Bytes> take_image(ByteView image, UtcTime now);
  /// Of a hub: what became of a transfer to a device of its network (CCS08), 8F8A or 8F89 to the broker.
  std::vector<Bytes> tell_of_transfer(Eui64 device, ByteView version, TransferOutcome outcome, UtcTime now);
  /// Of a gas proxy: the meter's readings as it pushed them.
  void mirror(const Device& gas_meter);

 private:
  struct Checked {
    const gbcs::UseCase* use_case = nullptr;  ///< null: not one of this device
    PartyRole role = PartyRole::Other;
    bool by_former_key = false;                  ///< the MAC is one of the agreement key before the last change
    std::optional<crypto::PublicKey> display{};  ///< who asks is a joined display: its key
  };
  Result<Checked> check(const gbcs::Message& message) const;
  /// Does what an authentic command asks for.
  void obey(const gbcs::Message& message, const Checked& checked, UtcTime now, const Network& network,
            Outcome& outcome);
  Result<Bytes> carry_out(const gbcs::Message& message, const gbcs::UseCase& use_case, UtcTime now,
                          const Network& network, std::vector<AlertRequest>& alerts);
  gbcs::Header response_header(const gbcs::Message& message, const gbcs::UseCase& use_case, UtcTime now);
  Result<Bytes> protect(gbcs::Message message, bool sign) const;
  void integrity_alert(const char* reason, UtcTime now, Outcome& outcome);
  /// What the account's rules told, as alerts to whom spec/alert_routes.tsv names.
  void add_alerts(const std::vector<Told>& told, std::vector<AlertRequest>& alerts) const;
  std::vector<Bytes> send(std::vector<AlertRequest> alerts, UtcTime now);

  Identity identity_;
  std::optional<crypto::PrivateKey> former_agreement_;  ///< own_keys.h
  TrustAnchors anchors_;
  LoadProfile profile_;
  DeviceState state_;
};

}  // namespace meterway::field
