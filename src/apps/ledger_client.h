#pragma once
#include <string>
#include <vector>

/// The commands of oversight (report, incident, maintenance, proposal, action, meeting, paper): thin clients of
/// /api/v1/ledger. What is sent is what was typed; what is said of it is what the platform says.
namespace meterway::apps {

class Subcommand;

struct LedgerCommand {
  const char* name;   ///< of the command
  const char* kind;   ///< of its records; "": the command line says it
  const char* about;  ///< one line of help
};
/// The command with list, show, new, set, do, attach, history, mentions, export and import; gives it, for more of them.
Subcommand* add_ledger_command(Subcommand& app, LedgerCommand command, int& status);

/// One more command that asks for a document or a feed and puts it out.
struct FetchCommand {
  std::string name, about;
  std::string method, path;          ///< "/api/v1/reports/panel"; {x}: the query x
  std::vector<std::string> queries;  ///< options: "month", "as-at"...; the parameter has _ for -
  std::vector<std::string> needed;   ///< of these, what must be there
  std::string format;                ///< the default of --format; empty: there is none
};
void add_fetch_command(Subcommand& parent, const FetchCommand& command, int& status);

struct ViewCommand {
  const char* name;   ///< of the subcommand
  const char* view;   ///< of /api/v1/governance
  const char* about;  ///< one line of help
  const char* of;     ///< what the reference is
  const char* usual = "";
};
/// What is put together from many records, as Markdown, HTML, PDF or JSON.
Subcommand* add_view_command(Subcommand& parent, ViewCommand command, int& status);

}  // namespace meterway::apps
