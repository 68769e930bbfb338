#include <charconv>
#include <nlohmann/json.hpp>

#include "portal/server/ask.h"
#include "standard/calendar/working_days.h"

/// /api/v1/rules and /api/v1/working-days: which number decides on which day, and which day that is.
namespace meterway::portal {
namespace {

using calendar::Date;
using nlohmann::json;

/// ?name=, or today; none: it is no date.
std::optional<Date> day_of(const Ask& ask, std::string_view name, const Portal& portal) {
  const auto text = ask.parameter(name);
  if (!text) return calendar::date_of(portal.clock.now());
  const auto read = calendar::parse_date(*text);
  return read ? std::optional(*read) : std::nullopt;
}

json to_json(const rules::Rule& row) {
  json out = {{"name", row.name},
              {"clause", row.clause},
              {"value", row.value},
              {"unit", row.unit},
              {"from", calendar::to_text(row.from)},
              {"how_sure", to_string(row.how_sure)},
              {"meaning", row.meaning},
              {"source", row.source}};
  if (row.to != Date::max()) out["to"] = calendar::to_text(row.to);
  return out;
}

json to_json(const rules::Ruling& ruling, Date day) {
  auto out = to_json(*ruling.row);
  out["value"] = ruling.value;
  out["explanation"] = ruling.explain(day);
  if (ruling.overridden) out["set_by_operator_in_place_of"] = ruling.row->value;
  return out;
}

net::HttpResponse bad_day(std::string_view name) {
  return bad_query(std::string(name) + ": expected a date such as 2018-09-14");
}

}  // namespace

net::HttpResponse list_rules(const Ask& ask, const Portal& portal) {
  const auto day = day_of(ask, "on", portal);
  if (!day) return bad_day("on");
  json list = json::array();
  for (const auto& row : rules::all_rules()) {
    if (*day < row.from || *day >= row.to) continue;
    const auto ruling = portal.rules.on(row.name, *day);
    if (ruling) list.push_back(to_json(*ruling, *day));
  }
  return json_answer(200, json{{"on", calendar::to_text(*day)}, {"rules", list}}.dump());
}

net::HttpResponse show_rule(const Ask& ask, const Portal& portal) {
  const auto day = day_of(ask, "on", portal);
  if (!day) return bad_day("on");
  json list = json::array();
  for (const auto& row : rules::all_rules()) {
    if (row.name == ask.part("rule")) list.push_back(to_json(row));
  }
  if (list.empty()) return not_found(ask.part("rule"));
  json body = {{"on", calendar::to_text(*day)}, {"rows", list}, {"decides", nullptr}};
  if (const auto ruling = portal.rules.on(ask.part("rule"), *day)) body["decides"] = to_json(*ruling, *day);
  return json_answer(200, body.dump());
}

net::HttpResponse working_days(const Ask& ask, const Portal& portal) {
  const auto from = day_of(ask, "from", portal);
  if (!from) return bad_day("from");
  json body = {{"from", calendar::to_text(*from)}};
  if (const auto text = ask.parameter("n")) {
    int n = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), n);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || n < -10'000 || n > 10'000)
      return bad_query("n: expected a number of working days");
    const auto day = n < 0 ? calendar::subtract_working_days(*from, static_cast<unsigned>(-n))
                           : calendar::add_working_days(*from, static_cast<unsigned>(n));
    if (!day) return bad_query("n: " + describe(day.error()));
    body["n"] = n;
    body["day"] = calendar::to_text(*day);
    return json_answer(200, body.dump());
  }
  const auto to = day_of(ask, "to", portal);
  if (!to) return bad_day("to");
  const auto between = calendar::working_days_between(*from, *to);
  if (!between) return bad_query("to: " + describe(between.error()));
  body["to"] = calendar::to_text(*to);
  body["working_days"] = *between;
  return json_answer(200, body.dump());
}

}  // namespace meterway::portal
