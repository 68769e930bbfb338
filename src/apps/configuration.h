#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/setting_layers.h"
#include "base/log/log.h"
#include "base/net/http.h"
#include "records/audit/entry.h"
#include "records/store/store.h"

namespace meterway::apps {

/// The configuration that is in force, value by value, each with where it comes from and since when: for whoever asks
/// why a node does what it does. Rows of spec/settings.tsv and of spec/dated_rules.tsv.
///
/// Row of the store: "setting" name -> {"value", "source", "by", "since", "before"?}: as at the last start.
class Configuration {
 public:
  struct Entry {
    std::string name;
    bool is_rule = false;
    std::string value, default_value;  ///< JSON
    std::string source;                ///< "default", "rule row", "data folder", "file", "command line"
    std::string file, by;
    UtcTime since{};                    ///< the start that it came into force with
    std::optional<std::string> before;  ///< the value before, where that start changed it
    std::string meaning, danger;        ///< `danger` empty: none at this value
  };
  struct Danger {
    std::string name, value, why;
  };

  Configuration(const LoadedSettings& loaded, const DataFolder& data, UtcTime now);
  /// Compares with the last start: what has changed is written down, with a line of the audit and of the log for each.
  /// Errors: those of the store.
  Status remember(store::Store& store, const logging::Log& log);

  /// GET /api/v1/configuration?q=&changed=true&format=csv, and /api/v1/configuration/dangerous.
  static constexpr std::string_view kPath = "/api/v1/configuration", kDangerousPath = "/api/v1/configuration/dangerous";
  net::HttpResponse show(const net::HttpRequest& http, UtcTime now) const;
  net::HttpResponse show_dangerous(UtcTime now) const;

  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Danger> dangers() const;

 private:
  Result<std::vector<const Entry*>> compare(store::WriteView& view);
  audit::Entry line_of(const Entry& entry) const;

  const DataFolder data_;
  const UtcTime started_;
  std::vector<Entry> entries_;  ///< settings in the order of their table, then rules by name
};

}  // namespace meterway::apps
