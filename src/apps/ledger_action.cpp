#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_action(CLI::App& app, int& status) {
  add_ledger_command(app, {"action", "action", "Actions that committees have asked for"}, status);
}

}  // namespace meterway::apps
