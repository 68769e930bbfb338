#pragma once
#include <optional>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"
#include "standard/ids/ids.h"
#include "standard/pki/key_store.h"

namespace meterway::gbcs {

/// Who sits in one trust anchor cell of a device, as the device itself says.
struct CellReport {
  PartyRole role = PartyRole::Root;
  pki::KeyUse use = pki::KeyUse::DigitalSignature;
  Eui64 holder;
  Bytes key_id;          ///< subject key identifier, 8 bytes
  bool replaced = true;  ///< of an outcome: the new certificate is in; false: the cell kept what it had
};

/// Content of a CS02a (CS02f) response. Roles without credentials are left out. Errors: those of asn1::read; BadValue.
Result<std::vector<CellReport>> read_credentials_details(ByteView content);
/// Content of a CS02b (CS02g) response or of its outcome alert: the cells afterwards. Empty for a dated command that
/// was only accepted. Errors: those of asn1::read; BadValue.
Result<std::vector<CellReport>> read_replacement_outcome(ByteView content);

/// CS02a and CS02f; CS02b and CS02g; the alert on a dated one.
bool reads_credentials(MessageCode code);
bool replaces_credentials(MessageCode code);
bool reports_replacement(MessageCode code);

}  // namespace meterway::gbcs
