#pragma once

namespace meterway::apps {

class Subcommand;

/// `meterway explain permission FUNCTION --as PERSON`.
Subcommand* add_explain_permission(Subcommand& explain, int& status);

}  // namespace meterway::apps
