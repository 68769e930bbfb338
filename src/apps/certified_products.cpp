
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/ledger_client.h"

namespace meterway::apps {

void add_certified_products(Subcommand& app, int& status) {
  auto* cpl = add_ledger_command(
      app,
      {"cpl", "certified_product", "The certified product list: models and versions, and since when they are on it"},
      status);
  cpl->get_subcommand("import")->alias("load");
}

}  // namespace meterway::apps
