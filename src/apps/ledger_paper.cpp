#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_paper(Subcommand& app, int& status) {
  auto* paper = add_ledger_command(app, {"paper", "paper", "Papers to meetings"}, status);
  add_view_command(*paper, {"render", "paper", "It as the meeting gets it", "The paper, such as SECP_61_1210_19"},
                   status);
}

}  // namespace meterway::apps
