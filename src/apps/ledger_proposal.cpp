#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_proposal(CLI::App& app, int& status) {
  add_ledger_command(app, {"proposal", "proposal", "Draft and modification proposals"}, status);
}

}  // namespace meterway::apps
