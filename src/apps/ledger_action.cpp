#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_action(Subcommand& app, int& status) {
  auto* action = add_ledger_command(app, {"action", "action", "Actions that committees have asked for"}, status);
  add_view_command(*action, {"log", "action-log", "The action log of a committee", "The committee", "CSC"}, status);
}

}  // namespace meterway::apps
