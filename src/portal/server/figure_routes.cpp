#include <charconv>
#include <nlohmann/json.hpp>

#include "base/net/url.h"
#include "oversight/operations/figure_sources.h"
#include "oversight/operations/figures.h"
#include "portal/server/ask.h"

/// /api/v1/figures/{figure}/events, and /api/v1/figures/{figure}/draft/events: from a figure back to the records and
/// events that it was counted from.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::size_t kUsual = 500, kMost = 5'000;
constexpr std::size_t kMostLookedAt = 50'000;  // of events in one answer, whether they were counted or not

json json_of(const store::Event& event, const operations::EventRead& as) {
  return {{"sequence", event.sequence}, {"time", to_iso8601(event.time, 6)}, {"request", event.request_id},
          {"step", event.step},         {"outcome", event.outcome},          {"detail", event.detail},
          {"counted_as", as.as}};
}

struct Listed {
  json events = json::array();
  std::uint64_t next = 0;   ///< where to go on; 0: that was all
  std::uint64_t first = 0;  ///< the first event that is still kept; 0: none is
};

/// Events are read page by page, each under a view of its own.
Result<Listed> list_events(const store::Store& store, const std::vector<operations::EventRead>& wanted,
                           std::uint64_t from, std::uint64_t last, std::size_t limit) {
  constexpr std::size_t kPage = 2'000;
  Listed out;
  std::size_t looked = 0;
  while (from <= last) {
    std::vector<store::Event> page;
    METERWAY_CHECK(store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(page, store::events_from(view, from, kPage));
      return {};
    }));
    if (page.empty()) return out;
    for (const auto& event : page) {
      if (event.sequence > last) return out;
      if (out.first == 0) out.first = event.sequence;
      if (out.events.size() == limit || looked == kMostLookedAt) {
        out.next = event.sequence;
        return out;
      }
      ++looked;
      from = event.sequence + 1;
      if (const auto* as = operations::read_as(wanted, event)) out.events.push_back(json_of(event, *as));
    }
  }
  return out;
}

struct Range {
  std::uint64_t first = 0, last = 0;  ///< of the events that were read; 0: none was
};

/// The field of the listed records that says of which group they are; empty where a list is of all groups.
std::string field_of_group(std::string_view name) {
  const auto* row = operations::find_figure(name);
  const auto by = row == nullptr ? std::string_view() : row->by;
  return by == "region" || by == "provider" ? std::string(by) : by == "party" ? "responsible" : "";
}

/// Adds records, events and where to go on to what is said of a figure.
net::HttpResponse with_sources(const Ask& ask, const Portal& portal, json body, const std::string& query,
                               operations::Period month, Range range) {
  const auto limit = read_limit(ask, kUsual, kMost);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(kMost));
  auto from = range.first;
  if (const auto text = ask.parameter("after")) {
    const auto read = std::from_chars(text->data(), text->data() + text->size(), from);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || from < range.first || from > range.last)
      return bad_query("after: expected the `next` of an answer for this figure");
  }
  auto sources = operations::sources_of(query, month);
  if (const auto field = field_of_group(body["name"].get<std::string>()); !field.empty()) {
    const auto group = body["group"].get<std::string>();
    for (auto& list : sources.lists) list += group.empty() ? "" : "&" + field + "=" + net::percent_encoded(group);
  }
  body["records"] = sources.lists;
  body["first_event"] = nullptr;
  body["last_event"] = nullptr;
  body["events"] = json::array();
  if (range.last > 0) {
    const auto noted = portal.ledger.reader(ask.person)
                           .note("events", body["name"].get<std::string>() + " " + body["month"].get<std::string>(),
                                 ledger::Classification::Amber, true);
    if (!noted) return failed(noted.error());
    const auto listed = list_events(portal.store, sources.events, from, range.last, *limit);
    if (!listed) return failed(listed.error());
    body["first_event"] = range.first;
    body["last_event"] = range.last;
    body["events"] = listed->events;
    if (listed->next != 0) body["next"] = std::to_string(listed->next);
    // Events are kept for a time; what has gone is not passed over in silence.
    if (from == range.first && listed->first != range.first)
      body["kept_from"] = listed->first == 0 ? json(nullptr) : json(listed->first);
  }
  return json_answer(200, dumped(body));
}

}  // namespace

net::HttpResponse figure_events(const Ask& ask, const Portal& portal) {
  const auto figure = portal.ledger.reader(ask.person).find("figure", ask.part("figure"));
  if (!figure) return not_found("figure " + ask.part("figure"));
  json body = {{"figure", figure->reference}, {"month", figure->text("month").substr(0, 7)}};
  for (const auto* field : {"name", "group", "value", "query", "numerator", "denominator", "exclusions"})
    body[field] = figure->text(field);
  const auto number = [&](const char* field) { return static_cast<std::uint64_t>(figure->integer(field).value_or(0)); };
  return with_sources(ask, portal, std::move(body), figure->text("query"), operations::month_of(*figure->date("month")),
                      {number("first_event"), number("last_event")});
}

/// The same of a figure as a draft has it: one of `month`, which is its own and not that of the report.
net::HttpResponse draft_events(const Ask& ask, const Portal& portal) {
  const auto text = ask.parameter("month").value_or("");
  const auto day = calendar::parse_date(text + "-01");
  if (text.size() != 7 || !day) return bad_query("month: expected a month such as 2018-08");
  const auto* row = operations::find_figure(ask.part("figure"));
  if (row == nullptr) return not_found("figure " + ask.part("figure"));
  const auto month = operations::month_of(*day);
  auto books = operations::books_of(portal.ledger, portal.events, calendar::date_of(portal.clock.now()));
  const auto figures = operations::figures_of(books, *row, month);
  if (!figures) return failed(figures.error());
  if (books.level() > ask.person.clearance)
    return problem(403, "above_clearance", "this is made from what is above your clearance",
                   std::string(to_string(books.level())));
  const auto group = ask.parameter("group").value_or("");
  for (const auto& one : *figures) {
    if (one.counted.group != group) continue;
    json body = {{"figure", nullptr},
                 {"name", row->name},
                 {"month", text},
                 {"group", group},
                 {"value", one.value},
                 {"query", row->query},
                 {"numerator", row->numerator},
                 {"denominator", row->denominator},
                 {"exclusions", row->exclusions}};
    return with_sources(ask, portal, std::move(body), std::string(row->query), month,
                        {one.counted.first_event, one.counted.last_event});
  }
  return not_found("group " + group);
}

}  // namespace meterway::portal
