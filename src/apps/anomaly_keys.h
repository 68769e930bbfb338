#pragma once
#include <filesystem>

#include "standard/pki/issue.h"

namespace meterway::apps {

class Subcommand;

/// For test worlds, and for whoever has no signing tool of his own: `iki` makes an authority for file signing, `signer`
/// an officer's certificate with its key, `sign` the detached signature of a file. They need no node.
void add_signer_commands(Subcommand& parent, int& status);

/// The authority that `iki` has put into this folder. Errors: NotFound, BadCertificate, BadKey.
Result<pki::Authority> read_iki(const std::filesystem::path& folder);
/// So many days from the start of today, so that clocks need not agree to the second; fewer than 0: up to then.
pki::Validity days_from_today(int days);

}  // namespace meterway::apps
