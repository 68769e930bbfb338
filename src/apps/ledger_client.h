#pragma once
#include <string>

namespace CLI {
class App;
}

/// The commands of oversight (report, incident, maintenance, proposal, action, meeting, paper): thin clients of
/// /api/v1/ledger. What is sent is what was typed; what is said of it is what the platform says.
namespace meterway::apps {

struct LedgerCommand {
  const char* name;   ///< of the command
  const char* kind;   ///< of its records
  const char* about;  ///< one line of help
};
/// The command with list, show, new, set, do, attach, history, mentions, export and import; gives it, for more of them.
CLI::App* add_ledger_command(CLI::App& app, LedgerCommand command, int& status);

}  // namespace meterway::apps
