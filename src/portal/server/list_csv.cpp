#include "portal/server/list_csv.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/util/each_part.h"
#include "portal/server/csv.h"
#include "portal/server/routes.h"

namespace meterway::portal {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::string_view kRows = "rows", kAsCsv = "format=csv";

bool gives_rows(const Route& route) {
  bool found = false;
  each_part(route.gives, '|', [&](std::string_view word) { found = found || word == kRows; });
  return found;
}

/// Takes `format=csv` out of the query of a route that gives rows; whether it was there.
std::optional<bool> take_format(net::HttpRequest& http) {
  constexpr std::string_view kFormat = "format=";
  if (http.method != "GET" || http.query.find(kFormat) == std::string::npos) return false;
  PathParameters parameters;
  const auto* route = find_route(http.method, http.path, parameters);
  if (route == nullptr || !gives_rows(*route)) return false;
  std::string rest;
  bool as_csv = false, known = true;
  each_part(http.query, '&', [&](std::string_view part) {
    if (!part.starts_with(kFormat)) {
      rest += (rest.empty() ? "" : "&") + std::string(part);
      return;
    }
    as_csv = part == kAsCsv;
    known = known && (as_csv || part == "format=json");
  });
  if (!known) return std::nullopt;
  http.query = std::move(rest);
  return as_csv;
}

/// What stands in a cell: text as it is, no value as nothing.
std::string plain(const Ordered& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Ordered::error_handler_t::replace);
}

std::string cell_of(const Ordered& value) {
  if (!value.is_array()) return plain(value);
  std::string out;
  for (const auto& item : value) out += (out.empty() ? "" : "\n") + plain(item);
  return out;
}

/// One row, by the names of its columns; those that are new are added.
void read_row(const Ordered& row, const std::string& prefix, csv::Cells& columns,
              std::map<std::string, std::string>& cells) {
  if (!row.is_object()) {
    if (columns.empty()) columns.emplace_back("value");
    cells["value"] = cell_of(row);
    return;
  }
  for (const auto& [name, value] : row.items()) {
    if (value.is_object()) {
      read_row(value, prefix + name + ".", columns, cells);
      continue;
    }
    const auto column = prefix + name;
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
    cells[column] = cell_of(value);
  }
}

}  // namespace

net::HttpResponse rows_as_csv(net::HttpResponse answer) {
  if (answer.status != 200) return answer;
  const auto body = Ordered::parse(answer.body, nullptr, false);
  if (!body.is_object()) return answer;
  std::string name;
  for (const auto& [key, value] : body.items()) {
    if (value.is_array() && name.empty()) name = key;
  }
  if (name.empty()) return answer;
  csv::Cells columns;
  std::vector<std::map<std::string, std::string>> rows;
  for (const auto& row : body[name]) read_row(row, "", columns, rows.emplace_back());
  std::string text = csv::line(columns.empty() ? csv::Cells{name} : columns);
  for (const auto& row : rows) {
    csv::Cells cells;
    for (const auto& column : columns) {
      const auto found = row.find(column);
      cells.push_back(found == row.end() ? std::string() : found->second);
    }
    text += csv::line(cells);
  }
  net::HttpResponse out{
      200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, std::move(text)};
  if (body.contains("next") && !body["next"].is_null() &&
      plain(body["next"]).find_first_of("\r\n") == std::string::npos)
    out.headers["x-next"] = plain(body["next"]);
  return out;
}

net::HttpResponse serve_as_asked(net::HttpRequest&& http,
                                 const std::function<net::HttpResponse(net::HttpRequest&&)>& serve) {
  const auto as_csv = take_format(http);
  if (!as_csv) return bad_query("format: expected json or csv");
  auto answer = serve(std::move(http));
  return *as_csv ? rows_as_csv(std::move(answer)) : answer;
}

}  // namespace meterway::portal
