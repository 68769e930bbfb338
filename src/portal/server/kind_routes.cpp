#include <nlohmann/json.hpp>

#include "portal/server/ask.h"

/// /api/v1/kinds: what there can be, for clients that ask instead of knowing.
namespace meterway::portal {
namespace {

using nlohmann::json;

json list_of(std::string_view text, char separator) {
  json out = json::array();
  for (const auto part : ledger::parts(text, separator)) out.push_back(part);
  return out;
}

json to_json(const ledger::Field& field) {
  json out = {{"name", field.name},
              {"type", to_string(field.type)},
              {"list", field.list},
              {"required", field.always},
              {"set_by", field.set_by == ledger::SetBy::Anyone   ? "anyone"
                         : field.set_by == ledger::SetBy::Action ? "action"
                                                                 : "rule"},
              {"class", to_string(field.least_class)},
              {"indexed", field.indexed},
              {"meaning", field.meaning},
              {"source", field.source}};
  if (field.type == ledger::Type::Choice) out["choices"] = list_of(field.of, '|');
  if (field.type == ledger::Type::Reference) out["refers_to"] = field.of;
  if (!field.before.empty()) out["required_before"] = list_of(field.before, ',');
  return out;
}

json to_json(const ledger::Transition& row) {
  return {{"from", row.from},
          {"action", row.action},
          {"to", row.to},
          {"who", list_of(row.who, ',')},
          {"guard", row.guard},
          {"effect", row.effect},
          {"needs", list_of(row.needs, ',')},
          {"meaning", row.meaning},
          {"source", row.source}};
}

json summary(const ledger::Kind& kind) {
  return {{"kind", kind.name},       {"title", kind.title},  {"format", kind.format}, {"class", to_string(kind.level)},
          {"meaning", kind.meaning}, {"source", kind.source}};
}

}  // namespace

net::HttpResponse kinds(const Ask&, const Portal&) {
  json all = json::array();
  for (const auto& one : ledger::all_kinds()) all.push_back(summary(one));
  return json_answer(200, json{{"kinds", all}}.dump());
}

net::HttpResponse kind(const Ask& ask, const Portal&) {
  const auto* found = ledger::find_kind(ask.part("kind"));
  if (found == nullptr) return not_found(ask.part("kind"));
  auto body = summary(*found);
  body["created_by"] = list_of(found->creates, ',');
  body["changed_by"] = list_of(found->changes, ',');
  body["label"] = found->label;
  body["states"] = found->states();
  for (const auto& field : found->fields) body["fields"].push_back(to_json(field));
  for (const auto& row : found->transitions) body["transitions"].push_back(to_json(row));
  return json_answer(200, body.dump());
}

}  // namespace meterway::portal
