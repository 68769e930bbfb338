#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_maintenance(Subcommand& app, int& status) {
  auto* parent =
      add_ledger_command(app, {"maintenance", "maintenance", "Planned maintenance of every provider"}, status);
  const std::vector<std::string> filters{"from", "to", "provider", "service", "region", "srv", "state"};
  add_fetch_command(*parent,
                    {"calendar", "All windows in order, with clashes", "GET", "/api/v1/maintenance", filters, {}, ""},
                    status);
  add_fetch_command(*parent, {"ics", "The same as iCalendar", "GET", "/api/v1/maintenance.ics", filters, {}, ""},
                    status);
}

}  // namespace meterway::apps
