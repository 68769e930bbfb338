#pragma once
#include <string>
#include <string_view>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/message.h"
#include "standard/pki/key_store.h"

/// The XML of the Message Mapping Catalogue 5.4: what Parse & Correlate software makes of a device's response or alert
/// for a User. No such output is published, so ours is valid by the published schema, and its meaning is our reading
/// (docs/wire/mmc.md).
namespace meterway::mmc {

struct Options {
  const pki::KeyStore* keys = nullptr;          ///< opens encrypted attributes where it can
  Eui64 broker = Eui64(0x90b3d51f30000002ULL);  ///< access control broker: tells a handover from a replacement
  const gbcs::dlms::AccessRequest* command =
      nullptr;                    ///< what a DLMS response answers, where its code alone is not enough
  std::string_view service = {};  ///< service reference variant, for codes that serve several
};

/// GBCSResponse as a document, always valid by the schema. What cannot be opened, or has no place in the schema, is
/// left out; where a device's values do not fit the schema at all, the whole of SMETSData (of an alert: Payload) is.
/// Errors: as gbcs::read_message; Unsupported for a command, a code that no use case has, and a service that the code
/// does not serve.
Result<std::string> to_mmc(ByteView message, const Options& options);

}  // namespace meterway::mmc
