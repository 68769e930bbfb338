#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_proposal(Subcommand& app, int& status) {
  auto* proposal = add_ledger_command(app, {"proposal", "proposal", "Draft and modification proposals"}, status);
  add_view_command(*proposal, {"clock", "proposal", "Its stage, decisions and days", "The proposal, such as DP116"},
                   status);
}

}  // namespace meterway::apps
