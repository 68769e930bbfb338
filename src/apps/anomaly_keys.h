#pragma once

namespace CLI {
class App;
}

namespace meterway::apps {

/// For test worlds, and for whoever has no signing tool of his own: `iki` makes an authority for file signing, `signer`
/// an officer's certificate with its key, `sign` the detached signature of a file. They need no node.
void add_signer_commands(CLI::App& parent, int& status);

}  // namespace meterway::apps
