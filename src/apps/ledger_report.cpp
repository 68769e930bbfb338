#include "apps/command.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_report(CLI::App& app, int& status) {
  add_ledger_command(app, {"report", "report", "Reports that are owed: periods, due dates, receipts"}, status);
}

}  // namespace meterway::apps
