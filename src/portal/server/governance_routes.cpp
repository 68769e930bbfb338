#include <algorithm>
#include <nlohmann/json.hpp>

#include "oversight/governance/matrix.h"
#include "oversight/governance/view.h"
#include "portal/server/ask.h"
#include "portal/server/csv.h"

/// /api/v1/governance/...: what is put together from many records.
namespace meterway::portal {
namespace {

constexpr std::string_view kFormats[] = {"json", "md", "html", "pdf", "csv"};

/// False: what it says is no date.
bool read_day(const Ask& ask, std::string_view name, std::optional<ledger::Date>& day) {
  const auto text = ask.parameter(name);
  if (!text) return true;
  const auto read = calendar::parse_date(*text);
  if (read) day = *read;
  return static_cast<bool>(read);
}

net::HttpResponse matrix_as_csv() {
  std::string body;
  for (const auto& row : governance::service_matrix()) body += csv::line(row);
  return {200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, std::move(body)};
}

}  // namespace

net::HttpResponse view(const Ask& ask, const Portal& portal) {
  const auto views = governance::all_views();
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const auto& one) { return one.name == ask.part("view"); });
  if (found == views.end()) return not_found(ask.part("view"));
  const auto format = ask.parameter("format").value_or("json");
  if (std::find(std::begin(kFormats), std::end(kFormats), format) == std::end(kFormats))
    return bad_query("format: expected json, md, html or pdf");
  if (format == "csv") return found->name == "matrix" ? matrix_as_csv() : bad_query("format: csv is of the matrix");
  governance::Asked asked{ask.part("reference"), {}, {}, {}, calendar::date_of(portal.clock.now())};
  if (!read_day(ask, "on", asked.on) || !read_day(ask, "from", asked.from) || !read_day(ask, "to", asked.to))
    return bad_query("on, from, to: expected a date such as 2020-02-25");
  const auto made = found->make(portal.ledger.reader(ask.person), portal.rules, asked);
  if (!made) return failed(made.error());
  if (format != "json") return document_answer(made->document, format);
  auto out = json_answer(200, made->json);
  out.headers["x-classification"] = std::string(to_string(made->document.level));
  return out;
}

net::HttpResponse compare_matrix(const Ask& ask, const Portal&) {
  const auto rows = csv::read(ask.http.body);
  if (!rows) return problem(400, "bad_csv", "the table cannot be read", rows.error());
  const auto compared = governance::compare_with_system(*rows);
  if (!compared) return problem(400, "bad_csv", "the table cannot be read", compared.error());
  nlohmann::json list = nlohmann::json::array();
  for (const auto& one : *compared)
    list.push_back({{"row", one.row}, {"column", one.column}, {"text", one.in_text}, {"system", one.in_system}});
  return json_answer(200, nlohmann::json{{"same", compared->empty()}, {"differences", list}}.dump());
}

}  // namespace meterway::portal
