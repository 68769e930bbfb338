#pragma once
#include <functional>

#include "field/device/load_profile.h"
#include "field/device/meter_account.h"
#include "field/device/model.h"
#include "field/device/state.h"
#include "field/device/tariff.h"
#include "field/device/trust_anchors.h"
#include "standard/gbcs/protect.h"

namespace meterway::field {

/// Who a device is. The keys never leave it.
struct Identity {
  Eui64 eui;
  DeviceType type = DeviceType::Unknown;
  crypto::PrivateKey signing;
  crypto::PrivateKey agreement;
  Eui64 pan;  ///< of a hub: its network's extended PAN id, which is the gas proxy's identifier
  /// Of an ESME, as the inventory writes it: A one element, B two, C polyphase, then letters of what else it has.
  std::string variant = "A";
  Bytes signing_certificate{}, agreement_certificate{};  ///< DER; empty where the device was given none
  bool twin() const { return variant.starts_with('B'); }
  bool has(Needs needs) const {
    return needs == Needs::Nothing || variant.starts_with(needs == Needs::Twin ? 'B' : 'C');
  }
};

/// An alert that a rule wants raised; device.cpp gives it its counter and protection.
struct AlertRequest {
  std::uint16_t alert = 0;  ///< 8F12
  MessageCode code;         ///< of the header: 0018
  Eui64 recipient;
  bool signed_by_device = true;
  std::vector<gbcs::dlms::Data> elements;  ///< DLMS: after code and time
  Bytes detail;                            ///< GBZ: after code and time
  std::optional<Eui64> supplementary_party = std::nullopt;
  std::optional<OriginatorCounter> supplementary_counter = std::nullopt;
  std::uint8_t count = 0;                             ///< GBZ: the number that stands where components are counted
  Bytes asn1{};                                       ///< ASN.1: the whole content, instead of the others
  std::optional<UtcTime> at = std::nullopt;           ///< when it came about; without it: as it is sent
  std::shared_ptr<const Registers> billed = nullptr;  ///< to be written and encrypted as billing_alert.h says
  bool forced = false;                                ///< sent even when 6.22 has switched it off
};

/// Whether the hub holds a link key with that device, so that two of its network can be given one of their own. Empty:
/// nobody is there.
using Network = std::function<bool(Eui64 other)>;

/// What a rule sees while one authentic command is carried out.
struct CommandContext {
  const gbcs::Header& command;
  const gbcs::Header& response;  ///< as it will be sent
  UtcTime now;
  const Identity& self;
  TrustAnchors& anchors;
  DeviceState& state;
  bool encrypted = false;                      ///< the use case encrypts what it brings out
  const crypto::AesKey* encryption = nullptr;  ///< null when it does not, or no key of whoever asked is known
  std::vector<AlertRequest> alerts{};          ///< raised on the way, sent after the response
  const Network* network = nullptr;            ///< what it finds around it; null: nobody
  const LoadProfile* profile = nullptr;        ///< of a meter
  bool done = true;                            ///< all that the command asked for
  std::vector<Told> told{};                    ///< what the account's rules have said on the way
};

/// The value of an attribute kept as set, or as the table has it.
gbcs::dlms::Data stored_value(DeviceType device, const DeviceState& state, const ObjectKey& key);
/// Reads the tariff out of the stored objects of an ESME.
Tariff tariff_of(const DeviceState& state);
/// That of a twin meter's secondary element.
Tariff secondary_tariff_of(const DeviceState& state);

/// The same as meter() for a gas meter, by its own tariff.
void meter_gas(const LoadProfile& profile, DeviceState& state, UtcTime now, std::vector<Told>* told = nullptr);
/// Brings the registers and the account up to `now`, in steps: half-hours, and the minutes at which a tariff switches.
/// At the end of each step what falls due there is done: debts of an hour or a day, the standing charge, entries of the
/// daily and billing logs, block counters that begin anew; then supply goes off or is armed by the account. Nothing is
/// drawn while it is off or armed. Of what a twin meter counts one part in four goes through its secondary element (how
/// much does is ours).
void meter(const LoadProfile& profile, DeviceType type, DeviceState& state, UtcTime now, bool twin = false,
           std::vector<Told>* told = nullptr);

/// Carries out every activation whose time has come and says so (8F66) to whoever asked for it.
void activate(DeviceType type, DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts, bool twin = false);
/// Copies what the trigger brings into force, at once.
void activate_now(DeviceType type, DeviceState& state, const ObjectKey& trigger);

/// The servers: content of a command in, content of the response out.
/// Errors: the content cannot be read (the command then fails its integrity check).
Result<Bytes> serve_dlms(ByteView content, CommandContext& context);
Result<Bytes> serve_gbz(ByteView content, CommandContext& context);
/// Unsupported when the device does not carry out this use case in any form (alert 8F85).
Result<Bytes> serve_asn1(ByteView content, CommandContext& context);

}  // namespace meterway::field
