#pragma once
#include <string>
#include <vector>

#include "lab/month.h"
#include "standard/rules/rules.h"

namespace meterway::lab {

/// One number as its Users counted it, and as the reports have it that were made from the platform's events.
struct Compared {
  std::string what;
  std::uint64_t own = 0, reported = 0;
  std::uint64_t doubtful = 0;  ///< so many more may be reported (OwnResponses)
  bool same() const { return reported >= own && reported - own <= doubtful; }
};

struct MonthCheck {
  std::vector<Compared> numbers;   ///< total; by User, service, region; measures
  std::vector<Compared> lines;     ///< of the report's table: User, service, mode; and of each with its region
  std::string variance;            ///< "12,090 against 70,042 = -82.74 %", as the report has it
  std::vector<std::string> wrong;  ///< what differs; empty: all of it is the same
  std::string performance;         ///< the performance report, in Markdown
  std::string report;              ///< the variance report, in Markdown
  bool holds() const { return wrong.empty(); }
  std::string text() const;
};

/// Enters the forecast of the month into the platform's ledger, makes its reports there, and holds them against what
/// Users counted. Errors: those of the ledger and of reports.
Result<MonthCheck> check_month(Month& month, const rules::Rules& rules);

}  // namespace meterway::lab
