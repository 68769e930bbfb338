#pragma once
#include <span>

#include "records/ledger/ledger.h"
#include "standard/ids/ids.h"

/// Hubs held against the coverage of the premises that they are for: at the order, the pre-notification and the
/// installation. Seed A38.
namespace meterway::installation {

using ledger::Record;
using Reasons = std::vector<std::string>;

Result<Reasons> coverage_names_a_place(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> hub_notice_can_be(ledger::Change& change, const Record& before, const Record& after);
Status judge_hub_notice(ledger::Change& change, const Record& before, Record& after);

Result<Reasons> hub_has_returned(ledger::Change& change, const Record& before, const Record& after);

/// Where a hub is, or is to be, as far as that is known.
struct Premises {
  std::string uprn, postcode;
  bool known() const { return !uprn.empty() || !postcode.empty(); }
};
/// What the latest notice of this hub says of where it is to be: its order, as a rule. Nothing when there is none.
Result<Premises> premises_of_notices(const ledger::Change& change, Eui64 hub);

/// A hub that the road has heard of: "pre_notified" or "installed".
struct HubHeard {
  Eui64 hub;
  std::string_view stage;
  std::string model;      ///< as the device is recorded
  std::string installer;  ///< the User's name; the change is by this party
  UtcTime at{};
  Premises premises;
};
/// Makes the notice by the platform's own rule, which judges it; gives the finding in words. Where the premises or the
/// model are not known nothing is made, and the words say so.
Result<std::string> note_hub(ledger::Change& change, const HubHeard& heard);

/// A hub that a User has sent back (8.14.3, 8.14.4), with the words of the schema.
struct HubReturned {
  Eui64 hub;
  std::string responsible;
  UtcTime at{};
  std::string kind, fault;  ///< CHFFaultReturnType or CHFNoFaultReturnType; CHFFaultReason, empty without a fault
  std::string region;
};
/// Why hubs are sent back: in the words of the schema, and as the record says it.
struct ReturnReason {
  std::string_view word, recorded;
  bool is_fault = false;  ///< 8.14.3; else 8.14.4
};
std::span<const ReturnReason> return_reasons();
/// Makes the record of it; gives its reference.
Result<std::string> note_return(ledger::Change& change, const HubReturned& back);

/// What coverage data say of the premises on that day: the property before its postcode, the latest first.
Result<std::vector<Record>> coverage_at(const ledger::Reader& reader, const Premises& premises, calendar::Date day);

}  // namespace meterway::installation
