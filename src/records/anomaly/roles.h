#pragma once
#include <string_view>

#include "records/registry/person.h"

namespace meterway::anomaly {

/// What a person may be asked about.
enum class What : std::uint8_t {
  SignFiles,  ///< his signature makes thresholds and actions
  Submit,     ///< hand in a signed file, ask for a preview
  Decide,     ///< be one of two who release or delete a quarantined request
  Look,       ///< thresholds, receipts, notices, quarantined requests of a User
  Operate,    ///< the DCC's own thresholds and limits, the back-up channel, authorities, the audit
};

/// What of anomaly detection is his: by the rows of spec/permissions.tsv, and by whose User it is. `party`: the User's
/// it is about, by name. Officers (aro) sign and submit for the User of their own party; senior ones (sro) decide as
/// well, and look. The operator and the service desk (desk) operate and look, and never decide on a User's requests.
bool may(const registry::Person& person, What what, std::string_view party);

}  // namespace meterway::anomaly
