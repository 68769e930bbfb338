#pragma once

namespace meterway::apps {

class Subcommand;

/// Adds every subcommand; a subcommand's call-back writes its exit status.
void add_subcommands(Subcommand& app, int& status);

}  // namespace meterway::apps
