#pragma once
#include "apps/command.h"

namespace meterway::apps {

/// `meterway pki certify`: SMKI's part for a device that has made a new key pair (6.17).
void add_certify(Subcommand& pki, int& status);

}  // namespace meterway::apps
