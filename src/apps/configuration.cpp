#include "apps/configuration.h"

#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/net/url.h"
#include "flow/envelope/setting_rows.h"
#include "portal/server/ask.h"
#include "portal/server/csv.h"
#include "records/audit/log.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
constexpr std::string_view kTable = "setting";
constexpr std::string_view kRulePrefix = "rule.";

/// The member of that name, "delivery.pushers"; null where it is not there.
const json* member(const json& object, std::string_view name) {
  const auto* at = &object;
  while (!name.empty()) {
    const auto part = std::string(name.substr(0, name.find('.')));
    name.remove_prefix(std::min(part.size() + 1, name.size()));
    const auto found = at->is_object() ? at->find(part) : at->end();
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

/// Lists of Users and devices are long, and addresses of Users may have a password in them: their EUI-64s will do.
json without_private(std::string_view name, const json& value) {
  if ((name != "users" && name != "devices") || !value.is_array()) return value;
  auto out = json::array();
  for (const auto& one : value) out.push_back(one.is_object() ? one.value("eui", json()) : json());
  return out;
}

struct Source {
  std::string kind, file, by;
  json value;
};
/// The last layer that says something of it; a null there takes back what those before have said.
std::optional<Source> source_of(std::string_view name, const std::vector<SettingLayer>& layers) {
  std::optional<Source> out;
  for (const auto& layer : layers) {
    const auto members = json::parse(layer.members, nullptr, false);
    const auto* said = member(members, name);
    if (said == nullptr) continue;
    out = Source{layer.kind, layer.file.string(), layer.by, *said};
  }
  if (out && out->value.is_null()) out.reset();
  return out;
}

/// What several layers have put together stands merged.
json merged_value(std::string_view name, const std::vector<SettingLayer>& layers) {
  json all = json::object();
  for (const auto& layer : layers) all.merge_patch(json::parse(layer.members, nullptr, false));
  const auto* value = member(all, name);
  return value == nullptr ? json() : *value;
}

void set_source(Configuration::Entry& entry, const Source& source) {
  entry.source = source.kind;
  entry.file = source.file;
  entry.by = source.by;
}

Configuration::Entry entry_of(const flow::SettingRow& row, const LoadedSettings& loaded,
                              const std::map<std::string, std::string>& values) {
  Configuration::Entry entry;
  entry.name = row.name;
  entry.default_value = entry.value = row.default_value;
  entry.meaning = row.meaning;
  entry.source = "default";
  if (const auto source = source_of(row.name, loaded.layers)) {
    set_source(entry, *source);
    entry.value = without_private(row.name, merged_value(row.name, loaded.layers)).dump();
  }
  const auto found = values.find(entry.name);
  if (found != values.end() && !found->second.empty()) entry.value = found->second;
  if (flow::is_dangerous(row, entry.value)) entry.danger = row.danger;
  return entry;
}

Configuration::Entry entry_of(const rules::Rule& row, const LoadedSettings& loaded, rules::Date today) {
  Configuration::Entry entry;
  entry.is_rule = true;
  entry.name = std::string(kRulePrefix) + std::string(row.name);
  entry.default_value = entry.value = json(std::string(row.value)).dump();
  entry.meaning = std::string(row.meaning) + (row.unit.empty() ? "" : ", in " + std::string(row.unit));
  entry.source = "rule row";
  entry.file = "spec/dated_rules.tsv" + (row.clause.empty() ? "" : ", " + std::string(row.clause));
  const auto ruling = loaded.settings.rules.on(row.name, today);
  if (!ruling || !ruling->overridden) return entry;
  entry.value = json(ruling->value).dump();
  for (const auto& layer : loaded.layers) {
    const auto members = json::parse(layer.members, nullptr, false);
    const auto* set = member(members, "oversight.rules");
    if (set != nullptr && set->is_object() && set->contains(row.name))
      set_source(entry, {layer.kind, layer.file.string(), layer.by, {}});
  }
  entry.danger = "a number of the code is overridden";
  return entry;
}

json value_of(const std::string& text) { return json::parse(text, nullptr, false); }

json to_json(const Configuration::Entry& entry) {
  json out = {{"name", entry.name},
              {"kind", entry.is_rule ? "rule" : "setting"},
              {"value", value_of(entry.value)},
              {"default", value_of(entry.default_value)},
              {"is_default", entry.value == entry.default_value},
              {"source", entry.source},
              {"since", to_iso8601(entry.since)},
              {"meaning", entry.meaning},
              {"dangerous", !entry.danger.empty()}};
  if (!entry.file.empty()) out["file"] = entry.file;
  if (!entry.by.empty()) out["by"] = entry.by;
  if (entry.before) out["before"] = value_of(*entry.before);
  if (!entry.danger.empty()) out["danger"] = entry.danger;
  return out;
}

/// Whether it is there, and who may read it; never what it says.
json secret(const std::string& name, const std::filesystem::path& file) {
  struct stat info {};
  json out = {{"name", name}, {"present", ::stat(file.c_str(), &info) == 0}};
  if (out["present"] == true) out["only_its_owner_reads_it"] = (info.st_mode & 077) == 0;
  return out;
}

bool is_wanted(const Configuration::Entry& entry, const std::string& q, bool changed) {
  if (changed && entry.value == entry.default_value) return false;
  return q.empty() || entry.name.find(q) != std::string::npos || entry.meaning.find(q) != std::string::npos;
}

}  // namespace

Configuration::Configuration(const LoadedSettings& loaded, const DataFolder& data, UtcTime now)
    : data_(data), started_(now) {
  auto values = flow::shown(loaded.settings);
  values["oversight.attachment_mb"] = std::to_string(loaded.oversight.limits.attachment_bytes >> 20);
  values["portal_port"] = std::to_string(loaded.portal_port);
  values["oversight.sweep_s"] = std::to_string(loaded.oversight.sweep.count());
  for (const auto& row : flow::all_settings()) entries_.push_back(entry_of(row, loaded, values));
  const auto today = calendar::date_of(now);
  for (const auto& row : rules::all_rules()) {
    if (row.from <= today && today < row.to) entries_.push_back(entry_of(row, loaded, today));
  }
  for (auto& entry : entries_) entry.since = now;
}

/// What has changed; sets since when each is as it is.
Result<std::vector<const Configuration::Entry*>> Configuration::compare(store::WriteView& view) {
  std::vector<const Entry*> changed;
  METERWAY_TRY(const auto any, view.scan(kTable, "", "", 1));
  const bool first = any.empty();  // nothing was compared before: nothing has changed
  for (auto& entry : entries_) {
    METERWAY_TRY(const auto row, view.get(kTable, entry.name));
    const auto known = row ? json::parse(*row, nullptr, false) : json();
    if (known.is_object() && known.value("value", "") == entry.value) {
      const auto since = from_iso8601(known.value("since", ""));
      if (since) entry.since = *since;
      if (known.contains("before")) entry.before = known.value("before", "");
      if (known.value("source", "") == entry.source) continue;
    } else if (!first && (known.is_object() || entry.value != entry.default_value)) {
      // (A row of a table that has come with this program, at its default, is nobody's doing.)
      entry.before = known.is_object() ? known.value("value", entry.default_value) : entry.default_value;
      changed.push_back(&entry);
    }
    json now = {
        {"value", entry.value}, {"source", entry.source}, {"by", entry.by}, {"since", to_iso8601(entry.since, 6)}};
    if (entry.before) now["before"] = *entry.before;
    METERWAY_CHECK(view.put(kTable, entry.name, now.dump()));
  }
  return changed;
}

audit::Entry Configuration::line_of(const Entry& entry) const {
  audit::Entry line;
  line.at = started_;
  line.person = entry.by.empty() ? "platform" : "account:" + entry.by;
  line.function = "configuration.changed";
  line.about = "setting " + entry.name;
  line.outcome = "done";
  line.rule = entry.source + (entry.file.empty() ? "" : ": " + entry.file);
  line.detail = entry.before.value_or("") + " before, " + entry.value + " now";
  return line;
}

Status Configuration::remember(store::Store& store, const logging::Log& log) {
  std::vector<const Entry*> changed;
  const auto stored = store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(changed, compare(view));
    for (const auto* entry : changed) METERWAY_CHECK(audit::append(view, line_of(*entry)));
    return {};
  });
  METERWAY_CHECK(stored);
  for (const auto* entry : changed)
    log.write("settings.changed", {{"name", entry->name},
                                   {"before", entry->before.value_or("")},
                                   {"value", entry->value},
                                   {"source", entry->source},
                                   {"by", entry->by}});
  for (const auto& danger : dangers())
    log.write("settings.dangerous", {{"name", danger.name}, {"value", danger.value}, {"why", danger.why}});
  return {};
}

