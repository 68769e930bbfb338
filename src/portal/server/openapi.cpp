#include <nlohmann/json.hpp>

#include "portal/server/ask.h"
#include "portal/server/cookie.h"
#include "records/permission/permission.h"

/// /openapi.json: made from the table that dispatches and the tables of kinds and fields, so that it cannot say
/// anything else than what is done.
namespace meterway::portal {
namespace {

using nlohmann::json;

json reference(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }
json list_of(json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
json object_of(json properties) { return {{"type", "object"}, {"properties", std::move(properties)}}; }
json text() { return {{"type", "string"}}; }
json of_class() { return {{"type", "string"}, {"enum", {"White", "Green", "Amber", "Red"}}}; }

json schema_of(const ledger::Field& field) {
  json out = text();
  switch (field.type) {
    case ledger::Type::Date:
      out["format"] = "date";
      break;
    case ledger::Type::Instant:
      out["format"] = "date-time";
      break;
    case ledger::Type::Integer:
      out = {{"type", "integer"}};
      break;
    case ledger::Type::Boolean:
      out = {{"type", "boolean"}};
      break;
    case ledger::Type::Decimal:
      out["pattern"] = "^-?[0-9]{1,12}(\\.[0-9]{1,6})?$";
      break;
    case ledger::Type::Choice:
      out["enum"] = ledger::parts(field.of, '|');
      break;
    case ledger::Type::Reference:
      out["x-refers-to"] = field.of;
      break;
    case ledger::Type::Text:
    case ledger::Type::Long:
    case ledger::Type::Attachment:
      break;
  }
  if (field.list) out = list_of(std::move(out));
  out["description"] =
      std::string(field.meaning) + (field.source.empty() ? "" : " (" + std::string(field.source) + ")");
  return out;
}

/// Fields of a kind, with what must be there from the beginning.
json schema_of(const ledger::Kind& kind) {
  json properties = json::object(), required = json::array();
  for (const auto& field : kind.fields) {
    properties[std::string(field.name)] = schema_of(field);
    if (field.always) required.push_back(field.name);
  }
  json out = object_of(std::move(properties));
  out["description"] = std::string(kind.meaning) + "; reference " + std::string(kind.format);
  out["x-states"] = kind.states();
  if (!required.empty()) out["required"] = required;
  return out;
}

json schemas() {
  json fields = json::array();
  json out;
  for (const auto& one : ledger::all_kinds()) {
    const auto name = "fields." + std::string(one.name);
    out[name] = schema_of(one);
    fields.push_back(reference(name));
  }
  const json attachment = object_of({{"id", text()},
                                     {"title", text()},
                                     {"class", of_class()},
                                     {"media_type", text()},
                                     {"size_bytes", {{"type", "integer"}}},
                                     {"sha256", text()},
                                     {"by", text()},
                                     {"at", text()}});
  out["object"] = {{"type", "object"}};
  out["record"] = object_of({{"kind", text()},
                             {"reference", text()},
                             {"revision", {{"type", "integer"}}},
                             {"state", text()},
                             {"class", of_class()},
                             {"created", text()},
                             {"created_by", text()},
                             {"changed", text()},
                             {"fields", {{"anyOf", fields}}},
                             {"attachments", list_of(attachment)}});
  out["draft"] = object_of({{"reference", text()},
                            {"class", of_class()},
                            {"why", text()},
                            {"fields", {{"type", "object"}, {"additionalProperties", true}}}});
  out["page"] = object_of({{"records", list_of(reference("record"))},
                           {"total", {{"type", "integer"}}},
                           {"next", text()},
                           {"sum", reference("object")}});
  out["found"] = object_of(
      {{"records",
        list_of(object_of(
            {{"kind", text()}, {"reference", text()}, {"label", text()}, {"state", text()}, {"class", of_class()}}))}});
  out["history"] = object_of({{"history", list_of(reference("object"))}});
  out["audit"] = object_of({{"audit", list_of(reference("object"))}});
  out["rules"] = object_of({{"on", text()}, {"rules", list_of(reference("object"))}});
  out["person"] = object_of({{"id", text()},
                             {"name", text()},
                             {"party", text()},
                             {"roles", list_of(text())},
                             {"clearance", of_class()},
                             {"active", {{"type", "boolean"}}}});
  out["problem"] = object_of({{"type", text()},
                              {"title", text()},
                              {"status", {{"type", "integer"}}},
                              {"detail", text()},
                              {"errors", list_of(object_of({{"field", text()}, {"detail", text()}}))}});
  return out;
}

/// What a body may be, by the word of the table.
json content_of(std::string_view words) {
  json out = json::object();
  for (const auto word : ledger::parts(words, '|')) {
    if (word == "csv") {
      out["text/csv"] = {{"schema", text()}};
    } else if (word == "rows") {
      out["text/csv"] = {{"schema", text()}};
    } else if (word == "bytes") {
      out["*/*"] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
    } else if (word == "duis") {
      out["application/xml"] = {{"schema", text()}};
    } else if (word == "document") {
      for (const auto* type : {"text/markdown", "text/html", "application/pdf"}) out[type] = {{"schema", text()}};
    } else {
      out["application/json"] = {{"schema", reference(word)}};
    }
  }
  return out;
}

json parameters_of(const Route& route) {
  json out = json::array();
  for (const auto part : ledger::parts(route.path, '/')) {
    if (part.size() < 3 || part.front() != '{') continue;
    json schema = text();
    const auto name = part.substr(1, part.size() - 2);
    if (name == "kind") {
      for (const auto& one : ledger::all_kinds()) schema["enum"].push_back(one.name);
    }
    out.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", schema}});
  }
  auto names = ledger::parts(route.query);
  const bool has_format = std::find(names.begin(), names.end(), "format") != names.end();
  if (route.gives.ends_with("|rows") && !has_format) names.push_back("format");
  for (const auto name : names) {
    if (name == "*field") {
      out.push_back({{"name", "field"},
                     {"in", "query"},
                     {"style", "form"},
                     {"explode", true},
                     {"description", "any field of the kind"},
                     {"schema", {{"type", "object"}, {"additionalProperties", text()}}}});
    } else {
      out.push_back({{"name", name}, {"in", "query"}, {"schema", text()}});
    }
  }
  if (route.method == "PATCH" || route.handler == "act" || route.handler == "attach")
    out.push_back({{"name", "If-Match"}, {"in", "header"}, {"required", route.method == "PATCH"}, {"schema", text()}});
  return out;
}

json job_types_of(std::string_view function) {
  json out = json::array();
  for (const auto& row : permission::permissions_of(function)) {
    for (const auto one : ledger::parts(row.job_types)) out.push_back(one);
  }
  return out;
}

json operation_of(const Route& route) {
  const bool makes = route.method == "POST" &&
                     (route.takes.starts_with("draft|") || route.handler == "attach" || route.handler == "make_token" ||
                      route.handler == "bind_certificate" || route.handler == "invitation_code" ||
                      route.handler == "open_session" || route.handler == "accept_invitation");
  json good = {{"description", route.summary}};
  if (route.gives != "nothing") good["content"] = content_of(route.gives);
  json out = {{"summary", route.summary},
              {"x-function", route.function},
              {"x-job-types", job_types_of(route.function)},
              {"responses",
               {{route.gives == "nothing" ? "204"
                 : makes                  ? "201"
                                          : "200",
                 good},
                {"default",
                 {{"description", "why not"},
                  {"content", {{"application/problem+json", {{"schema", reference("problem")}}}}}}}}}};
  auto parameters = parameters_of(route);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!route.takes.empty()) out["requestBody"] = {{"content", content_of(route.takes)}};
  if (permission::may(registry::public_reader(), route.function))
    out["security"] = json::array({json::object(), {{"token", json::array()}}, {{"session", json::array()}}});
  return out;
}

}  // namespace

net::HttpResponse openapi(const Ask&, const Portal&) {
  static const std::string kDocument = [] {
    json paths = json::object();
    for (const auto& route : all_routes()) {
      std::string method(route.method);
      for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
      paths[std::string(route.path)][method] = operation_of(route);
    }
    return json{{"openapi", "3.1.0"},
                {"info",
                 {{"title", "Meterway"},
                  {"version", "1"},
                  {"summary", "Service requests, devices, and the records of oversight"}}},
                {"security", json::array({{{"token", json::array()}}, {{"session", json::array()}}})},
                {"paths", paths},
                {"components",
                 {{"schemas", schemas()},
                  {"securitySchemes",
                   {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
                    {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", kSessionCookie}}}}}}}}
        .dump(1);
  }();
  return json_answer(200, kDocument);
}

}  // namespace meterway::portal
