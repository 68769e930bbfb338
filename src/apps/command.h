#pragma once

namespace CLI {
class App;
}

namespace meterway::apps {

/// Adds every subcommand; a subcommand's call-back writes its exit status.
void add_subcommands(CLI::App& app, int& status);

}  // namespace meterway::apps
