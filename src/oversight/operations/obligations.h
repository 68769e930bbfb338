#pragma once
#include "oversight/operations/books.h"

/// The register of reports that are owed: what falls due, and what became of it. Seed A10, A15, A16, A21.
namespace meterway::operations {

/// When the report of a period is due; none where the code prescribes no day. Errors: OutOfRange beyond the calendar.
Result<std::optional<Date>> due_of(const Record& obligation, Period period, const rules::Rules& rules);
/// "10 working days after the end of the period (report.sr_variance.due: H3.24, S)".
Result<std::string> due_in_words(const Record& obligation, Period period, const rules::Rules& rules);

/// One obligation in the register of a month: what of it falls due in the month after, or, where no day is prescribed,
/// is of a period that ends with this one.
/// (two lines where two periods fall due in one month).
struct RegisterLine {
  Record obligation;
  std::optional<Period> period;  ///< none: nothing falls due
  std::optional<Date> due;
  std::optional<Record> instance;
  std::optional<Date> received;  ///< by the day that the register is of
  std::string status;  ///< "on time", "late by 1 working day", "nothing due", "not received", "not prescribed"...
};
Result<std::vector<RegisterLine>> register_of(Books& books, Period month);

/// Instances of all periods that have ended and are owed, which are not there yet; gives how many were made.
Result<std::size_t> raise_instances(ledger::Change& change);

using Reasons = std::vector<std::string>;
Result<Reasons> obligation_can_be(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> receipt_is_not_ahead(ledger::Change& change, const Record& before, const Record& after);
Status raise_instance(ledger::Change& change, const Record& before, Record& after);
Status judge_receipt(ledger::Change& change, const Record& before, Record& after);
Status judge_nil(ledger::Change& change, const Record& before, Record& after);
Status forget_receipt(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::operations
