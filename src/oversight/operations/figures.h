#pragma once
#include <map>

#include "oversight/operations/books.h"
#include "oversight/operations/table.h"

/// Figures of reports: each a row of spec/figures.tsv and a query, which counts for a period. What nobody has recorded
/// is "not recorded", and never 0.
namespace meterway::operations {

/// What a query says of one group: a region, a provider, a party; empty: of all.
struct Counted {
  std::string group;
  std::optional<std::int64_t> counted, of;
  std::int64_t excluded = 0;
  std::string note;        ///< what a reader has to know of these numbers
  std::string unresolved;  ///< what keeps it from being a figure; nothing is published until that is settled
  std::uint64_t first_event = 0, last_event = 0;
};
using Query = Result<std::vector<Counted>> (*)(Books& books, Period month);
struct NamedQuery {
  std::string_view name;
  Query query;
};
std::span<const NamedQuery> all_queries();

enum class Standing : std::uint8_t { Met, BelowTarget, BelowMinimum, NotRecorded, NoTarget };
std::string_view to_string(Standing standing);

struct Figure {
  const FigureRow* row = nullptr;
  Period month;
  Counted counted;
  std::string value;  ///< as it is printed: "25.00 %", "-82.74 %", "7", "not recorded", "nothing to measure"
  std::string target, minimum;
  Standing standing = Standing::NoTarget;
  /// "Communications Hub deliveries on time, North, July 2018".
  std::string title() const;
};
Result<std::vector<Figure>> figures_of(Books& books, const FigureRow& row, Period month);

/// 100 * numerator / denominator to the second place, half away from zero: exact, so that it prints the same
/// everywhere. None when the denominator is not over 0.
std::optional<std::string> percent_text(std::int64_t numerator, std::int64_t denominator);
/// "1,209,004".
std::string grouped(std::int64_t number);
std::string grouped(const std::optional<std::int64_t>& number);

/// Of tallies in a period, those of one series that lie in it and have not been withdrawn.
Result<std::vector<Record>> tallies_in(Books& books, std::string_view series, Period period);
/// What tallies and the events of the same month say of one count. A tally stands for all of the month unless it says
/// which part it `covers`: beside events only such a one may be added.
struct Sources {
  bool tallies = true, events = false;  ///< which of them are to be summed
  std::string note, unresolved;
};
Sources sources_of(const std::vector<Record>& tallies, const EventCounts& events, bool counted_by_events);
/// Certificate signing requests of a month by who submitted them: a tally of theirs; without one, the requests that
/// were judged here (kind certificate_request).
Result<std::map<std::string, std::optional<std::int64_t>>> certificate_requests_by_party(Books& books, Period month);
/// Their sum; none when there is none, or one of them has no value.
std::optional<std::int64_t> sum_of(const std::vector<Record>& tallies);

}  // namespace meterway::operations
