#include "oversight/operations/books.h"

namespace meterway::operations {
namespace {

using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

Date first_day(year_month month) { return Date(month / std::chrono::day(1)); }

Period months_from(Date day, unsigned length) {
  const year_month_day ymd(day);
  const unsigned begin = (static_cast<unsigned>(ymd.month()) - 1) / length * length + 1;
  const year_month first = ymd.year() / std::chrono::month(begin);
  return {first_day(first), first_day(first + months(static_cast<int>(length))) - std::chrono::days(1)};
}

}  // namespace

Period month_of(Date day) { return {calendar::first_of_month(day), calendar::last_of_month(day)}; }

Period month_back(Period month, int back) {
  const year_month_day ymd(month.first);
  return month_of(first_day(ymd.year() / ymd.month() - months(back)));
}

Period period_of(std::string_view frequency, Date day) {
  if (frequency == "quarterly") return months_from(day, 3);
  if (frequency == "half-yearly") return months_from(day, 6);
  if (frequency == "yearly") return months_from(day, 12);
  return month_of(day);
}

std::string month_in_words(Period month) {
  const auto words = calendar::in_words(month.first);  // "1 August 2018"
  return words.substr(words.find(' ') + 1);
}

Result<std::vector<Record>> Books::all(const ledger::Query& query) {
  METERWAY_TRY(auto records, select_(query));
  for (const auto& record : records) level_ = std::max(level_, record.level);
  return records;
}

Result<std::optional<Record>> Books::find(std::string_view kind, std::string_view reference) {
  const auto* row = ledger::find_kind(kind);
  const auto read = row == nullptr ? std::nullopt : ledger::read_reference(*row, reference);
  if (!read) return std::optional<Record>();
  METERWAY_TRY(auto records, all({std::string(kind), {{"reference", read->reference}}}));
  return records.empty() ? std::optional<Record>() : std::optional(std::move(records.front()));
}

Result<std::vector<Record>> all_of(const ledger::Reader& reader, ledger::Query query) {
  query.limit = ledger::kMostListed;
  std::vector<Record> out;
  do {
    METERWAY_TRY(auto page, reader.list(query));
    for (auto& record : page.records) out.push_back(std::move(record));
    query.after = std::move(page.next);
  } while (!query.after.empty());
  return out;
}

Books books_of(const ledger::Ledger& ledger, const EventMonths& events, Date as_at) {
  const auto reader = ledger.whole();
  const auto select = [reader](const ledger::Query& asked) -> Result<std::vector<Record>> {
    if (asked.filters.size() == 1 && asked.filters[0].field == "reference") {
      auto one = reader.find(asked.kind, asked.filters[0].value);
      if (!one && one.error().code == ErrorCode::NotFound) return std::vector<Record>();
      if (!one) return Unexpected{one.error()};
      return std::vector<Record>{std::move(*one)};
    }
    return all_of(reader, asked);
  };
  return {select, ledger.around().rules, events, as_at};
}

Books books_of(ledger::Change& change, const EventMonths& events, Date as_at) {
  const auto select = [&change](const ledger::Query& asked) -> Result<std::vector<Record>> {
    if (asked.filters.size() == 1 && asked.filters[0].field == "reference") {
      METERWAY_TRY(auto one, change.find(asked.kind, asked.filters[0].value));
      return one ? std::vector<Record>{std::move(*one)} : std::vector<Record>();
    }
    return change.select(asked);
  };
  return {select, change.rules(), events, as_at};
}

}  // namespace meterway::operations
