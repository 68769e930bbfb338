#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/process.h"

/// The one executable. Each file of this folder adds its subcommand to the list in command.h.
int main(int argc, char** argv) {
  meterway::apps::end_with_parent();
  CLI::App app("Meterway: an open smart-metering Data and Communications Company");
  app.set_version_flag("--version", METERWAY_VERSION, "Print the version and exit");
  app.require_subcommand(1);
  int status = 0;
  meterway::apps::Subcommand line(app);
  meterway::apps::add_subcommands(line, status);
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const nlohmann::json::exception& error) {
    // Commands read what a platform answers as what their own platform would: something else may stand at that address.
    std::fprintf(stderr, "meterway: the answer is not what was asked for: %s\n", error.what());
    return 1;
  }
  return status;
}
