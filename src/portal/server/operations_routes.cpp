#include <nlohmann/json.hpp>

#include "base/net/url.h"
#include "oversight/devices/corrections.h"
#include "oversight/operations/event_months.h"
#include "oversight/operations/maintenance.h"
#include "oversight/operations/obligations.h"
#include "oversight/operations/report.h"
#include "oversight/operations/sweep.h"
#include "portal/server/ask.h"
#include "portal/server/record_json.h"
#include "records/registry/slots.h"

/// /api/v1/reports, /obligations, /maintenance: what is made from many records, and the events.
namespace meterway::portal {
namespace {

using calendar::Date;
using nlohmann::json;
using operations::Period;

/// ?month=2018-08.
std::optional<Period> month_of(const Ask& ask) {
  const auto text = ask.parameter("month");
  if (!text || text->size() != 7) return std::nullopt;
  const auto day = calendar::parse_date(*text + "-01");
  return day ? std::optional(operations::month_of(*day)) : std::nullopt;
}

/// ?as_at=, or today; none: it is no date, or has not come.
std::optional<Date> as_at(const Ask& ask, const Portal& portal) {
  const auto today = calendar::date_of(portal.clock.now());
  const auto text = ask.parameter("as_at");
  if (!text) return today;
  const auto read = calendar::parse_date(*text);
  return read && *read <= today ? std::optional(*read) : std::nullopt;
}

net::HttpResponse bad_month() { return bad_query("month: expected a month such as 2018-08"); }
net::HttpResponse bad_day() { return bad_query("as_at: expected a day such as 2018-10-05, not after today"); }

json number(const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); }

json json_of(const operations::Figure& figure) {
  const auto& row = *figure.row;
  json out = {{"figure", row.name},
              {"title", row.title},
              {"group", figure.counted.group},
              {"month", calendar::to_text(figure.month.first).substr(0, 7)},
              {"value", figure.value},
              {"unit", row.unit},
              {"query", row.query},
              {"counted", number(figure.counted.counted)},
              {"of", number(figure.counted.of)},
              {"excluded", figure.counted.excluded},
              {"numerator", row.numerator},
              {"denominator", row.denominator},
              {"exclusions", row.exclusions},
              {"standing", operations::to_string(figure.standing)},
              {"clause", row.clause},
              {"how_sure", row.how_sure},
              {"note", figure.counted.note}};
  if (!figure.target.empty()) out["target"] = figure.target;
  if (!figure.minimum.empty()) out["minimum"] = figure.minimum;
  if (figure.counted.last_event > 0) out["events"] = {figure.counted.first_event, figure.counted.last_event};
  return out;
}

json json_of(const document::Table& table) {
  json rows = json::array();
  for (const auto& row : table.rows) {
    json cells = json::array();
    for (const auto& cell : row) {
      std::string text;
      for (const auto& span : cell) text += span.text;
      cells.push_back(text);
    }
    rows.push_back(std::move(cells));
  }
  return {{"caption", table.caption}, {"head", table.head}, {"rows", rows}};
}

json json_of(const operations::Report& report) {
  json figures = json::array(), tables = json::array(), missing = json::array();
  for (const auto* figure : report.figures()) figures.push_back(json_of(*figure));
  for (const auto& section : report.sections) {
    if (!section.table) continue;
    auto table = json_of(*section.table);
    table["section"] = section.title;
    tables.push_back(std::move(table));
  }
  for (const auto& one : report.missing) missing.push_back({{"field", one.field}, {"detail", one.detail}});
  return {{"form", report.form},
          {"title", report.title},
          {"month", calendar::to_text(report.month.first).substr(0, 7)},
          {"as_at", calendar::to_text(report.as_at)},
          {"class", to_string(report.level)},
          {"headline", report.headline},
          {"all_green", report.all_green},
          {"figures", figures},
          {"tables", tables},
          {"missing", missing}};
}

json json_of(const operations::RegisterLine& line) {
  const auto& owed = line.obligation;
  json out = {{"obligation", owed.reference}, {"name", owed.text("name")},         {"clause", owed.text("clause")},
              {"owner", owed.text("owner")},  {"reviewer", owed.text("reviewer")}, {"status", line.status}};
  if (line.period) {
    out["period_from"] = calendar::to_text(line.period->first);
    out["period_to"] = calendar::to_text(line.period->last);
  }
  if (line.due) out["due"] = calendar::to_text(*line.due);
  if (line.instance) {
    out["report"] = line.instance->reference;
    if (line.received) out["received"] = calendar::to_text(*line.received);
    if (line.instance->has("comment")) out["comment"] = line.instance->text("comment");
  }
  return out;
}

/// Who reads what is made from Amber and Red is written down before the answer leaves; so is who may not.
Status note(const Ask& ask, const Portal& portal, const std::string& name, ledger::Classification level) {
  return portal.ledger.reader(ask.person).note("report", name, level, level <= ask.person.clearance);
}

net::HttpResponse too_high(ledger::Classification level) {
  return problem(403, "above_clearance", "this is made from what is above your clearance",
                 std::string(to_string(level)));
}

json json_of(const operations::Window& window) {
  auto out = to_json(window.record);
  out["clashes"] = window.clashes;
  return out;
}

/// Filters of both feeds. Errors in words.
Result<operations::Wanted, std::string> read_wanted(const Ask& ask) {
  operations::Wanted out;
  for (const auto& [name, value] :
       {std::pair{"provider", &out.provider}, std::pair{"service", &out.service}, std::pair{"region", &out.region},
        std::pair{"srv", &out.srv}, std::pair{"state", &out.state}})
    *value = ask.parameter(name).value_or("");
  for (const auto& [name, value] : {std::pair{"from", &out.from}, std::pair{"to", &out.to}}) {
    const auto text = ask.parameter(name);
    if (!text) continue;
    const auto day = calendar::parse_date(*text);
    const auto time = day ? Result<UtcTime>(UtcTime(*day)) : from_iso8601(*text);
    if (!time) return Unexpected{std::string(name) + ": expected a day or a time such as 2018-09-14T20:00:00Z"};
    *value = *time;
  }
  if (out.from && out.to && *out.to <= *out.from) return Unexpected{std::string("to: not after from")};
  return out;
}

}  // namespace

