#pragma once
#include "records/ledger/ledger.h"
#include "standard/ids/ids.h"

/// Who may have which certificates issued: spec/certificate_eligibility.tsv against the register of Authorised
/// Subscribers. Seed A48.
namespace meterway::devices {

using ledger::Record;
using Reasons = std::vector<std::string>;

struct EligibilityRow {
  std::string_view role, certificate;
  bool eligible;
  std::string_view from, to, clause, how_sure, reason, route;
};
/// The row of a role ("*": none) on a day; null when there is none.
const EligibilityRow* find_eligibility(std::string_view role, std::string_view certificate, calendar::Date day);

Result<Reasons> certificate_request_can_be(ledger::Change& change, const Record& before, const Record& after);
Status judge_certificate_request(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::devices
