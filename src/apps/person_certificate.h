#pragma once

namespace meterway::apps {

class Subcommand;

/// `meterway person certificate` and `meterway person trust`: client certificates that stand for persons.
void add_person_certificate(Subcommand& person, int& status);

}  // namespace meterway::apps
