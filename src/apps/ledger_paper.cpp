#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_paper(CLI::App& app, int& status) {
  add_ledger_command(app, {"paper", "paper", "Papers to meetings"}, status);
}

}  // namespace meterway::apps
