#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_incident(Subcommand& app, int& status) {
  add_ledger_command(app, {"incident", "incident", "Incidents, their categories and outcomes"}, status);
}

}  // namespace meterway::apps
