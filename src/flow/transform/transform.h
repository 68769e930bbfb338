#pragma once
#include <functional>
#include <optional>

#include "base/util/clock.h"
#include "flow/transform/device_facts.h"
#include "records/registry/log_backup.h"
#include "standard/duis/request.h"
#include "standard/gbcs/message.h"
#include "standard/pki/key_store.h"

namespace meterway::flow::transform {

/// What transformation needs besides the request: state of the DCC, handed in.
struct Context {
  UtcTime now;
  Eui64 access_control_broker;
  std::optional<Eui64> transitional_cos;         ///< transitional change of supplier party of the DCC, for 6.23
  DeviceType target_type = DeviceType::Unknown;  ///< from the inventory; decides the use case
  DeviceType other_type = DeviceType::Unknown;   ///< of the device that a join names
  DeviceFacts facts{};                           ///< of the target, from the inventory
  std::optional<std::string> use_case;           ///< overrules the choice
  std::optional<std::string> cin;                ///< customer identification number for 9.1
  std::optional<OriginatorCounter> dcc_counter;  ///< counter to use where the DCC is the originator
  const pki::KeyStore* keys = nullptr;           ///< certificates
  std::optional<registry::LogBackup> log;        ///< last reported by the hub or GPF that a restore names
};

struct Transformed {
  std::string use_case;
  bool critical = false;          ///< a pre-command to be signed by the user; otherwise MAC and send
  bool signed_by_broker = false;  ///< the ACB signs before the MAC: a critical use case that no user can sign
  gbcs::Message message;          ///< no MAC yet; signature field Empty (zero length)
};

/// Turns a service request into its GBCS pre-command or (still without MAC) command.
/// Errors: Unsupported (no use case for this service and device type), BadRequest (body makes no sense for it).
Result<Transformed> transform(const duis::Request& request, const Context& context);

}  // namespace meterway::flow::transform
