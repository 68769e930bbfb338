#include "standard/gbcs/document_text.h"

#include <nlohmann/json.hpp>

namespace meterway::gbcs::document {
namespace {

std::string scalar(const Json& json) { return json.is_string() ? json.get<std::string>() : json.dump(); }

std::string member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_primitive() ? scalar(*found) : std::string();
}

/// Members that the line of an element shows before its children.
constexpr const char* kInHead[] = {"name",  "type", "tag",  "tag_name", "value_type",
                                   "value", "hex",  "bits", "text",     "note"};

bool is_in_head(const std::string& name) {
  for (const auto* shown : kInHead) {
    if (name == shown) return true;
  }
  return false;
}

/// Data elements, ZCL fields and DER elements: "octet-string 00..ff "text" (note)".
bool is_element(const Json& json) { return json.is_object() && (json.contains("type") || json.contains("tag")); }

std::string head(const Json& json) {
  std::string line = member(json, "name");
  if (!line.empty()) line += ": ";
  line += json.contains("tag_name") ? member(json, "tag_name")
          : json.contains("tag")    ? "[" + member(json, "tag") + "]"
                                    : member(json, "type");
  for (const auto* name : {"value", "hex"}) {
    if (const auto value = member(json, name); !value.empty()) line += " " + value;
  }
  if (const auto text = member(json, "text"); !text.empty()) line += " \"" + text + "\"";
  if (const auto note = member(json, "note"); !note.empty()) line += " (" + note + ")";
  return line;
}

void put(std::string& out, const std::string& label, const Json& json, std::size_t depth);

void put_line(std::string& out, std::size_t depth, const std::string& line) {
  out += std::string(2 * depth, ' ') + line + "\n";
}

void put_list(std::string& out, const Json& list, std::size_t depth) {
  std::size_t index = 0;
  for (const auto& item : list) put(out, std::to_string(index++), item, depth);
}

void put_members(std::string& out, const Json& json, std::size_t depth, bool skip_head) {
  for (const auto& [name, value] : json.items()) {
    if (skip_head && is_in_head(name)) continue;
    if (skip_head && name == "items") {
      put_list(out, value, depth);
    } else {
      put(out, name, value, depth);
    }
  }
}

void put(std::string& out, const std::string& label, const Json& json, std::size_t depth) {
  if (json.is_primitive()) return put_line(out, depth, label + ": " + scalar(json));
  if (is_element(json)) {
    put_line(out, depth, label + ": " + head(json));
    return put_members(out, json, depth + 1, true);
  }
  put_line(out, depth, label + ":");
  if (json.is_array()) return put_list(out, json, depth + 1);
  put_members(out, json, depth + 1, false);
}

}  // namespace

std::string json_to_text(const Json& json) {
  std::string out;
  put_members(out, json, 0, false);
  return out;
}

}  // namespace meterway::gbcs::document
