#include "oversight/operations/intervals.h"

#include <algorithm>

namespace meterway::operations {
namespace {

/// Records of this kind that begin before the month ends.
Result<std::vector<Record>> begun(Books& books, std::string_view kind, std::string_view field, Period month) {
  ledger::Query query{std::string(kind)};
  query.range_field = field;
  query.to = to_iso8601(month.end(), 0);
  return books.all(query);
}

void add(std::vector<Unavailable>& out, Unavailable one, Period month) {
  one.from = std::max(one.from, month.begin());
  one.until = std::min(one.until, month.end());
  if (one.from < one.until) out.push_back(std::move(one));
}

Status add_incidents(Books& books, Period month, std::vector<Unavailable>& out) {
  METERWAY_TRY(const auto incidents, begun(books, "incident", "outage_from", month));
  for (const auto& incident : incidents) {
    const auto until = incident.instant("outage_until");
    Unavailable one{{"incident", incident.reference},
                    "incident",
                    incident.text("outage_service"),
                    incident.list("regions"),
                    *incident.instant("outage_from"),
                    until.value_or(std::min(books.as_at_end(), month.end())),
                    Treatment::Unmatched,
                    ""};
    if (incident.text("availability") == "counted") one.treatment = Treatment::Counted;
    if (incident.text("availability") == "excluded") one.treatment = Treatment::Excluded;
    one.reason = one.treatment == Treatment::Unmatched ? "nobody has said whether it counts"
                                                       : incident.text("availability_reason");
    add(out, std::move(one), month);
  }
  return {};
}

/// Planned minutes do not count; those beyond the planned end, and of work that was not planned, do.
Status add_maintenance(Books& books, Period month, std::vector<Unavailable>& out) {
  METERWAY_TRY(const auto windows, begun(books, "maintenance", "start", month));
  for (const auto& window : windows) {
    if (window.state != "confirmed" && window.state != "done") continue;
    const bool unplanned = window.boolean("unplanned").value_or(false);
    const auto start = window.instant("actual_start").value_or(*window.instant("start"));
    const auto planned_end = *window.instant("end"), end = window.instant("actual_end").value_or(planned_end);
    for (const auto& service : window.list("services")) {
      Unavailable one{{"maintenance", window.reference},
                      "maintenance",
                      service,
                      window.list("regions"),
                      start,
                      std::min(end, planned_end),
                      Treatment::Excluded,
                      "planned maintenance" + (window.has("derogation") ? " under " + window.text("derogation") : "")};
      if (unplanned) {
        one.treatment = Treatment::Counted;
        one.reason = "maintenance that was not planned";
        one.until = end;
      }
      auto over = one;
      add(out, std::move(one), month);
      if (unplanned || end <= planned_end) continue;
      over.from = planned_end;
      over.until = end;
      over.treatment = Treatment::Counted;
      over.reason = "beyond the planned end";
      add(out, std::move(over), month);
    }
  }
  return {};
}

bool same_place(const Unavailable& claim, const Unavailable& other) {
  if (claim.service != other.service) return false;
  return other.regions.empty() || (!claim.regions.empty() && std::find(other.regions.begin(), other.regions.end(),
                                                                       claim.regions.front()) != other.regions.end());
}

Status add_claims(Books& books, Period month, std::vector<Unavailable>& out) {
  METERWAY_TRY(const auto claims, begun(books, "interval", "from", month));
  const auto others = out;
  for (const auto& claim : claims) {
    Unavailable one{{"interval", claim.reference}, claim.text("seen_by"),  claim.text("service"),
                    claim.list("region"),          *claim.instant("from"), *claim.instant("until"),
                    Treatment::Unmatched,          claim.text("reason")};
    if (claim.state == "counted") one.treatment = Treatment::Counted;
    if (claim.state == "excluded") one.treatment = Treatment::Excluded;
    if (claim.state == "claimed") {
      Spans known;
      std::string by;
      bool counts = false;
      for (const auto& other : others) {
        if (other.treatment == Treatment::Unmatched || !same_place(one, other)) continue;
        if (other.until <= one.from || other.from >= one.until) continue;
        known.emplace_back(other.from, other.until);
        by += (by.empty() ? "" : ", ") + other.record.reference;
        counts = counts || other.treatment == Treatment::Counted;
      }
      const Spans mine{{std::max(one.from, month.begin()), std::min(one.until, month.end())}};
      const bool matched = without(mine, united(known)).empty();
      one.treatment = !matched ? Treatment::Unmatched : counts ? Treatment::Counted : Treatment::Excluded;
      one.reason = matched ? "within " + by : "claimed by " + claim.text("claimant") + ", no counterpart";
    }
    add(out, std::move(one), month);
  }
  return {};
}

}  // namespace

std::string_view to_string(Treatment treatment) {
  constexpr std::string_view kWords[] = {"counted", "excluded", "unmatched"};
  return kWords[static_cast<std::size_t>(treatment)];
}

Spans united(Spans spans) {
  std::sort(spans.begin(), spans.end());
  Spans out;
  for (const auto& span : spans) {
    if (out.empty() || span.first > out.back().second) {
      out.push_back(span);
    } else {
      out.back().second = std::max(out.back().second, span.second);
    }
  }
  return out;
}

std::int64_t minutes_of(const Spans& spans) {
  std::chrono::microseconds sum{0};
  for (const auto& [from, until] : spans) sum += until - from;
  return std::chrono::ceil<std::chrono::minutes>(sum).count();
}

Spans without(const Spans& spans, const Spans& others) {
  Spans out;
  for (auto [from, until] : spans) {
    for (const auto& [begin, end] : others) {
      if (end <= from || begin >= until) continue;
      if (begin > from) out.emplace_back(from, begin);
      from = std::max(from, end);
      if (from >= until) break;
    }
    if (from < until) out.emplace_back(from, until);
  }
  return out;
}

Result<std::vector<Unavailable>> unavailable_in(Books& books, Period month) {
  std::vector<Unavailable> out;
  METERWAY_CHECK(add_incidents(books, month, out));
  METERWAY_CHECK(add_maintenance(books, month, out));
  METERWAY_CHECK(add_claims(books, month, out));
  std::sort(out.begin(), out.end(), [](const Unavailable& a, const Unavailable& b) {
    return std::tie(a.from, a.until, a.record, a.service) < std::tie(b.from, b.until, b.record, b.service);
  });
  return out;
}

}  // namespace meterway::operations
