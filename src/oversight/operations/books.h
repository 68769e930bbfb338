#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oversight/operations/event_months.h"
#include "records/ledger/ledger.h"

/// What figures and tables are made from: records, rules, and what a pass over the events has counted. The same whether
/// a draft is shown (through a Reader) or a report is being published (within the Change that freezes it).
namespace meterway::operations {

using calendar::Date;
using ledger::Record;
using ledger::Target;

/// Days from first to last, both of it.
struct Period {
  Date first, last;
  UtcTime begin() const { return first; }
  UtcTime end() const { return last + std::chrono::days(1); }
  friend auto operator<=>(const Period&, const Period&) = default;
};
Period month_of(Date day);
Period month_back(Period month, int months);
/// The quarter, half year or year that holds the day; by the words of obligation.frequency.
Period period_of(std::string_view frequency, Date day);
/// "August 2018".
std::string month_in_words(Period month);

class Books {
 public:
  using Select = std::function<Result<std::vector<Record>>(const ledger::Query&)>;
  Books(Select select, const rules::Rules& rules, const EventMonths& events, Date as_at)
      : select_(std::move(select)), rules_(rules), events_(events), as_at_(as_at) {}

  /// All of them, as their kind orders them.
  Result<std::vector<Record>> all(const ledger::Query& query);
  Result<std::optional<Record>> find(std::string_view kind, std::string_view reference);
  const rules::Rules& rules() const { return rules_; }
  Result<std::shared_ptr<const EventCounts>> events(Period month) const { return events_.month(month.first); }
  /// The report says how things stood on this day.
  Date as_at() const { return as_at_; }
  UtcTime as_at_end() const { return as_at_ + std::chrono::days(1); }
  /// The highest class of what was read: a document made from it is of that class.
  ledger::Classification level() const { return level_; }

 private:
  Select select_;
  const rules::Rules& rules_;
  const EventMonths& events_;
  Date as_at_;
  ledger::Classification level_ = ledger::Classification::White;
};

/// All pages of a list.
Result<std::vector<Record>> all_of(const ledger::Reader& reader, ledger::Query query);

/// All records: whoever is shown what is made of them is held against its class.
Books books_of(const ledger::Ledger& ledger, const EventMonths& events, Date as_at);
Books books_of(ledger::Change& change, const EventMonths& events, Date as_at);

}  // namespace meterway::operations
