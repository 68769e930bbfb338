#include "oversight/registration/message.h"

#include <algorithm>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

namespace meterway::registration {
namespace {

using nlohmann::json;
constexpr std::string_view kFormatName = "meterway-css-1";
constexpr std::string_view kMessageKinds[] = {"refresh", "update", "response", "flags"};
constexpr std::uint64_t kMostSequence = 999'999'999'999;

const RecordRow* row_of_type(std::string_view type) {
  for (const auto& row : record_rows()) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

/// Text, or a whole number as its digits.
bool read_value(const json& value, std::string& out) {
  if (value.is_number_unsigned()) return out = std::to_string(value.get<std::uint64_t>()), true;
  if (!value.is_string()) return false;
  out = value.get<std::string>();
  return out.size() <= kMostLineBytes;
}

/// What is wrong with a record; empty when nothing is. One whose type is unknown is a record, refused later.
std::string read_record(const json& object, Line& line) {
  if (!object.is_object()) return "is no object";
  if (!object.contains("type") || !object["type"].is_string()) return "has no type";
  const auto type = object["type"].get<std::string>();
  const auto* row = row_of_type(type);
  line.code = row == nullptr ? type.substr(0, 20) : std::string(row->code);
  if (row == nullptr) return {};
  line.fields.assign(row->fields.size(), "");
  for (const auto& [key, value] : object.items()) {
    if (key == "type") continue;
    const auto at = std::find(row->fields.begin(), row->fields.end(), key);
    if (at == row->fields.end()) return "has the member " + key.substr(0, 40) + ", which is unknown";
    if (!read_value(value, line.fields[static_cast<std::size_t>(at - row->fields.begin())]))
      return "has a " + key + " that is no text";
  }
  return {};
}

/// Discarded, too, where an object says one member twice: readers differ about which of them holds.
json parse_once_each(std::string_view text) {
  std::vector<std::set<std::string>> said;
  bool twice = false;
  auto root = json::parse(
      text,
      [&](int, json::parse_event_t event, json& part) {
        if (event == json::parse_event_t::object_start) said.emplace_back();
        if (event == json::parse_event_t::object_end) said.pop_back();
        if (event == json::parse_event_t::key) twice = twice || !said.back().insert(part.get<std::string>()).second;
        return true;
      },
      false);
  return twice ? json(json::value_t::discarded) : root;
}

}  // namespace

const std::vector<RecordRow>& record_rows() {
  static const std::vector<RecordRow> kRows = {
      {"REG", "switch", {"mpxn", "role", "participant", "from", "until"}},
      {"CAN", "cancel", {"mpxn", "role", "from"}},
      {"ADR", "address", {"mpxn", "quality", "uprn", "post_code", "identifier", "lines"}},
      {"DET", "detail", {"mpxn", "name", "value"}},
      {"FLG", "flag", {"mpxn", "flag", "from"}},
      {"SUM", "summary", {"records", "accepted", "rejected"}},
      {"AC", "accepted", {"line", "mpxn", "code", "reason"}},
      {"RJ", "rejected", {"line", "mpxn", "code", "reason"}},
      {"WN", "warning", {"line", "mpxn", "code", "reason"}},
  };
  return kRows;
}

Status read_message(std::string_view text, ReadFile& out, const std::function<Status(const Head&)>& begin,
                    const std::function<Status(const Line&)>& take, Broken& broken) {
  const auto bad = [&](std::string why) {
    broken.why = std::move(why);
    return fail(ErrorCode::BadRequest, 0, "message");
  };
  const auto root = parse_once_each(text);
  if (!root.is_object()) return bad("is no JSON object, has no end, or says one member twice");
  auto& head = out.head;
  head.format = Format::Message;
  for (const auto& [key, value] : root.items()) {
    const auto word = value.is_string() ? value.get<std::string>() : std::string();
    if (key == "format") {
      if (word != kFormatName) return bad("format: a version that is not supported");
    } else if (key == "kind") {
      if (std::find(std::begin(kMessageKinds), std::end(kMessageKinds), word) == std::end(kMessageKinds))
        return bad("kind: expected refresh or update");
      head.kind = word;
    } else if (key == "sender") {
      if (!is_sender_id(word)) return bad("sender: names none");
      head.sender = word;
    } else if (key == "sequence") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > kMostSequence)
        return bad("sequence: expected a number from 1");
      head.sequence = value.get<std::uint64_t>();
    } else if (key == "records") {
      if (!value.is_array()) return bad("records: expected a list");
    } else if (key != "made") {
      return bad(key.substr(0, 40) + ": unknown member");
    }
  }
  for (const auto* key : {"format", "kind", "sender", "sequence", "records"}) {
    if (!root.contains(key)) return bad(std::string(key) + ": missing");
  }
  METERWAY_CHECK(begin(head));
  for (const auto& one : root["records"]) {
    Line line;
    line.number = ++out.records;
    if (const auto why = read_record(one, line); !why.empty())
      return bad("record " + std::to_string(line.number) + " " + why);
    METERWAY_CHECK(take(line));
  }
  return {};
}

std::string message_record(std::string_view code, const std::vector<std::string>& fields) {
  json out = json::object();
  for (const auto& row : record_rows()) {
    if (row.code != code) continue;
    out["type"] = row.type;
    for (std::size_t i = 0; i < row.fields.size() && i < fields.size(); ++i)
      out[std::string(row.fields[i])] = fields[i];
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string whole_message(const Head& head, UtcTime at, const std::string& records) {
  json out = {{"format", kFormatName},
              {"kind", head.kind},
              {"sender", head.sender},
              {"sequence", head.sequence},
              {"made", to_iso8601(at, 0)}};
  auto text = out.dump();
  text.pop_back();
  return text + ",\"records\":[" + records + "]}\n";
}

}  // namespace meterway::registration
