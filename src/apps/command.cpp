#include "apps/command.h"

namespace meterway::apps {

// One line per subcommand, in the order in which help lists them; each is defined in its own file.
void add_subcommands(CLI::App&, int&) {
}

}  // namespace meterway::apps
