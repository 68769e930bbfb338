#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_maintenance(CLI::App& app, int& status) {
  add_ledger_command(app, {"maintenance", "maintenance", "Planned maintenance of every provider"}, status);
}

}  // namespace meterway::apps
