#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_committee(Subcommand& app, int& status) {
  add_ledger_command(app, {"committee", "committee", "Committees: Panel, sub-committees, boards"}, status);
}

}  // namespace meterway::apps
