#include "records/audit/upgrade.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/audit/log.h"

namespace meterway::audit {
namespace {

using nlohmann::json;

constexpr std::size_t kPage = 500;

UtcTime time_of(std::int64_t micros) { return UtcTime(std::chrono::microseconds(micros)); }

/// [time, person, party, what, outcome, kind, reference, class, times].
Entry of_ledger(const json& row) {
  Entry out;
  out.at = time_of(row.at(0));
  out.person = row.at(1);
  out.party = row.at(2);
  out.function = "ledger." + row.at(3).get<std::string>();
  out.outcome = row.at(4);
  const auto reference = row.at(6).get<std::string>();
  out.about = row.at(5).get<std::string>() + (reference.empty() ? "" : " " + reference);
  out.level = static_cast<registry::Classification>(std::clamp(row.at(7).get<int>(), 0, 3));
  const auto times = row.at(8).get<std::uint64_t>();
  out.detail = "from the audit of an earlier version" + (times > 1 ? ": " + std::to_string(times) + " times" : "");
  return out;
}

Entry of_anomaly(const json& row) {
  Entry out;
  out.at = time_of(row.at("at"));
  out.person = row.at("person");
  out.function = "anomaly." + row.at("what").get<std::string>();
  out.about = row.at("about");
  out.outcome = row.at("outcome");
  out.detail = row.at("detail").get<std::string>() + " (from the audit of an earlier version)";
  return out;
}

Status take(store::WriteView& view, std::string_view table, Entry (*entry_of)(const json&), bool& more) {
  METERWAY_TRY(const auto rows, view.scan(table, "", "", kPage));
  more = rows.size() == kPage;
  for (const auto& row : rows) {
    if (entry_of != nullptr) {
      const auto line = json::parse(row.value, nullptr, false);
      try {
        METERWAY_CHECK(append(view, entry_of(line)));
      } catch (const json::exception&) {
        return fail(ErrorCode::BadJson, 0, "line of an earlier audit");
      }
    }
    METERWAY_CHECK(view.erase(table, row.key));
  }
  return {};
}

}  // namespace

Status upgrade_from_earlier(store::Store& store) {
  struct Earlier {
    std::string_view table;
    Entry (*entry_of)(const json&);
  };
  for (const auto& [table, entry_of] :
       {Earlier{"ledger-audit", of_ledger}, Earlier{"anomaly-audit", of_anomaly}, Earlier{"ledger-public", nullptr}}) {
    for (bool more = true; more;) {
      const auto done = store.write(
          [&, name = table, reader = entry_of](store::WriteView& view) { return take(view, name, reader, more); });
      METERWAY_CHECK(done);
    }
  }
  return {};
}

}  // namespace meterway::audit
