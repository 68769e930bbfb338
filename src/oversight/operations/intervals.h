#pragma once
#include "oversight/operations/books.h"

/// Every interval of unavailability that anybody has seen, and whether it counts. Seed A13.
namespace meterway::operations {

enum class Treatment : std::uint8_t { Counted, Excluded, Unmatched };
std::string_view to_string(Treatment treatment);

struct Unavailable {
  Target record;
  std::string seen_by;  ///< incident, maintenance, probe, user
  std::string service;
  std::vector<std::string> regions;  ///< none: everywhere
  UtcTime from{}, until{};
  Treatment treatment = Treatment::Unmatched;
  std::string reason;
};
/// In order of time, cut at the ends of the month. A claim that lies within what is counted or excluded anyway, of the
/// same service and region, is matched by it.
Result<std::vector<Unavailable>> unavailable_in(Books& books, Period month);

/// Moments that are in one of the spans.
using Spans = std::vector<std::pair<UtcTime, UtcTime>>;
/// In order, without overlap.
Spans united(Spans spans);
std::int64_t minutes_of(const Spans& spans);
/// What of `spans` is in none of `others`. Both united.
Spans without(const Spans& spans, const Spans& others);

}  // namespace meterway::operations
