#pragma once
#include <string_view>

#include "base/util/clock.h"
#include "flow/transform/device_facts.h"
#include "standard/duis/element.h"
#include "standard/ids/ids.h"

namespace meterway::pki {
class KeyStore;
}
namespace meterway::registry {
struct LogBackup;
}

namespace meterway::flow::transform {

/// What a payload is made from. Everything that is not in the request is handed in.
struct PayloadInput {
  const duis::Element& body;  ///< the validated request body
  std::string_view service;   ///< service reference variant, "4.1.1"
  std::string_view use_case;  ///< "ECS17b"
  MessageCode code;
  Eui64 originator;  ///< business originator of the header (the user, or the ACB)
  Eui64 target;
  OriginatorCounter counter;                     ///< originator counter of the header
  Eui64 user;                                    ///< who asked: the originator, or the supplementary remote party
  OriginatorCounter user_counter;                ///< the counter of the RequestID
  UtcTime now;                                   ///< time of transformation; gas messages carry it
  std::string_view cin;                          ///< customer identification number drawn by the DCC, for 9.1
  const pki::KeyStore* keys = nullptr;           ///< certificates that a payload carries (never private keys)
  DeviceType target_type = DeviceType::Unknown;  ///< of the target, from the inventory
  DeviceType other_type = DeviceType::Unknown;   ///< of the device that the body names (joins), from the inventory
  PartyRole party_role = PartyRole::Supplier;    ///< of the user, as its certificate says
  DeviceFacts facts{};                           ///< of the target, from the inventory
  const registry::LogBackup* log = nullptr;      ///< of the device that a restore names; null when none is kept
};

/// One per kind of payload; each answers for the use cases whose rows name it.
/// Errors: Unsupported for a use case without rows; BadRequest when a valid body makes no sense for the device.
Result<Bytes> build_dlms(const PayloadInput& input);
Result<Bytes> build_gbz(const PayloadInput& input);
Result<Bytes> build_asn1(const PayloadInput& input);

}  // namespace meterway::flow::transform