net::HttpResponse report(const Ask& ask, const Portal& portal) {
  const auto month = month_of(ask);
  if (!month) return bad_month();
  const auto day = as_at(ask, portal);
  if (!day) return bad_day();
  const auto format = ask.parameter("format").value_or("json");
  if (format != "json" && !is_document_format(format)) return bad_query("format: expected json, md, html or pdf");
  auto books = operations::books_of(portal.ledger, portal.events, *day);
  const auto made = operations::make_report(books, ask.part("form"), *month);
  if (!made) return made.error().code == ErrorCode::NotFound ? not_found(ask.part("form")) : failed(made.error());
  const auto noted = note(ask, portal, made->form + " " + calendar::to_text(month->first).substr(0, 7), made->level);
  if (!noted) return failed(noted.error());
  if (made->level > ask.person.clearance) return too_high(made->level);
  if (format == "json") return json_answer(200, json_of(*made).dump());
  return document_answer(operations::document_of(*made), format);
}

net::HttpResponse publish_report(const Ask& ask, const Portal& portal) {
  const auto month = month_of(ask);
  if (!month) return bad_month();
  const auto day = as_at(ask, portal);
  if (!day) return bad_day();
  if (operations::sections_of(ask.part("form")).empty()) return not_found(ask.part("form"));
  const auto done = operations::publish(portal.ledger, portal.events, ask.person, ask.part("form"), *month, *day);
  if (!done) return failed(done.error());
  auto out = json_answer(201, to_json(*done).dump());
  out.headers["location"] = "/api/v1/ledger/edition/" + net::percent_encoded(done->reference);
  return out;
}

