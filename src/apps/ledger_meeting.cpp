#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_meeting(CLI::App& app, int& status) {
  add_ledger_command(app, {"meeting", "meeting", "Meetings of committees"}, status);
}

}  // namespace meterway::apps
