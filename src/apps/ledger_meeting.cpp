#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_meeting(Subcommand& app, int& status) {
  auto* meeting = add_ledger_command(app, {"meeting", "meeting", "Meetings of committees"}, status);
  add_view_command(*meeting, {"minutes", "minutes", "Its minutes", "The meeting, such as CSC-12 or \"CSC 12_2502\""},
                   status);
  add_view_command(*meeting, {"agenda", "agenda", "Its agenda", "The meeting, such as CSC-13"}, status);
}

}  // namespace meterway::apps
