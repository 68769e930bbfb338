#include "portal/server/record_json.h"

#include <nlohmann/json.hpp>
#include <set>

namespace meterway::portal {
namespace {

using nlohmann::json;
using Wrong = Unexpected<std::string>;

json item_json(ledger::Type type, const std::string& item) {
  if (type == ledger::Type::Boolean) return item == "true";
  if (type == ledger::Type::Integer) return json::parse(item, nullptr, false);
  return item;
}

/// A scalar as text; none for what is no scalar.
std::optional<std::string> text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

Result<ledger::Value, std::string> read_value(const std::string& name, const json& value) {
  if (value.is_null()) return ledger::Value();
  if (const auto text = text_of(value)) return ledger::Value{*text};
  if (!value.is_array()) return Wrong{"fields." + name + ": expected a text, a number, true, false, null or a list"};
  ledger::Value out;
  for (const auto& item : value) {
    const auto text = text_of(item);
    if (!text) return Wrong{"fields." + name + ": expected a list of texts or numbers"};
    out.push_back(*text);
  }
  return out;
}

}  // namespace

json to_json(const ledger::Kind& kind, std::string_view name, const ledger::Value& value) {
  const auto* field = kind.field(name);
  const auto type = field == nullptr ? ledger::Type::Text : field->type;
  if (value.empty()) return nullptr;
  if (field == nullptr || !field->list) return item_json(type, value.front());
  json out = json::array();
  for (const auto& item : value) out.push_back(item_json(type, item));
  return out;
}

json to_json(const ledger::Record& record) {
  const auto* kind = ledger::find_kind(record.kind);
  json fields = json::object(), files = json::array();
  for (const auto& [name, value] : record.fields) fields[name] = to_json(*kind, name, value);
  for (const auto& file : record.attachments) {
    json item = {{"id", file.id}, {"title", file.title}, {"class", to_string(file.level)}};
    if (!file.media_type.empty()) {
      item["media_type"] = file.media_type;
      item["size_bytes"] = file.size_bytes;
      item["sha256"] = file.sha256;
      item["by"] = file.by;
      item["at"] = to_iso8601(file.at, 0);
    }
    files.push_back(std::move(item));
  }
  return {{"kind", record.kind},
          {"reference", record.reference},
          {"revision", record.revision},
          {"state", record.state},
          {"class", to_string(record.level)},
          {"created", to_iso8601(record.created, 0)},
          {"created_by", record.created_by},
          {"changed", to_iso8601(record.changed, 0)},
          {"fields", fields},
          {"attachments", files}};
}

json to_json(const ledger::Kind& kind, const ledger::HistoryEntry& entry) {
  json changes = json::array();
  for (const auto& change : entry.changes)
    changes.push_back({{"field", change.field},
                       {"before", to_json(kind, change.field, change.before)},
                       {"after", to_json(kind, change.field, change.after)}});
  return {{"revision", entry.revision},
          {"at", to_iso8601(entry.at, 0)},
          {"by", entry.by},
          {"party", entry.party},
          {"action", entry.action},
          {"from", entry.from},
          {"to", entry.to},
          {"why", entry.why},
          {"changes", changes}};
}

Result<ledger::Draft, std::string> read_draft(std::string_view text) {
  ledger::Draft draft;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return draft;
  // A name that stands there twice says two things.
  std::vector<std::set<std::string>> names;
  std::string twice;
  const auto look = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  const auto root = json::parse(text, look, false);
  if (!twice.empty()) return Wrong{twice + ": stands there twice"};
  if (!root.is_object()) return Wrong{root.is_discarded() ? "not JSON" : "expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "reference" || key == "why" || key == "class") {
      if (!value.is_string()) return Wrong{key + ": expected a text"};
      const auto& said = value.get_ref<const std::string&>();
      if (key == "reference") draft.reference = said;
      if (key == "why") draft.why = said;
      if (key != "class") continue;
      const auto level = registry::classification_of(said);
      if (!level) return Wrong{"class: expected White, Green, Amber or Red"};
      draft.level = *level;
    } else if (key == "fields") {
      if (!value.is_object()) return Wrong{"fields: expected an object"};
      for (const auto& [name, field] : value.items()) {
        auto read = read_value(name, field);
        if (!read) return Wrong{read.error()};
        draft.fields[name] = std::move(*read);
      }
    } else {
      return Wrong{key + ": unknown member"};
    }
  }
  return draft;
}

}  // namespace meterway::portal
