#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "field/device/account.h"
#include "field/device/auxiliary.h"
#include "field/device/replay.h"
#include "standard/pki/key_store.h"

namespace meterway::field {

/// The load switch or valve; the values are those of the DLMS disconnect control.
enum class Supply : std::uint8_t { Off = 0, On = 1, Armed = 2 };

/// How far the device trusts its clock; the values are those of GBCS time status.
enum class TimeStatus : std::uint8_t { Reliable = 0, Invalid = 1, Unreliable = 2 };

/// Registers of a meter, right at `read_at`. Milli-units: milliwatt-hours, milli-var-hours, or millilitres of gas.
struct Registers {
  static constexpr std::size_t kTariffs = 48;   ///< time-of-use registers of an ESME
  static constexpr std::size_t kBlocks = 32;    ///< 4 blocks x 8 rates
  static constexpr std::size_t kSecondary = 4;  ///< time-of-use registers of a twin meter's secondary element
  UtcTime read_at{};
  std::uint64_t import_milli = 0;
  std::uint64_t reactive_milli = 0;
  std::array<std::uint64_t, kTariffs> tariff_milli{};
  std::array<std::uint64_t, kBlocks> block_milli{};        ///< counters: begin anew when they are reset; of gas: blocks
  std::array<std::uint64_t, kBlocks> block_total_milli{};  ///< registers of an ESME: what the counters were, ever since
  std::array<std::uint64_t, kSecondary> secondary_milli{};
  std::int64_t balance = 0;            ///< meter balance, thousandths of a penny (10^-5 GBP)
  std::int64_t bill_to_date = 0;       ///< the same unit; rises with consumption
  std::uint64_t cost_remainder = 0;    ///< what has not yet made a whole thousandth of a penny, unit / 10^6
  std::uint64_t energy_remainder = 0;  ///< of gas: what has not yet made a whole milliwatt-hour, unit / 3.6 x 10^6
};

/// A device of the home area network in the hub's device log.
struct LogEntry {
  Eui64 eui;
  Bytes key_hash;      ///< of the link key: empty until one is established, then 16 bytes
  Bytes install_code;  ///< what the entry was added with
  UtcTime last_contact{};
};

/// A change that a command set for later.
struct Pending {
  UtcTime at{};
  std::string trigger;  ///< the attribute that carries the activation time, as an object key
  MessageCode code;
  OriginatorCounter counter;
  Eui64 signer;     ///< who is told of the outcome
  Bytes content{};  ///< of a command that is carried out whole: a replacement of credentials
};

/// Another device that this one has joined with: an entry of its own device log.
struct Joined {
  Eui64 eui;
  std::uint8_t type = 0;        ///< as joins number device types
  std::uint8_t method = 0;      ///< as joins number methods; the two roles of method A are two
  Bytes certificate{};          ///< method C: the other's key agreement certificate
  OriginatorCounter counter{};  ///< method C: of the other's last command
};

/// A firmware image that the device has verified and not yet taken into use.
struct HeldImage {
  Bytes hash;     ///< SHA-256 of the manufacturer image
  Bytes version;  ///< 4 octets
  Eui64 signer;   ///< the supplier whose signature it bears
};

/// A cell that was replaced since the device was delivered.
struct KeptCell {
  PartyRole role = PartyRole::Root;
  pki::KeyUse use = pki::KeyUse::DigitalSignature;
  Bytes certificate;
};

/// A key pair of the device's own that it was not delivered with.
struct OwnKey {
  /// Waits for its certificate; is what the device goes by; was so until the last change (agreement keys alone).
  enum class Stage : std::uint8_t { Asked = 0, InUse = 1, Former = 2 };
  pki::KeyUse use = pki::KeyUse::DigitalSignature;
  Stage stage = Stage::Asked;
  Bytes key;          ///< PKCS#8
  Bytes certificate;  ///< DER; empty while it waits for one
};

/// A stretch of time in which a meter drew nothing, for want of supply or with its switch open.
struct Idle {
  UtcTime from{}, to{};
};

struct SecurityEvent {
  UtcTime at{};
  std::uint16_t code = 0;
  std::string detail;
};

/// Everything a device does not lose with its supply. Plain data: device.cpp and its servers are the rules.
struct DeviceState {
  static constexpr std::size_t kSecurityLog = 100;
  static constexpr std::size_t kIdle = 64;

  UtcTime commissioned{};
  ReplayGuard replay;
  TokenCache tokens;
  std::uint64_t alert_counter = 0;  ///< of the last message the device originated
  TimeStatus time_status = TimeStatus::Reliable;
  Supply supply = Supply::On;
  Registers registers;
  std::map<std::string, Bytes> stored;  ///< encoded values that commands have set, by object key
  std::vector<Pending> pending;
  std::vector<SecurityEvent> security_log;     ///< the newest kSecurityLog
  std::vector<LogEntry> device_log;            ///< of a hub
  std::vector<LogEntry> historic_log;          ///< of a hub: at most 15
  std::vector<KeptCell> cells;                 ///< trust anchor cells that are not as delivered
  std::vector<OwnKey> own_keys;                ///< at most one of each use and stage
  std::uint16_t join_seconds = 0;              ///< of a hub: how long it lets devices join
  Bytes firmware{0x00, 0x01, 0x00, 0x03};      ///< version that runs
  std::optional<HeldImage> image;              ///< of a meter: waits for its activation
  std::vector<Joined> joined;                  ///< of the others: whom it has joined with, at most kJoinedLog
  std::optional<Eui64> network_id;             ///< of a hub that was restored: its network's, as its predecessor had it
  std::map<std::string, std::uint8_t> faults;  ///< what is broken, by place (faults.h), and how that is answered

  Account account;                    ///< of a meter
  std::map<std::string, Bytes> logs;  ///< entries by object, "7/0-0:98.1.9.255/2": log_book.h
  std::vector<Idle> idle;             ///< the newest kIdle, oldest first
  UtcTime billing_changed{};          ///< when the billing data log last noted a change of mode or tariff

  std::optional<UtcTime> limit_restores;  ///< of an ESME whose load limit has armed supply: when it is on again

  Auxiliaries auxiliaries;  ///< of an ESME or SAPC: its auxiliary loads

  void log(UtcTime at, std::uint16_t code, std::string detail);
};

/// CBOR, for a file. Read back it is the same state.
Bytes write_state(const DeviceState& state);
/// Also reads the JSON text that estates were kept in at first. Errors: BadJson.
Result<DeviceState> read_state(ByteView bytes);

}  // namespace meterway::field