std::vector<Configuration::Danger> Configuration::dangers() const {
  std::vector<Danger> out;
  for (const auto& entry : entries_) {
    if (!entry.danger.empty() && entry.name != "oversight.rules")
      out.push_back({entry.name, entry.value, entry.danger});
  }
  std::error_code none;
  if (std::filesystem::exists(data_.smki() / "issuing.key", none))
    out.push_back(
        {"test keys", "true", "the key that issues this node's certificates lies on this node: they prove nothing"});
  if (std::filesystem::exists(data_.estate(), none))
    out.push_back({"emulated homes", "true", "the devices' keys lie on this node: its homes are emulated"});
  return out;
}

net::HttpResponse Configuration::show_dangerous(UtcTime now) const {
  auto list = json::array();
  for (const auto& one : dangers())
    list.push_back({{"name", one.name}, {"value", value_of(one.value)}, {"why", one.why}});
  return portal::json_answer(200, json{{"as_of", to_iso8601(now)}, {"dangerous", list}}.dump());
}

net::HttpResponse Configuration::show(const net::HttpRequest& http, UtcTime now) const {
  std::string q, format;
  bool only_changed = false;
  for (const auto& [name, value] : portal::read_query(http.query)) {
    if (name == "q") {
      q = value;
    } else if (name == "changed" && (value == "true" || value == "false")) {
      only_changed = value == "true";
    } else if (name == "format" && (value == "csv" || value == "json")) {
      format = value;
    } else {
      return portal::bad_query(name + ": q, changed=true or format=csv");
    }
  }
  std::vector<const Entry*> wanted;
  for (const auto& entry : entries_) {
    if (is_wanted(entry, q, only_changed)) wanted.push_back(&entry);
  }
  if (format == "csv") {
    auto text = portal::csv::line(
        {"name", "kind", "value", "default", "source", "file", "by", "since", "before", "danger", "meaning"});
    for (const auto* one : wanted)
      text += portal::csv::line({one->name, one->is_rule ? "rule" : "setting", one->value, one->default_value,
                                 one->source, one->file, one->by, to_iso8601(one->since), one->before.value_or(""),
                                 one->danger, one->meaning});
    return {200, {{"content-type", "text/csv; charset=utf-8"}}, text};
  }
  auto list = json::array();
  for (const auto* one : wanted) list.push_back(to_json(*one));
  json body = {{"as_of", to_iso8601(now)},
               {"started", to_iso8601(started_)},
               {"settings", list},
               {"left_out", entries_.size() - wanted.size()},
               {"secrets",
                {secret("the operator's token", data_.operator_token()),
                 secret("the key that issues certificates", data_.smki() / "issuing.key"),
                 secret("the key of the TLS port", data_.platform_tls() / "identity.key")}}};
  body["dangerous"] = value_of(show_dangerous(now).body).at("dangerous");
  return portal::json_answer(200, body.dump());
}

}  // namespace meterway::apps