net::HttpResponse obligations(const Ask& ask, const Portal& portal) {
  const auto month = month_of(ask);
  if (!month) return bad_month();
  const auto day = as_at(ask, portal);
  if (!day) return bad_day();
  auto books = operations::books_of(portal.ledger, portal.events, *day);
  const auto lines = operations::register_of(books, *month);
  if (!lines) return failed(lines.error());
  const auto noted = note(ask, portal, "obligations " + calendar::to_text(month->first).substr(0, 7), books.level());
  if (!noted) return failed(noted.error());
  if (books.level() > ask.person.clearance) return too_high(books.level());
  json list = json::array();
  for (const auto& line : *lines) list.push_back(json_of(line));
  return json_answer(200, json{{"month", calendar::to_text(month->first).substr(0, 7)},
                               {"as_at", calendar::to_text(*day)},
                               {"obligations", list}}
                              .dump());
}

net::HttpResponse maintenance(const Ask& ask, const Portal& portal) {
  const auto wanted = read_wanted(ask);
  if (!wanted) return bad_query(wanted.error());
  const auto found = operations::windows(portal.ledger.reader(ask.person), *wanted);
  if (!found) return failed(found.error());
  json list = json::array();
  for (const auto& one : *found) list.push_back(json_of(one));
  return json_answer(200, json{{"windows", list}, {"total", list.size()}}.dump());
}

net::HttpResponse maintenance_calendar(const Ask& ask, const Portal& portal) {
  const auto wanted = read_wanted(ask);
  if (!wanted) return bad_query(wanted.error());
  const auto found = operations::windows(portal.ledger.reader(ask.person), *wanted);
  if (!found) return failed(found.error());
  return {200,
          {{"content-type", "text/calendar; charset=utf-8"}, {"cache-control", "no-store"}},
          operations::calendar_file(*found)};
}

net::HttpResponse unread_cells(const Ask& ask, const Portal& portal) {
  constexpr std::size_t kUsual = 100, kMost = 1000;
  const auto limit = read_limit(ask, kUsual, kMost);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(kMost));
  Eui64 from;
  if (const auto text = ask.parameter("from")) {
    const auto given = Eui64::parse(*text);
    if (!given) return bad_query("from: expected an EUI-64");
    from = *given;
  }
  json list = json::array(), out;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto count, registry::unread_count(view));
    out["count"] = count;
    METERWAY_TRY(const auto devices, registry::unread_from(view, from, *limit));
    for (const Eui64 eui : devices) {
      METERWAY_TRY(const auto device, registry::find_device(view, eui));
      if (!device || !devices::should_be_read(*device)) continue;  // it has left since
      auto one = json{{"eui", eui.plain()},
                      {"type", std::string(to_string(device->type))},
                      {"state", std::string(registry::to_string(device->state))}};
      if (device->hub) one["hub"] = device->hub->plain();
      list.push_back(std::move(one));
    }
    if (devices.size() == *limit) out["next"] = Eui64(devices.back().value() + 1).plain();
    return {};
  });
  if (!read) return failed(read.error());
  out["devices"] = std::move(list);
  return json_answer(200, out.dump());
}

net::HttpResponse sweep(const Ask&, const Portal& portal) {
  const auto done = operations::sweep(portal.ledger, portal.events);
  if (!done) return failed(done.error());
  // In steps, each a write of its own; what is left after so many the platform's own sweep finds, and the answer says.
  constexpr int kMostSteps = 200;
  std::size_t opened = 0, closed = 0, failed_devices = 0;
  std::uint64_t unread = 0;
  bool more = true;
  for (int step = 0; more && step < kMostSteps; ++step) {
    const auto compared = devices::compare_slots(portal.ledger);
    if (!compared) return failed(compared.error());
    unread = compared->unread;
    opened += compared->opened;
    closed += compared->closed;
    failed_devices += compared->failed;
    more = compared->more;
  }
  return json_answer(200, json{{"instances", done->instances},
                               {"alarms", done->alarms},
                               {"candidates", done->candidates},
                               {"corrections_opened", opened},
                               {"corrections_closed", closed},
                               {"corrections_failed", failed_devices},
                               {"cells_unread", unread},
                               {"more", more}}
                              .dump());
}

}  // namespace meterway::portal
