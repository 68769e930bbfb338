#include <set>

#include "apps/command.h"
#include "apps/ledger_client.h"
#include "oversight/operations/table.h"

namespace meterway::apps {

/// Beside the register of what is owed: a command for each form of spec/report_forms.tsv, and publish.
void add_report(Subcommand& app, int& status) {
  auto* parent =
      add_ledger_command(app, {"report", "report", "Reports: what is owed, and what the records say"}, status);
  std::set<std::string_view> forms;
  for (const auto& row : operations::all_sections()) {
    if (!forms.insert(row.form).second) continue;
    const std::string form(row.form);
    add_fetch_command(*parent,
                      {form,
                       std::string(row.title) + " of --month 2018-08",
                       "GET",
                       "/api/v1/reports/" + form,
                       {"month", "as-at"},
                       {"month"},
                       "md"},
                      status);
    add_fetch_command(*parent,
                      {"publish-" + form,
                       "Freeze it; says what is missing",
                       "POST",
                       "/api/v1/reports/" + form + "/publish",
                       {"month", "as-at"},
                       {"month"},
                       ""},
                      status);
  }
  add_fetch_command(*parent,
                    {"sources",
                     "Records and events that a published --figure FIG00000001 was counted from, as JSON",
                     "GET",
                     "/api/v1/figures/{figure}/events",
                     {"figure", "after", "limit"},
                     {"figure"},
                     ""},
                    status);
  add_fetch_command(*parent,
                    {"owed",
                     "What is owed for --month, and what became of it",
                     "GET",
                     "/api/v1/obligations",
                     {"month", "as-at"},
                     {"month"},
                     ""},
                    status);
}

}  // namespace meterway::apps
