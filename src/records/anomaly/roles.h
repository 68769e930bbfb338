#pragma once
#include <string_view>

#include "records/registry/person.h"

namespace meterway::anomaly {

/// What a person may be asked about: functions of spec/permissions.tsv that anomaly detection narrows.
enum class What : std::uint8_t {
  SubmitThresholds,  ///< sign a file of thresholds, and hand it in
  SubmitActions,     ///< the same of an action file
  Preview,
  Decide,  ///< be one of two who release or delete a quarantined request
  Look,    ///< thresholds, receipts, notices, quarantined requests of a User
};

/// Whether it is his of this party's User: by a row whose scope is the User of his own party, or by one without a
/// scope. What a User decides (files, quarantine) is nobody's but that party's, whatever else a row gives; the operator
/// decides nothing of it.
bool may(const registry::Person& person, What what, std::string_view party);
/// Whether he may bring such a file by the back-up channel, for any User whose officer has signed it.
bool may_bring(const registry::Person& person, What what);

}  // namespace meterway::anomaly
